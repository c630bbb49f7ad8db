#include "engine/outcome.hpp"

#include <utility>

namespace runbookd::engine {

std::optional<Outcome> outcome_of(DeploymentStatus status) {
    switch (status) {
        case DeploymentStatus::success: return Outcome{JobStatus::completed, "", Disposition::succeeded};
        case DeploymentStatus::warning:
            return Outcome{JobStatus::completed, "warnings", Disposition::warning};
        case DeploymentStatus::failure:
            return Outcome{JobStatus::failed, "datto_failure", Disposition::failed};
        case DeploymentStatus::expired:
            return Outcome{JobStatus::failed, "datto_expired", Disposition::expired};
        case DeploymentStatus::retired: return Outcome{JobStatus::failed, "retired", Disposition::failed};
        case DeploymentStatus::pending:
        case DeploymentStatus::running:
        case DeploymentStatus::other: break;
    }
    return std::nullopt;
}

std::optional<Outcome> outcome_of(DeploymentStatus status, const runbook::Printed& printed,
                                  const runbook::Success* rules) {
    auto outcome = outcome_of(status);
    if (!outcome || outcome->status != JobStatus::completed || rules == nullptr) return outcome;
    const auto failed = [](const char* reason, std::string message) {
        return Outcome{JobStatus::failed, reason, Disposition::failed, std::move(message)};
    };
    if (printed.exit_code && !rules->exit_codes.empty() &&
        !runbook::is_among(*printed.exit_code, rules->exit_codes))
        return failed("exit_code",
                      "exit code " + std::to_string(*printed.exit_code) + " is none of success.exit_code");
    if (!printed.broken_rule.empty()) return failed("success_rule", printed.broken_rule);
    if (rules->warnings_fail && outcome->disposition == Disposition::warning)
        return failed("warnings", "success.warnings: fail");
    return outcome;
}

std::string status_text(const JobResult& result) {
    if (!result.status_text.empty()) return result.status_text;
    switch (result.status) {
        case DeploymentStatus::pending: return "Pending";
        case DeploymentStatus::running: return "Running";
        case DeploymentStatus::success: return "Success";
        case DeploymentStatus::warning: return "Warning";
        case DeploymentStatus::failure: return "Failure";
        case DeploymentStatus::expired: return "Expired";
        case DeploymentStatus::retired: return "Retired";
        case DeploymentStatus::other: break;
    }
    return "";
}

}  // namespace runbookd::engine
