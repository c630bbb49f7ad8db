#include "cli/findings.hpp"
#include "cli/offline.hpp"
#include "cli/online_check.hpp"

namespace runbookd::cli {

int run_validate(Surroundings& around, const Command& command) {
    const auto findings = look_at_files(command, {});
    print(around, command, findings);
    return config::has_errors(findings.diagnostics) ? kFailed : kDone;
}

int run_validate_online(Surroundings& around, const Client& client, const Command& command) {
    OnlineCheck check(client);
    const auto findings = look_at_files(
        command,
        [&](const runbook::Runbook& runbook, const config::Settings&) { return check.judge(runbook); });
    print(around, command, findings);
    // What was found in the files is told all the same.
    if (check.problem()) return report(around, *check.problem());
    return config::has_errors(findings.diagnostics) ? kFailed : kDone;
}

}  // namespace runbookd::cli
