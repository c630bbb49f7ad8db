#include "async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace runbookd::async {

namespace asio = boost::asio;

TaskGroup::TaskGroup(asio::any_io_executor loop, OnError on_error)
    : loop_(std::move(loop)),
      on_error_(std::move(on_error)),
      emptied_(loop_, asio::steady_timer::time_point::max()) {}

void TaskGroup::spawn(std::string name, std::function<asio::awaitable<void>()> task) {
    tasks_.emplace_back();
    const auto self = std::prev(tasks_.end());
    self->name = std::move(name);
    self->body = std::move(task);
    const auto body = [self]() -> asio::awaitable<void> {
        self->has_begun = true;
        if (self->is_cancelled) co_return;
        co_await self->body();
    };
    asio::co_spawn(loop_, body,
                   asio::bind_cancellation_slot(self->cancel.slot(), [this, self](std::exception_ptr error) {
                       finish(self, std::move(error));
                   }));
}

void TaskGroup::finish(std::list<Task>::iterator task, std::exception_ptr error) {
    const auto name = std::move(task->name);
    const bool is_cancelled = task->is_cancelled;
    tasks_.erase(task);
    if (tasks_.empty()) emptied_.cancel();
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        if (is_cancelled && thrown.code() == asio::error::operation_aborted) return;
    } catch (...) {
        // Not the end that cancelling brings: reported below.
    }
    on_error_(name, error);
}

void TaskGroup::cancel() {
    for (auto& task : tasks_) task.is_cancelled = true;
    // Elsewhere than on the loop, co_spawn would keep the signal for later, and deliver it to what has ended
    // by then.
    asio::dispatch(loop_, [this, alive = std::weak_ptr<const bool>(alive_)] {
        if (!alive.expired()) tell_cancelled();
    });
}

void TaskGroup::tell_cancelled() {
    // Cancelling may end a task at once, and with it its place in the list.
    for (auto task = tasks_.begin(); task != tasks_.end();) {
        const auto current = task++;
        // From Boost 1.83 on, cancelling what co_spawn has not begun throws out of the loop and not into its
        // handler.
        if (current->is_cancelled && current->has_begun)
            current->cancel.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> TaskGroup::join() {
    while (!tasks_.empty()) {
        boost::system::error_code woken;
        co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

}  // namespace runbookd::async
