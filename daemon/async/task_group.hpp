#pragma once
// Everything that runs on the loop runs in a group: it is counted, an exception of it is reported and not
// swallowed, and it can be cancelled and waited for as one. (asio::detached does none of that.)
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace runbookd::async {

class TaskGroup {
public:
    using OnError = std::function<void(const std::string& task, std::exception_ptr error)>;

    /// `on_error` gets what a task threw, but for the aborted operation that ends a cancelled one. The group
    /// must be empty, or its loop stopped for good, when it is destroyed.
    TaskGroup(boost::asio::any_io_executor loop, OnError on_error);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task` (a callable that returns awaitable<void>). The group owns the callable, with its
    /// captures, and the coroutine until it ends; what it refers to must outlive the group's tasks.
    void spawn(std::string name, std::function<boost::asio::awaitable<void>()> task);
    /// Asks every task to end (terminal cancellation of what it awaits); where this is not called on the
    /// loop, as soon as the loop runs. One that has not begun never does.
    void cancel();
    /// Resumes when no task is left. A task must not join its own group.
    boost::asio::awaitable<void> join();
    [[nodiscard]] std::size_t size() const { return tasks_.size(); }

private:
    struct Task {
        std::string name;
        std::function<boost::asio::awaitable<void>()> body;
        boost::asio::cancellation_signal cancel;
        bool has_begun = false;
        bool is_cancelled = false;
    };
    void finish(std::list<Task>::iterator task, std::exception_ptr error);
    void tell_cancelled();
    boost::asio::any_io_executor loop_;
    OnError on_error_;
    std::list<Task> tasks_;
    boost::asio::steady_timer emptied_;  // never expires; cancelled when the last task ends
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);  // as long as this is
};

}  // namespace runbookd::async
