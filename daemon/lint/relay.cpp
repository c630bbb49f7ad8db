// What another runbookd, as the account, cannot tell of its devices.
#include "lint/checks.hpp"

namespace runbookd::lint {

void check_relay(const Subject& subject, Findings& findings) {
    if (!subject.is_relay) return;
    const auto& runbook = subject.runbook;
    const auto add = [&findings](std::string path, const char* lacks) {
        findings.push_back({std::move(path), "not_through_relay",
                            std::string("the account is another runbookd (api: seed), which ") + lacks});
    };
    for (std::size_t i = 0; i < runbook.targets.include.size(); ++i)
        if (runbook.targets.include[i].filter)
            add(nth("targets.include", i) + ".filter", "has no device filters: no run of this begins");
    for (std::size_t i = 0; i < runbook.targets.exclude.size(); ++i)
        if (runbook.targets.exclude[i].filter)
            add(nth("targets.exclude", i) + ".filter", "has no device filters: no run of this begins");
    if (runbook.triggers)
        for (std::size_t i = 0; i < runbook.triggers->list.size(); ++i)
            if (std::holds_alternative<runbook::AlertTrigger>(runbook.triggers->list[i]))
                add(nth("triggers", i) + ".alert", "tells of no alerts: this starts nothing");
    if (runbook.steps)
        for (std::size_t i = 0; i < runbook.steps->list.size(); ++i)
            if (const auto& expect = runbook.steps->list[i].expect; expect && expect->rebooted)
                add(nth("steps", i) + ".expect.rebooted",
                    "does not tell when a device was restarted: this ends as did_not_return");
}

}  // namespace runbookd::lint
