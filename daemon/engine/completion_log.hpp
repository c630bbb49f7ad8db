#pragma once
// Ends of jobs found in bulk: the account's activity log tells of many in one read, some time after they
// happened. Whether it tells of all of them, and how soon, differs between accounts: it is tried beside the
// reading of single results before it is relied on, and watched ever after. It only says where to look; what
// became of a job is always read from the job.
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/alarm.hpp"
#include "engine/books.hpp"
#include "engine/line.hpp"
#include "engine/outbox.hpp"

namespace runbookd::engine {

/// How ends of jobs are found.
enum class FollowMode {
    automatic,     ///< by the log once it has proved itself, for as long as it does
    results,       ///< each job's result is read
    activity_log,  ///< by the log from the start
};

class CompletionLog {
public:
    struct Handlers {
        std::function<void(Job& job, Instant now)> on_ended;   ///< the log says that it has
        std::function<void(Instant now)> on_reliance_changed;  ///< is_relied_on says something else now
    };
    /// All but the mode and the account's name outlives this.
    CompletionLog(FollowMode mode, std::string account, Books& books, Line& line, Outbox& outbox,
                  AlarmClock& clock, Handlers handlers);

    /// Whether the end of a job will be seen in the log, so that its result need not be read before.
    [[nodiscard]] bool is_relied_on() const { return trust_ == Trust::proved && is_worth_it_; }
    /// Such a job has ended: whether the log has told of it, or does soon, is remembered. Not for jobs that
    /// ended while nobody followed them.
    void note_end(const Job& job, Instant now);
    /// Reads, where that is due and cheaper than reading each of the `followed` jobs.
    void pump(std::size_t followed, Instant now);
    [[nodiscard]] bool wants_to_read() const { return due_ && !under_way_; }

    // ── for people ──
    /// How long after the end of a job the log told of it, at least half of the time; none: not known.
    [[nodiscard]] std::optional<Millis> lag() const;
    [[nodiscard]] FollowMode mode() const { return mode_; }

private:
    enum class Trust { on_trial, proved, refused };

    void weigh(std::size_t followed, Instant now);
    void read(Instant now);
    void on_page(const ApiResult& result, Instant now);
    void cut_off(Instant now);
    void forget();
    void take(const JobActivity& activity, Instant now);
    void end_pass(Instant now);
    void refuse_for_now(const std::string& why, Instant now);
    void judge(Instant now);
    void set_trust(Trust trust, const std::string& why, Instant now);
    void remember(bool was_told);
    [[nodiscard]] Millis pause() const;

    FollowMode mode_;
    std::string account_;
    Books& books_;
    Line& line_;
    Outbox& outbox_;
    Handlers handlers_;
    Alarm next_;
    Trust trust_;
    std::optional<SteadyTime> refused_until_;
    bool due_ = false;
    bool under_way_ = false;
    bool is_idle_ = true;       // no alarm is set
    bool is_worth_it_ = false;  // so many jobs are followed
    // ── this pass ──
    std::string cursor_;
    std::size_t pages_ = 0;
    SteadyTime pass_began_{};
    UtcTime from_{};
    std::optional<UtcTime> cut_;  // the newest line when the pass before ended, if not at the end of the log
    // ── by the log's own clock ──
    std::optional<UtcTime> newest_;  // line that was seen
    Millis latecomer_{};             // by how much the latest of our lines came after newer ones
    // ── the proof ──
    struct Ended {
        SteadyTime at{};  // when its result said so
    };
    std::unordered_map<JobUid, Ended> awaited_;  // ended by their result, not in the log yet
    std::deque<bool> told_;                      // of the newest ends, whether the log told of them in time
    std::deque<Millis> lags_;                    // of the newest lines, from their date until they were seen
};

}  // namespace runbookd::engine
