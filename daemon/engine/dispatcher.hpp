#pragma once
// Turns frozen targets into creates: in order, inside the window and outside of what holds them, within the
// budget, each with its intent durable first, and each device's state read at most a minute before.
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/ulid.hpp"
#include "engine/books.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/holds.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

/// What the dispatcher hands on: a job that Datto has, one whose create got no answer, and the alarm of every
/// job.
struct DispatchHandlers {
    std::function<void(Job& job, Instant now)> on_created;
    std::function<void(Job& job, Instant now)> on_unanswered;
    std::function<void(const JobUid& job)> on_look;
    std::function<void(const JobUid& job, Instant now)> on_durable;  ///< the intent is
};

class Dispatcher {
public:
    Dispatcher(Books& books, AlarmClock& clock, Line& line, Outbox& outbox, Fleet& fleet, FleetReader& reader,
               UlidSource& ulids, const Holds& holds, DispatchHandlers handlers);

    /// The run's pending targets without a job are to be created, in the order of its targets.
    void enqueue(const Run& run);
    /// The time for creates is over: what has not gone out does not go out any more.
    void close_window(Run& run, Instant now);
    /// Something that held creates has ended.
    void release(Instant now);
    /// No new intents from now on.
    void stop() { stopping_ = true; }
    /// Whether an intent is still on its way to durability, or a create to its answer.
    [[nodiscard]] bool is_quiet() const { return line_.creates_under_way() == 0; }
    [[nodiscard]] bool wants_to_create() const {
        return !stopping_ && (!sendable_.empty() || !ready_.empty());
    }
    void pump(Instant now);

private:
    enum class Step { went_on, must_wait };
    /// Quick jobs first, then the window that closes soonest, then in order of planning, then of targets.
    using Place = std::tuple<int, UtcTime, std::uint64_t, std::size_t, RunUid>;

    void resend(Instant now);
    [[nodiscard]] Step resend_first(Instant now);
    void look_again(Job& job, Instant now);
    void on_looked_again(const JobUid& uid, const ApiResult& result, SteadyTime sent_at, Instant now);
    [[nodiscard]] bool is_state_known(const Job& job, Instant now);
    /// Why the job must not go out any more, as its target's skip reason; empty: it may.
    [[nodiscard]] std::string held_back_by(const Job& job);
    [[nodiscard]] Step take_next(Instant now);
    [[nodiscard]] Step recheck(const Place& place, Target& target, Instant now);
    void on_device(const Place& place, const ApiResult& result, SteadyTime sent_at, Instant now);
    void make_intent(Run& run, Target& target, Instant now);
    void send(const JobUid& uid, Instant now);
    void on_reply(const JobUid& uid, const ApiResult& result, Instant now);
    void refuse(Job& job, const ApiFailure& failure, Instant now);
    void end_unsent(Job& job, Disposition disposition, const std::string& reason, const std::string& message,
                    Instant now);
    void end_by_window(Job& job, Instant now);
    void park(const Run& run, const Hold& hold, Instant now);
    void take_freed(Instant now);
    /// What stands against the job's create at this instant, if anything does.
    [[nodiscard]] std::optional<Hold> hold_of(const Job& job, Instant now);
    [[nodiscard]] bool is_queued(const Run& run, const Target& target) const;
    struct Ending {
        Disposition disposition = Disposition::expired;
        std::string reason, message;
    };
    /// How a target ends that has not gone out when the time for creates is over.
    [[nodiscard]] Ending ending_of(const Run& run, const Target& target) const;
    [[nodiscard]] bool is_window_over(const Job& job, Instant now);
    [[nodiscard]] static Place place_of(const Run& run, std::size_t index);

    Books& books_;
    Line& line_;
    Outbox& outbox_;
    Fleet& fleet_;
    FleetReader& reader_;
    UlidSource& ulids_;
    const Holds& holds_;
    DispatchHandlers handlers_;
    std::set<Place> ready_;
    std::vector<JobUid> sendable_;     // durable intents that certainly were not sent
    std::size_t looked_at_again_ = 0;  // such intents whose device is being read
    std::set<RunUid> parked_;          // runs that are held: none of their targets is ready
    std::optional<UtcTime> unpark_at_;
    Alarm unpark_;
    bool stopping_ = false;
};

}  // namespace runbookd::engine
