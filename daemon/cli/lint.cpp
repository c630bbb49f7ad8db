#include "config/lint.hpp"

#include "cli/findings.hpp"
#include "cli/offline.hpp"

namespace runbookd::cli {

int run_lint(Surroundings& around, const Command& command) {
    const auto now = around.clock.now().utc;
    const auto findings =
        look_at_files(command, [&](const runbook::Runbook& runbook, const config::Settings& settings) {
            return config::lint_runbook(runbook, settings, now);
        });
    print(around, command, findings);
    return findings.diagnostics.empty() ? kDone : kFailed;
}

}  // namespace runbookd::cli
