#pragma once
// A store, a scripted webhook and the notifier between them, on one loop, with the clock in the test's hand.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "catch.hpp"
#include "datto/http/loopback_server.hpp"
#include "runtime/notifier.hpp"
#include "store/fixture.hpp"
#include "timer_wheel/timer_wheel.hpp"
#include "webhooks/sender.hpp"

namespace runbookd::tests {

using namespace store_test;

/// Stands still but for what the test says. (Timers stay on the true one.)
class HandClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return {at(kSoon) + passed, SteadyTime{} + kUptime + passed};
    }
    Millis passed{0};

private:
    static constexpr std::int64_t kSoon = 60'000;
    static constexpr Millis kUptime{std::chrono::hours{1}};
};

/// The part of each webhook's address that nobody may see.
inline const std::string kPath = "/services/T00/very-secret-path?key=hunter2hunter2";

inline ServerAnswer status_answer(int status, const std::string& headers = "") {
    return {http_answer(status, "no: " + kPath, headers), Then::keep};
}

struct Bench {
    explicit Bench(LoopbackServer::Handler handler) : server(open.loop(), std::move(handler)) { start(); }
    ~Bench() { stop(); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void start() {
        tasks.emplace(open.loop().get_executor(),
                      [](const std::string& task, std::exception_ptr) { FAIL("a task failed: " << task); });
        sender.emplace(timers, clock, webhooks::SenderSettings{});
        for (const auto* name : {"oncall", "boss"}) targets[name].url = server.url() + kPath;
        sender->renew(targets);
        const runtime::Notifier::Parts parts{open.store(), *sender, clock, timers, *tasks, log};
        notifier.emplace(
            parts, [this] { return rules; },
            [this](std::vector<std::string> lines) { problems = std::move(lines); });
    }
    void stop() {
        tasks->cancel();
        open.loop().restart();
        while (tasks->size() > 0) open.loop().run_one_for(std::chrono::seconds{20});
        notifier.reset();
        sender.reset();
        tasks.reset();
    }
    void rule(const std::string& runbook, runbook::NotifyRules some) {
        rules[runbook] = std::make_shared<const runbook::NotifyRules>(std::move(some));
    }

    /// Looks, and waits until nothing is being sent any more.
    void look() {
        begin_look();
        open.run_until([&] { return tasks->size() == 0; });
        begin_look();  // tells what came of it
        open.run_until([&] { return tasks->size() == 0; });
    }
    /// Looks, and waits for nothing that is being sent.
    void begin_look() {
        bool is_over = false;
        boost::asio::co_spawn(open.loop(), notifier->look(), [&](std::exception_ptr error) {
            CHECK_FALSE(error);
            is_over = true;
        });
        open.run_until([&] { return is_over; });
    }
    void pass(Millis time) { clock.passed += time; }

    /// A run of `clean` over two devices, of which one failed.
    void run_fails(const std::string& run = "01RUN") {
        engine::Batch batch;
        if (!std::exchange(is_revised_, true)) batch.push_back(revision());
        batch.push_back(planned(run));
        batch.push_back(started(2, run));
        batch.push_back(decided(engine::Disposition::failed, "d1", run));
        batch.push_back(decided(engine::Disposition::succeeded, "d2", run));
        auto end = finished(run);
        end.status = engine::RunStatus::failed;
        batch.push_back(end);
        open.commit(std::move(batch));
    }

    [[nodiscard]] std::vector<std::string> in_store(const std::string& columns) {
        return rows(database, "SELECT " + columns + " FROM notices ORDER BY id");
    }

    TempFolder folder;
    std::string database = folder.file("audit.db").string();
    OpenStore open{database};
    HandClock clock;
    SystemClock machine;
    timer_wheel::TimerWheel wheel{async::to_tick(SystemClock{}.now().steady)};
    async::Timers timers{open.loop().get_executor(), machine, wheel};
    log::Log log{log::Level::error, log::Format::text};
    std::map<std::string, webhooks::Target> targets;
    runtime::Notifier::Rules rules;
    std::vector<std::string> problems;
    LoopbackServer server;
    std::optional<async::TaskGroup> tasks;
    std::optional<webhooks::Sender> sender;
    std::optional<runtime::Notifier> notifier;

private:
    bool is_revised_ = false;
};

}  // namespace runbookd::tests
