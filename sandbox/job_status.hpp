#pragma once
// jobDeploymentStatus, as the API spells it (Datto RMM API v2, JobResults).
#include <optional>
#include <string_view>

namespace runbookd::sandbox {

enum class JobStatus : unsigned char { pending, running, success, warning, failure, expired, retired };

[[nodiscard]] constexpr std::string_view name_of(JobStatus status) {
    constexpr std::string_view kNames[] = {"Pending", "Running", "Success", "Warning",
                                           "Failure", "Expired", "Retired"};
    return kNames[static_cast<unsigned char>(status)];
}

[[nodiscard]] constexpr bool is_terminal(JobStatus status) { return status > JobStatus::running; }

/// The agent took the job and finished it, one way or another: there are component results.
[[nodiscard]] constexpr bool has_results(JobStatus status) {
    return status == JobStatus::success || status == JobStatus::warning || status == JobStatus::failure;
}

}  // namespace runbookd::sandbox
