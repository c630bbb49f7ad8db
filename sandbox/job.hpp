#pragma once
// One quick job as the sandbox keeps it.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sandbox/job_status.hpp"

namespace runbookd::sandbox {

using JobIndex = std::uint32_t;
using Variables = std::vector<std::pair<std::string, std::string>>;

/// What a script printed and how it ended.
struct ScriptResult {
    int exit_code = 0;  ///< 128 + signal where one ended it
    std::string stdout_text;
    std::string stderr_text;
    bool timed_out = false;
};

struct Job {
    std::int64_t id = 0;
    std::string uid;
    std::string name;
    std::uint32_t device = 0;     ///< index into Fleet::devices
    std::uint32_t component = 0;  ///< index into Fleet::components
    Variables variables;          ///< as sent
    UtcTime created_at{};
    SteadyTime created{};
    JobStatus status = JobStatus::pending;
    std::optional<UtcTime> ran_on;
    std::optional<SteadyTime> ended;
    std::optional<int> exit_code;
    bool timed_out = false;                             ///< it ran into its component's timeout
    std::unique_ptr<const ScriptResult> script_result;  ///< of a script, once it ended
};

}  // namespace runbookd::sandbox
