#pragma once
// Sends creates: each intent is durable first, and goes out only while what it rests on still holds; what
// cannot go out is ended.
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ulid.hpp"
#include "engine/books.hpp"
#include "engine/fleet.hpp"
#include "engine/holds.hpp"
#include "engine/line.hpp"
#include "engine/retries.hpp"
#include "engine/variables.hpp"

namespace runbookd::engine {

/// What the sender hands on: a job that Datto has, one whose create got no answer, the alarm of every job,
/// and a target whose job could not go out, for its device went offline, and which is to wait for it.
struct SendHandlers {
    std::function<void(Job& job, Instant now)> on_created;
    std::function<void(Job& job, Instant now)> on_unanswered;
    std::function<void(const JobUid& job)> on_look;
    std::function<void(const JobUid& job, Instant now)> on_durable;  ///< the intent is
    std::function<void(Run& run, Target& target, Instant now)> on_offline;
    std::function<void(Job& job)> on_intent;  ///< it is in flight
};

class Sender {
public:
    /// All of it outlives this.
    Sender(Books& books, Line& line, Outbox& outbox, Fleet& fleet, const Customers& customers,
           UlidSource& ulids, const Holds& holds, Retries& retries, SendHandlers handlers);

    /// The target gets its job, whose create goes out as soon as the intent is durable; or it is decided,
    /// where its variables cannot be filled in. The line must be open for a create.
    void intend(Run& run, Target& target, Instant now);
    /// Durable intents that certainly were not sent go out, as far as the line lets them.
    void send_again(Instant now);
    /// Whether there are such intents: they go before any new one.
    [[nodiscard]] bool has_unsent() const { return unsent() > 0; }
    [[nodiscard]] std::size_t unsent() const { return sendable_.size() + looked_at_again_.size(); }
    /// Whether one of them waits for the line to open.
    [[nodiscard]] bool wants_to_send() const { return !sendable_.empty(); }
    /// How long a create takes, from its intent to its answer: the newest count most. None: there was none
    /// yet.
    [[nodiscard]] std::optional<std::chrono::microseconds> create_takes() const { return create_takes_; }
    /// No create that is not on its way goes out any more: what is durable and certainly was not sent is
    /// ended as such, so that a start need not look for it, and its target is left to that.
    void stop(Instant now);
    /// The time for the run's creates is over: ends the target unless its create went out already.
    void close(Run& run, Target& target, Instant now);
    /// How a target ends that gets no job.
    struct Ending {
        Disposition disposition = Disposition::expired;
        std::string reason, message;
    };
    /// The target is not wanted any more: ends it like that unless its create went out already.
    void call_off(Run& run, Target& target, const Ending& ending, Instant now);
    /// The same, for a later run has the device now.
    void stop_for_later(Run& run, Target& target, Instant now);

private:
    enum class Step { went_on, must_wait };

    /// What a job of that step of the run would be given.
    [[nodiscard]] tl::expected<SentVariables, VariableRefusal> render_step(const Run& run, std::int64_t step,
                                                                           const RenderedFor& whose) const;
    [[nodiscard]] Step send_first_again(Instant now);
    void look_again(Job& job, Instant now);
    void on_looked_again(const JobUid& uid, const ApiResult& result, SteadyTime sent_at, Instant now);
    [[nodiscard]] bool is_state_known(const Job& job, Instant now);
    /// Why the job must not go out any more, as its target's skip reason; empty: it may.
    [[nodiscard]] std::string held_back_by(const Job& job);
    /// What stands against the job's create at this instant, if anything does.
    [[nodiscard]] std::optional<Hold> hold_of(const Job& job, Instant now);
    /// The same of a target, at any instant.
    [[nodiscard]] std::optional<Hold> hold_at(const Run& run, const TargetRow& target, UtcTime at) const;
    [[nodiscard]] bool is_window_over(const Job& job, Instant now);
    void send(const JobUid& uid, Instant now);
    void on_reply(const JobUid& uid, const ApiResult& result, Instant now);
    /// It was not sent, and may be.
    void keep(Job& job, Instant now);
    void leave_to_next_start(Job& job, Instant now);
    void learn_time_of(const Job& job, Instant now);
    void refuse(Job& job, const ApiFailure& failure, Instant now);
    /// Ends a job that was never sent.
    void fail_unsent(Job& job, const std::string& reason, const std::string& message, Instant now);
    [[nodiscard]] bool waits_for_device(const Job& job);
    /// Ends the job; its target is to get another once its device is online.
    void wait_for_device(Job& job, Instant now);
    void end_unsent(Job& job, Disposition disposition, const std::string& reason, const std::string& message,
                    Instant now);
    void end_by_window(Job& job, Instant now);
    /// Whether a later run stops what is not sent of the job's.
    [[nodiscard]] bool is_overtaken(const Job& job);
    void end_overtaken(Job& job, Instant now);
    /// Whether that is why the target never had a job, for a person; empty: it is not.
    [[nodiscard]] std::string offline_until_the_end(const Run& run, const Target& target) const;
    /// The same of a target whose wave has not begun.
    [[nodiscard]] static Ending ending_before_wave(const Run& run, const Target& target);
    /// How a target ends that has not gone out when the time for creates is over.
    [[nodiscard]] Ending ending_of(const Run& run, const Target& target) const;

    Books& books_;
    Line& line_;
    Outbox& outbox_;
    Fleet& fleet_;
    const Customers& customers_;
    UlidSource& ulids_;
    const Holds& holds_;
    Retries& retries_;
    SendHandlers handlers_;
    std::optional<std::chrono::microseconds> create_takes_;
    std::vector<JobUid> sendable_;      // durable intents that certainly were not sent
    std::set<JobUid> looked_at_again_;  // such intents whose device is being read
    bool stopping_ = false;
};

}  // namespace runbookd::engine
