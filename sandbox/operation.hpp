#pragma once
// The names by which faults and the access log call the API's operations.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::sandbox {

enum class Operation {
    token,
    request_rate,
    pagination,
    sites,
    devices,
    site_devices,
    device,
    components,
    quickjob,
    job,
    job_components,
    results,
    job_stdout,  ///< named "stdout"; the plain word is a macro of <cstdio>
    job_stderr,  ///< named "stderr"
    activity_logs,
    filters,
    alerts,
    alert_resolve,
    other,
};

[[nodiscard]] std::string_view name_of(Operation operation);
[[nodiscard]] std::optional<Operation> operation_named(std::string_view name);
/// All names, for "did you mean".
[[nodiscard]] std::vector<std::string> operation_names();

}  // namespace runbookd::sandbox
