#pragma once
// Notices that the wall clock was set or that the machine slept: at once where the kernel tells, else by a
// heartbeat. What it means is for the engine to say. Loop thread only.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "clock_watch/change_source.hpp"

namespace runbookd::clock_watch {

inline constexpr Millis kHeartbeat = std::chrono::seconds{10};
/// What a heartbeat takes for a step. A time service may slew by a twelfth (chrony), 0.8 s in a heartbeat.
inline constexpr Millis kLeastStep = std::chrono::seconds{1};

class ClockWatch {
public:
    struct Callbacks {
        /// The clock was set, or the machine resumed. May come again for one and the same change.
        std::function<void()> on_changed;
        /// Once, when the kernel cannot tell of changes (any more): from then on they are noticed within a
        /// heartbeat.
        std::function<void(const std::string& reason)> on_deaf;
    };
    /// What is borrowed outlives the tasks. Timers are re-armed before on_changed is called. `kernel` is
    /// looked at with each heartbeat, so that it remembers a synchronised clock after somebody has set it.
    ClockWatch(async::Timers& timers, const Clock& clock, SyncSource& kernel, Callbacks callbacks);

    /// Watches in `tasks` until they are cancelled. To be called once; `source` is open_wall_timer() but in
    /// tests.
    void start(async::TaskGroup& tasks, Result<std::unique_ptr<ChangeSource>> source);

private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> beat();
    [[nodiscard]] Millis wall_ahead() const;
    void change();

    async::Timers& timers_;
    const Clock& clock_;
    SyncSource& kernel_;
    Callbacks callbacks_;
    std::unique_ptr<ChangeSource> source_;
    Millis expected_ahead_{};  ///< wall time − steady time; a step changes it
};

}  // namespace runbookd::clock_watch
