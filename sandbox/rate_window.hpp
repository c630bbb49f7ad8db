#pragma once
// Datto's limits: calls in a rolling 60-second window; slower replies above 90 % of a limit, refusal above
// 100 %. Source: Datto RMM help, "API v2"; refused calls count too.
#include <deque>
#include <map>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "sandbox/fleet.hpp"

namespace runbookd::sandbox {

/// What the limits count over.
inline constexpr Millis kRateWindow{60'000};

enum class Pace { normal, slowed, refused };

class RateWindow {
public:
    /// No limit: everything is normal.
    explicit RateWindow(std::optional<int> limit) : limit_(limit) {}
    /// Counts a call that arrives now.
    Pace count(SteadyTime now);
    [[nodiscard]] std::size_t used(SteadyTime now);
    /// What request_rate reports: a million where there is none.
    [[nodiscard]] int reported_limit() const { return limit_.value_or(1'000'000); }

private:
    void forget_before(SteadyTime now);

    std::optional<int> limit_;
    std::deque<SteadyTime> calls_;
};

/// The names of operationWriteStatus that the sandbox serves.
inline constexpr std::string_view kJobCreate = "device-job-create";
inline constexpr std::string_view kAlertResolve = "alert-resolve";
inline constexpr std::string_view kUdfSet = "device-udf-set";

/// The account's windows: reads, writes and, among the writes, each operation that has a limit of its own.
struct RateLimits {
    explicit RateLimits(const std::optional<Limits>& limits);

    Pace count_read(SteadyTime now) { return reads.count(now); }
    /// `operation` is a name of operationWriteStatus, or empty for a write that has none; the stricter of the
    /// two windows decides.
    Pace count_write(std::string_view operation, SteadyTime now);

    RateWindow reads;
    RateWindow writes;
    std::map<std::string_view, RateWindow> operations;  ///< all of operationWriteStatus
};

}  // namespace runbookd::sandbox
