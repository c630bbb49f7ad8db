#pragma once
// Looks for creates that got no answer: the activity log is the only place where a lost job can be found, by
// the token in its name. One search serves all that are missing: those that are waited for, and those that
// were given up, which are searched for hourly for a day more. Not found never proves not created.
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/alarm.hpp"
#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

/// The job's name upstream: `<runbook> rb<ULID of the job>`.
[[nodiscard]] std::string job_name(const std::string& runbook, const JobUid& job);
/// The ULID behind the last " rb" of such a name; nullopt: not one of ours.
[[nodiscard]] std::optional<JobUid> job_in_name(const std::string& name);
/// What stands before it; `name` is one of ours.
[[nodiscard]] std::string runbook_in_name(const std::string& name);

class Finder {
public:
    struct Handlers {
        /// A job turned up.
        std::function<void(Job& job, const DattoJobUid& upstream, Instant now)> on_found;
        /// One was not there for `unknown_after`: it is given up, and searched for on.
        std::function<void(Job& job, Instant now)> on_given_up;
        /// One that had been given up turned up.
        std::function<void(const LostJob& job, const DattoJobUid& upstream, Instant now)> on_found_late;
    };
    /// While `guard` doubts the clock, none is given up.
    Finder(Books& books, Line& line, AlarmClock& clock, const ClockGuard& guard, Millis unknown_after,
           Handlers handlers);

    /// Starts to look for the job, at once.
    void add(Job& job, Instant now);
    /// One that was given up before a restart: searched for on, where its day is not over.
    void search_on(LostJob job, Instant now);
    [[nodiscard]] bool wants_to_read() const { return !under_way_ && (is_due_ || is_late_due_); }
    /// Looks for those that are waited for.
    void pump(Instant now);
    /// Looks for those that were given up: to be called when everybody else had their turn.
    void pump_late(Instant now);

private:
    [[nodiscard]] bool is_overdue(const Job& job, Millis waited, UtcTime at) const;
    [[nodiscard]] bool is_over(const LostJob& job, Millis longer, UtcTime at) const;
    void send_next_page(Instant now);
    void begin_pass(Instant now);
    void on_page(const ApiResult& result, Instant now);
    void break_off(Instant now);
    void end_pass(Instant now);
    void end_late_pass(Instant now);
    void give_up(Job& job, Instant now);
    /// Those whose day, and so much longer, is over are searched for no more.
    void forget(Millis longer, UtcTime at);
    void plan_next(Instant now);
    void plan_late(Millis pause, Instant now);

    Books& books_;
    Line& line_;
    const ClockGuard& guard_;
    Millis unknown_after_;
    Handlers handlers_;
    Alarm next_, late_;
    std::set<JobUid> missing_;
    std::map<JobUid, LostJob> lost_;  // given up
    bool is_due_ = false;
    bool is_late_due_ = false;
    SteadyTime late_due_since_{};
    bool under_way_ = false;  // a page is
    // ── the pass that is under way ──
    bool is_late_pass_ = false;  // it reaches back to those that were given up
    std::map<JobUid, DattoJobUid> turned_up_;
    std::set<JobUid> latecomers_;  // came while it was under way: it may have passed them by
    UtcTime pass_from_{};
    UtcTime pass_began_{};
    std::string cursor_;
    Millis pause_{};
};

}  // namespace runbookd::engine
