// Steps that the window leaves no time for, and returns that are seen before the device has gone.
#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

/// How long the returns before the last job may be waited for.
Millis waits_before_last_job(const runbook::Steps& steps) {
    Millis all{0}, before{0};
    for (const auto& step : steps.list) {
        if (step.expect)
            all += step.expect->within;
        else
            before = all;
    }
    return before;
}

void check_waits(const Subject& subject, Findings& findings) {
    const auto waits = waits_before_last_job(*subject.runbook.steps);
    const auto span = subject.runbook.create_span();
    if (waits < span) return;
    findings.push_back({"steps", "no_time_for_steps",
                        "devices may be waited for " + format_duration(waits) +
                            " before the last job, and jobs may be created for " + format_duration(span) +
                            " only: the steps behind may find the window closed",
                        "a longer window, or a shorter 'within'"});
}

void check_returns(const Subject& subject, Findings& findings) {
    const auto& list = subject.runbook.steps->list;
    for (std::size_t i = 0; i < list.size(); ++i)
        if (list[i].expect && !list[i].expect->rebooted)
            findings.push_back({nth("steps", i) + ".expect", "not_away_yet",
                                "a device that has not gone down yet is online too: this may be seen at "
                                "once, before it has gone",
                                "rebooted: true, where the step before restarts the device"});
}

}  // namespace

void check_steps(const Subject& subject, Findings& findings) {
    if (!subject.runbook.steps) return;
    check_waits(subject, findings);
    check_returns(subject, findings);
}

}  // namespace runbookd::lint
