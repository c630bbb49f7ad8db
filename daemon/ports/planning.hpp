#pragma once
// The door to what would happen: asked before anything does, and changing nothing.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/preview.hpp"

namespace runbookd::ports {

struct PlanRequest {
    std::string runbook;
    std::vector<std::string> devices;              ///< uids or hostnames: narrows the runbook's targets
    std::vector<std::string> sites;                ///< names (globs) or uids: narrows
    std::map<std::string, std::string> variables;  ///< override the runbook's
    /// None: now. An instant of its schedule: that occurrence; any other: as if started by hand then.
    std::optional<UtcTime> at;
    std::string actor;
    std::vector<std::string> customers{};                 ///< exact names: narrows
    std::optional<engine::LaneName> lane = std::nullopt;  ///< whose occurrence; none: see PreviewOrder
};

struct ForecastRun {
    engine::ComingRun run;
    std::int64_t targets = 0;
    std::int64_t creates = 0;  ///< of the targets that are online now, or need not be
    std::int64_t offline = 0;  ///< of the others that are waited for
    engine::Drained drained;   ///< what becomes of the creates
    std::string problem;       ///< why it will not begin, or all of its jobs will be refused; empty: it will
};

struct CheckRequest {
    std::string yaml;
    std::string name;  ///< of a document that names itself not
};
/// What was found of a runbook beyond its text.
struct CheckFinding {
    std::string path;  ///< of the key: component, variables.days, targets
    bool is_error = true;
    std::string code;  ///< as a diagnostic's
    std::string message, suggestion;
};

class Planning {
public:
    virtual ~Planning() = default;
    /// Errors: not_found (with the nearest name), unavailable (nothing is known of the fleet yet).
    virtual boost::asio::awaitable<Result<engine::Preview>> plan(PlanRequest request) = 0;
    /// Holds a runbook's text against the account: its component, its variables, its targets. Errors:
    /// invalid_input (the daemon would refuse the text), unavailable.
    virtual boost::asio::awaitable<Result<std::vector<CheckFinding>>> check(CheckRequest request) = 0;
    /// The runs that are open, and those that a schedule starts before `until` (none: for a day), by
    /// start; at most engine::Forecast::kMost. Errors:
    /// invalid_input (a time that is past, or more than 31 days ahead), unavailable.
    virtual boost::asio::awaitable<Result<std::vector<ForecastRun>>> forecast(
        std::optional<UtcTime> until) = 0;
};

}  // namespace runbookd::ports
