#pragma once
// Drives the engine: performs its actions through the ports, and tells it what came of them. One thread owns
// all of it.
#include <functional>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "engine/engine.hpp"
#include "log/log.hpp"
#include "ports/rmm_api.hpp"
#include "ports/store.hpp"
#include "secrets/vault.hpp"

namespace runbookd::runtime {

class DispatchLoop {
public:
    /// Everything is borrowed and outlives the loop's tasks, which run in `tasks`. The vault goes over what
    /// is written.
    DispatchLoop(engine::Engine& engine, ports::Store& store, ports::RmmApi& api, const Clock& clock,
                 async::Timers& timers, async::TaskGroup& tasks, const log::Log& log,
                 const secrets::Vault& vault);

    /// Tells the engine something (a reload, an order of a person) at this instant, and performs what
    /// follows. Does nothing once closed.
    void tell(const std::function<void(engine::Engine&, Instant)>& what);
    /// Stops creating; resumes when nothing is under way any more, or after `grace`: what has no answer by
    /// then is looked for at the next start. Closes.
    boost::asio::awaitable<void> stop(Millis grace);
    /// From now on the engine hears nothing and nothing is performed: a call or a commit that ends because
    /// its task is cancelled says nothing about the world.
    void close() { is_closed_ = true; }
    [[nodiscard]] const engine::Engine& engine() const { return engine_; }

private:
    void perform();
    void make_durable(engine::Commit commit);
    void send(engine::Call call);
    /// Asks the store until it answers.
    void recall(engine::Recall recall);

    engine::Engine& engine_;
    ports::Store& store_;
    ports::RmmApi& api_;
    const Clock& clock_;
    async::Timers& timers_;
    async::TaskGroup& tasks_;
    const log::Log& log_;
    const secrets::Vault& vault_;
    std::function<void()> on_quiet_;
    bool is_closed_ = false;
};

}  // namespace runbookd::runtime
