#pragma once
// Follows each job from queued to its end: polls its result when one is likely, fetches its outputs, closes
// it; and follows on at leisure what was given up here, to learn how it ended after all.
#include <cstddef>
#include <deque>
#include <functional>

#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/completion_log.hpp"
#include "engine/durations.hpp"
#include "engine/fleet.hpp"
#include "engine/line.hpp"
#include "engine/outcome.hpp"
#include "engine/retries.hpp"

namespace runbookd::engine {

struct FollowSettings {
    double looks_for_each = 0;  ///< at a job's result on average, where many are followed without the log
    std::size_t output_max_bytes = 0;
};

class Follower {
public:
    /// While `clock` is doubted nothing is decided by the time that has passed. All of it outlives this.
    Follower(Books& books, Line& line, Outbox& outbox, const Fleet& fleet, const ClockGuard& clock,
             CompletionLog& log, Durations& durations, Retries& retries, FollowSettings settings);

    /// Datto has the job: watch it from now on.
    void follow(Job& job, Instant now);
    /// Takes up one that was given up before a restart.
    void follow_on(Job& job, Instant now);
    /// The alarm of a job rang.
    void look_at(const JobUid& job);
    /// The activity log says that it has ended.
    void look_now(Job& job, Instant now);
    /// How ends are found has changed: all looks are placed anew.
    void place_looks(Instant now);
    /// Jobs that Datto has and that are not given up.
    [[nodiscard]] std::size_t followed(Instant now);
    /// Five minutes after the window closed: asks after every job that is not known to be picked up. Those
    /// that Datto still holds are expired here, and followed on.
    void check_pending(Run& run, Instant now);
    /// The same without an answer, where none came for long.
    void expire_pending(Run& run, Instant now);
    [[nodiscard]] bool wants_to_read() const { return !due_.empty(); }
    void pump(Instant now);

private:
    void read(Job& job);
    void on_result(const JobUid& uid, const ApiResult& result, Instant now);
    void on_output(const JobUid& uid, Stream stream, const ApiResult& result, Instant now);
    void take_result(Job& job, const JobResult& result, Instant now);
    void note_running(Job& job, const JobResult& result, Instant now);
    void fetch_or_close(Job& job, Instant now);
    void close(Job& job, Instant now);
    void time_out(Job& job, Instant now);
    /// It had timed out, and its target was left undecided until it has ended.
    void decide_timed_out(const Job& job, Instant now);
    void expire(Run& run, Target& target, Job& job, Instant now);
    void look_again(Job& job, Instant now);
    /// What Datto has, as far as is known, not picked up.
    void for_each_pending(Run& run, const std::function<void(Target&, Job&)>& what);
    void learn(Job& job, const JobResult& result, Instant now);
    [[nodiscard]] Millis pause_for(const Job& job, Instant now);
    [[nodiscard]] Millis longest_pause(const Job& job, Instant now);
    [[nodiscard]] double looks_at(const DurationCurve& curve, Instant now);
    [[nodiscard]] double stretch(Instant now) const;
    [[nodiscard]] bool is_past_deadline(const Job& job, UtcTime at) const;

    Books& books_;
    Line& line_;
    Outbox& outbox_;
    const Fleet& fleet_;
    const ClockGuard& clock_;
    CompletionLog& log_;
    Durations& durations_;
    Retries& retries_;
    FollowSettings settings_;
    std::deque<JobUid> due_;
    std::size_t followed_ = 0;
    std::optional<SteadyTime> counted_at_;
};

}  // namespace runbookd::engine
