#include "async/task_group.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"

namespace runbookd::async {
namespace {

namespace asio = boost::asio;

struct Bed {
    asio::io_context loop;
    std::vector<std::string> errors;
    TaskGroup group{loop.get_executor(), [this](const std::string& task, std::exception_ptr error) {
                        try {
                            std::rethrow_exception(error);
                        } catch (const std::exception& thrown) {
                            errors.push_back(task + ": " + thrown.what());
                        }
                    }};

    /// Waits until it is cancelled.
    void spawn_waiting(const std::string& name) {
        group.spawn(name, [this]() -> asio::awaitable<void> {
            asio::steady_timer never(loop, asio::steady_timer::time_point::max());
            co_await never.async_wait(asio::use_awaitable);
        });
    }
};

asio::awaitable<void> step(asio::io_context& loop) { co_await asio::post(loop, asio::use_awaitable); }

}  // namespace

TEST_CASE("a group may be cancelled from outside its loop while a task is about to end", "[async][tasks]") {
    Bed bed;
    asio::steady_timer soon(bed.loop, asio::steady_timer::time_point::max());
    bed.group.spawn("ends", [&]() -> asio::awaitable<void> {
        boost::system::error_code woken;
        co_await soon.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    });
    bed.spawn_waiting("waits");
    bed.loop.poll();
    soon.cancel();  // its end is in the loop's queue now, before whatever cancelling puts there
    bed.group.cancel();
    bed.loop.restart();
    bed.loop.run();
    CHECK(bed.group.size() == 0);
    CHECK(bed.errors.empty());
}

TEST_CASE("a group that is gone is not cancelled any more", "[async][tasks]") {
    asio::io_context loop;
    {
        TaskGroup group(loop.get_executor(), [](const std::string&, std::exception_ptr) {});
        group.cancel();
    }
    loop.run();
}

TEST_CASE("what a task throws is reported under its name, and the others go on", "[async][tasks]") {
    Bed bed;
    int done = 0;
    bed.group.spawn("bad", []() -> asio::awaitable<void> {
        throw std::runtime_error("broken");
        co_return;
    });
    bed.group.spawn("good", [&]() -> asio::awaitable<void> {
        co_await step(bed.loop);
        ++done;
    });
    CHECK(bed.group.size() == 2);
    bed.loop.run();
    CHECK(bed.errors == std::vector<std::string>{"bad: broken"});
    CHECK(done == 1);
    CHECK(bed.group.size() == 0);
}

TEST_CASE("cancelling ends every task without a report", "[async][tasks]") {
    Bed bed;
    for (int i = 0; i < 5; ++i) bed.spawn_waiting("waits");
    bed.loop.poll();
    CHECK(bed.group.size() == 5);
    bed.group.cancel();
    bed.loop.restart();
    bed.loop.run();
    CHECK(bed.group.size() == 0);
    CHECK(bed.errors.empty());
}

TEST_CASE("a task that is cancelled before it began never does", "[async][tasks]") {
    Bed bed;
    bool has_run = false;
    bed.group.spawn("late", [&]() -> asio::awaitable<void> {
        has_run = true;
        co_return;
    });
    bed.group.cancel();
    bed.loop.run();
    CHECK(bed.group.size() == 0);
    CHECK_FALSE(has_run);
    CHECK(bed.errors.empty());
}

TEST_CASE("an operation that is aborted without cancelling is an error", "[async][tasks]") {
    Bed bed;
    bed.group.spawn("aborted", []() -> asio::awaitable<void> {
        throw boost::system::system_error(asio::error::operation_aborted);
        co_return;
    });
    bed.loop.run();
    CHECK(bed.errors.size() == 1);
}

TEST_CASE("a cancelled task's other failures are reported", "[async][tasks]") {
    Bed bed;
    bed.group.spawn("stubborn", [&]() -> asio::awaitable<void> {
        asio::steady_timer never(bed.loop, asio::steady_timer::time_point::max());
        try {
            co_await never.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            throw std::runtime_error("while cleaning up");
        }
    });
    bed.loop.poll();
    bed.group.cancel();
    bed.loop.restart();
    bed.loop.run();
    CHECK(bed.errors == std::vector<std::string>{"stubborn: while cleaning up"});
}

TEST_CASE("what a task captures lives as long as the task", "[async][tasks]") {
    Bed bed;
    const auto kept = std::make_shared<int>(42);
    std::weak_ptr<int> watch = kept;
    int seen = 0;
    {
        auto given = std::make_shared<int>(7);
        watch = given;
        bed.group.spawn("holds", [given, &bed, &seen]() -> asio::awaitable<void> {
            co_await step(bed.loop);
            co_await step(bed.loop);
            seen = *given;
        });
    }
    CHECK_FALSE(watch.expired());
    bed.loop.run();
    CHECK(seen == 7);
    CHECK(watch.expired());
}

TEST_CASE("joining waits for tasks that tasks have spawned", "[async][tasks]") {
    Bed bed;
    std::vector<std::string> order;
    bed.group.spawn("outer", [&]() -> asio::awaitable<void> {
        co_await step(bed.loop);
        bed.group.spawn("inner", [&]() -> asio::awaitable<void> {
            co_await step(bed.loop);
            order.emplace_back("inner");
        });
        order.emplace_back("outer");
    });
    TaskGroup other(bed.loop.get_executor(), [](const std::string&, std::exception_ptr) {});
    other.spawn("joins", [&]() -> asio::awaitable<void> {
        co_await bed.group.join();
        order.emplace_back("joined");
    });
    bed.loop.run();
    CHECK(order == std::vector<std::string>{"outer", "inner", "joined"});
}

TEST_CASE("a loop that goes with its tasks alive takes them along", "[async][tasks]") {
    auto loop = std::make_unique<asio::io_context>();
    TaskGroup group(loop->get_executor(), [](const std::string&, std::exception_ptr) {});
    group.spawn("waits", [&]() -> asio::awaitable<void> {
        asio::steady_timer never(*loop, asio::steady_timer::time_point::max());
        co_await never.async_wait(asio::use_awaitable);
    });
    loop->poll();
    group.cancel();
    loop->restart();
    loop->poll();
    CHECK(group.size() == 0);
}

}  // namespace runbookd::async
