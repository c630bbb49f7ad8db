#include "engine/outcome.hpp"

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
