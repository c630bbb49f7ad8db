#pragma once
// Looks for creates that got no answer: the activity log is the only place where a lost job can be found, by
// the token in its name. One search serves all that are missing. Not found never proves not created.
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>

#include "engine/alarm.hpp"
#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

/// The job's name upstream: `<runbook> rb<ULID of the job>`.
[[nodiscard]] std::string job_name(const std::string& runbook, const JobUid& job);
/// The ULID behind the last " rb" of such a name; nullopt: not one of ours.
[[nodiscard]] std::optional<JobUid> job_in_name(const std::string& name);

class Finder {
public:
    /// `on_found` gets a job that turned up, `on_given_up` one that was not there for `unknown_after`.
    using OnFound = std::function<void(Job& job, const DattoJobUid& upstream, Instant now)>;
    using OnGivenUp = std::function<void(Job& job, Instant now)>;
    /// While `guard` doubts the clock, none is given up.
    Finder(Books& books, Line& line, AlarmClock& clock, const ClockGuard& guard, Millis unknown_after,
           OnFound on_found, OnGivenUp on_given_up);

    /// Starts to look for the job, at once.
    void add(Job& job, Instant now);
    [[nodiscard]] bool wants_to_read() const { return due_ && !under_way_; }
    void pump(Instant now);

private:
    [[nodiscard]] bool is_overdue(const Job& job, Millis waited, UtcTime at) const;
    void on_page(const ApiResult& result, Instant now);
    void end_pass(Instant now);
    void plan_next(Instant now);

    Books& books_;
    Line& line_;
    const ClockGuard& guard_;
    Millis unknown_after_;
    OnFound on_found_;
    OnGivenUp on_given_up_;
    Alarm next_;
    std::set<JobUid> missing_;
    std::unordered_map<JobUid, DattoJobUid> turned_up_;
    bool due_ = false;
    bool under_way_ = false;
    UtcTime pass_from_{};
    UtcTime pass_began_{};
    std::string cursor_;
    Millis pause_{};
};

}  // namespace runbookd::engine
