#include "runtime/dispatch_loop.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "runtime/record_log.hpp"
#include "runtime/record_texts.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

// A store that cannot be read is asked again so often; the runs that need its answer wait.
constexpr Millis kAskAgain = std::chrono::seconds{10};

}  // namespace

DispatchLoop::DispatchLoop(engine::Engine& engine, ports::Store& store, ports::RmmApi& api,
                           const Clock& clock, async::Timers& timers, async::TaskGroup& tasks,
                           const log::Log& log, const secrets::Vault& vault)
    : engine_(engine),
      store_(store),
      api_(api),
      clock_(clock),
      timers_(timers),
      tasks_(tasks),
      log_(log),
      vault_(vault) {
    timers_.on_moved([this] { tell([](engine::Engine& core, Instant now) { core.advance(now); }); });
}

void DispatchLoop::tell(const std::function<void(engine::Engine&, Instant)>& what) {
    if (is_closed_) return;
    what(engine_, clock_.now());
    perform();
}

void DispatchLoop::perform() {
    for (auto& action : engine_.take_actions()) {
        if (auto* const commit = std::get_if<engine::Commit>(&action))
            make_durable(std::move(*commit));
        else if (auto* const asked = std::get_if<engine::Recall>(&action))
            recall(std::move(*asked));
        else
            send(std::move(std::get<engine::Call>(action)));
    }
    timers_.rearm();
    if (on_quiet_ && engine_.is_quiet()) on_quiet_();
}

void DispatchLoop::make_durable(engine::Commit commit) {
    redact(commit.batch, vault_);
    for (const auto& record : commit.batch) log_record(log_, record);
    // The task owns the batch; it starts in the order of these calls, which is the order of the commits.
    auto batch = std::make_shared<engine::Batch>(std::move(commit.batch));
    tasks_.spawn("commit", [this, id = commit.id, batch]() -> asio::awaitable<void> {
        auto records = std::move(*batch);
        co_await store_.commit(std::move(records));
        tell([id](engine::Engine& core, Instant now) { core.on_committed(id, now); });
    });
}

void DispatchLoop::send(engine::Call call) {
    tasks_.spawn("call",
                 [this, id = call.id, request = std::move(call.call)]() mutable -> asio::awaitable<void> {
                     auto owned = std::move(request);
                     auto result = co_await api_.perform(std::move(owned));
                     tell([id, &result](engine::Engine& core, Instant now) {
                         core.on_reply(id, std::move(result), now);
                     });
                 });
}

void DispatchLoop::recall(engine::Recall recall) {
    tasks_.spawn("recall",
                 [this, id = recall.id, runbook = std::move(recall.runbook)]() -> asio::awaitable<void> {
                     for (;;) {
                         auto name = runbook;
                         auto successes = co_await store_.successes(std::move(name));
                         if (successes)
                             co_return tell([&](engine::Engine& core, Instant now) {
                                 core.on_recalled(id, runbook, *successes, now);
                             });
                         log_.event(log::Level::error, "once.not_informed",
                                    {{"runbook", runbook}, {"message", successes.error().message}});
                         co_await async::sleep_for(timers_, kAskAgain);
                     }
                 });
}

asio::awaitable<void> DispatchLoop::stop(Millis grace) {
    asio::steady_timer parked(timers_.executor(), asio::steady_timer::time_point::max());
    on_quiet_ = [&parked] { parked.cancel(); };
    tell([](engine::Engine& core, Instant now) { core.stop(now); });
    if (!engine_.is_quiet()) {
        const async::Deadline limit(timers_, grace, [&parked] { parked.cancel(); });
        boost::system::error_code woken;
        co_await parked.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    on_quiet_ = nullptr;
    close();
}

}  // namespace runbookd::runtime
