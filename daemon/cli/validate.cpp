#include "cli/findings.hpp"
#include "cli/offline.hpp"

namespace runbookd::cli {

int run_validate(Surroundings& around, const Command& command) {
    const auto findings = look_at_files(command, {});
    print(around, command, findings);
    return config::has_errors(findings.diagnostics) ? kFailed : kDone;
}

}  // namespace runbookd::cli
