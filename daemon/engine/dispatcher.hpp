#pragma once
// Which frozen target gets its create next: its run in its turn, inside the window and outside of what holds
// it, within the budget, and each device's state read at most a minute before. Those whose device is offline
// wait aside, where their runbook says so.
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "engine/books.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/holds.hpp"
#include "engine/in_flight_limits.hpp"
#include "engine/line.hpp"
#include "engine/sender.hpp"
#include "engine/turns.hpp"
#include "engine/waiting.hpp"

namespace runbookd::engine {

class Dispatcher {
public:
    /// All of it outlives this.
    Dispatcher(Books& books, AlarmClock& clock, Line& line, Fleet& fleet, FleetReader& reader, Sender& sender,
               const Holds& holds);

    /// The pending targets of the run's wave (and those before) without a job are to be created, in the order
    /// of its targets.
    void enqueue(Run& run, Instant now);
    /// The target's job never went out, for its device is offline: it waits for it. Or it may get another.
    void put_back(Run& run, Target& target, Instant now);
    /// A whole list of the devices has come in.
    void take_in_fleet(Instant now);
    /// A job that was in flight before a restart.
    void restore_in_flight(Job& job);
    /// The time for creates is over: what has not gone out does not go out any more.
    void close_window(Run& run, Instant now);
    /// A person calls the run off: likewise, and what has not gone out ends as `ending` says.
    void call_off(Run& run, const Sender::Ending& ending, Instant now);
    /// The run stops others (overlap: stop_previous): what earlier ones have not sent to its devices, they do
    /// not send any more. What they have sent it waits for.
    void stop_earlier(const Run& run, Instant now);
    /// Something that held creates has ended, or may have.
    void release(Instant now);
    /// No new intents from now on.
    void stop() { stopping_ = true; }
    /// Whether an intent is still on its way to durability, or a create to its answer.
    [[nodiscard]] bool is_quiet() const { return line_.creates_under_way() == 0; }
    [[nodiscard]] bool wants_to_create() const {
        return !stopping_ && (sender_.wants_to_send() || !ready_.empty());
    }
    /// How many targets would get their create now, were there room for all.
    [[nodiscard]] std::size_t creates_waiting() const { return ready_targets_ + sender_.unsent(); }
    /// When a device that is waited for is to be read next.
    [[nodiscard]] std::optional<SteadyTime> reads_at(Instant now) const { return waiting_.wakes_at(now); }
    void pump(Instant now);

private:
    enum class Step { went_on, must_wait };
    using Place = Waiting::Who;
    struct Ready {
        RunUid run;
        std::set<std::size_t> targets;  // by their place in the run
        bool is_full = false;           // and so has no turns, until one of its jobs has left
    };

    /// The target is to be created: now, or, its device being offline, once that is online.
    void admit(Run& run, std::size_t index);
    /// Its device is offline, and waited for.
    void send_away(Run& run, std::size_t index);
    /// The device that it waited for is there.
    void come_back(const Waiting::Who& who, Instant now);
    [[nodiscard]] Step take_next(Instant now);
    /// Its turn has come, and its device is `seen` freshly, where that matters.
    void take(Run& run, std::size_t index, const Fleet::Seen* seen, Instant now);
    [[nodiscard]] bool may_wait_on(const Waiting::Who& who, Instant now);
    void on_seen(const Waiting::Who& who);
    void refuse(Run& run, Target& target, const ApiFailure& failure, Instant now);
    [[nodiscard]] Step recheck(const Run& run, const Place& place, Instant now);
    void on_device(const Place& place, const ApiResult& result, SteadyTime sent_at, Instant now);
    void park(Run& run, const Hold& hold, Instant now);
    void set_aside(const Place& place, const Hold& hold, Instant now);
    void forget(const RunUid& run);
    void wake(Instant now);
    void wake_at(std::optional<UtcTime> at, Instant now);
    void reconsider_parked(Instant now);
    void take_freed(Instant now);
    void take_left();
    void make_ready_again(const std::vector<Waiting::Who>& freed);
    /// Whether there is no room for it now; then it waits for that.
    [[nodiscard]] bool has_no_room(Run& run, const Place& place);
    void make_ready(const Run& run, std::size_t index);
    /// It is not ready any more. `order`: its run's.
    void take_out(std::uint64_t order, std::size_t index);
    void take_out_all(std::uint64_t order);
    /// What of the target is not sent is not sent any more.
    void stop(Run& run, std::size_t index, Instant now);
    /// No target of the run waits here any more.
    void forget(const Run& run);

    Books& books_;
    Line& line_;
    Fleet& fleet_;
    FleetReader& reader_;
    Sender& sender_;
    const Holds& holds_;
    Waiting waiting_;
    InFlightLimits limits_;
    std::map<std::uint64_t, Ready> ready_;  // by the order of their runs; none is empty
    std::size_t ready_targets_ = 0;
    Turns turns_;                          // of the runs in ready_
    std::set<RunUid> parked_;              // runs that are held: none of their targets is ready
    std::multimap<UtcTime, Place> aside_;  // single targets that are held: when to ask again
    std::optional<UtcTime> unpark_at_;
    Alarm unpark_;
    bool stopping_ = false;
};

}  // namespace runbookd::engine
