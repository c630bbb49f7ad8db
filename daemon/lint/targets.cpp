// Selectors that leave `offline: wait` nothing to wait for.
#include "lint/checks.hpp"

namespace runbookd::lint {

void check_offline(const Subject& subject, Findings& findings) {
    const auto& runbook = subject.runbook;
    if (runbook.offline != runbook::OfflinePolicy::wait) return;
    for (std::size_t i = 0; i < runbook.targets.include.size(); ++i) {
        const auto& online = runbook.targets.include[i].online;
        if (!online || online->wanted == online->negated) continue;
        findings.push_back(
            {nth("targets.include", i) + ".online", "offline_not_waited_for",
             "a device that is offline when the run begins is no target, so 'offline: wait' does "
             "not wait for it",
             "offline: skip, or the selector without 'online'"});
    }
}

}  // namespace runbookd::lint
