#pragma once
// Two accounts with engines of their own, one store and one clock, as the daemon wires them: `a` has the
// device a1 (ALPHA-01), `b` has b1 (BETA-01).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "log/log.hpp"
#include "runtime/accounts.hpp"
#include "runtime/accounts_control.hpp"
#include "runtime/accounts_planning.hpp"
#include "runtime/fakes.hpp"

namespace runbookd::runtime {

/// Like clean_all, on that account.
inline runbook::Runbook clean_on(const std::string& account, const std::string& name) {
    auto runbook = fakes::clean_all(name);
    runbook.account = account;
    runbook.resolved = R"({"account":")" + account + R"("})";
    return runbook;
}

class TwoAccounts {
    struct Part {
        Part(TwoAccounts& all, const std::string& name, const std::string& uid, const std::string& hostname,
             std::uint64_t seed)
            : engine(settings_of(name), all.wheel, seed),
              loop(engine, all.store, api, all.clock, all.timers, all.tasks, all.log, all.vault),
              control(loop, all.store, all.history, all.clock, all.loop.get_executor(), all.vault, name,
                      "1.0"),
              planning(loop, all.clock, all.loop.get_executor(), {}) {
            api.devices = {fakes::windows_server(uid, hostname)};
        }
        static engine::EngineSettings settings_of(const std::string& name) {
            engine::EngineSettings settings;
            settings.account = name;
            return settings;
        }
        FakeApi api;
        engine::Engine engine;
        DispatchLoop loop;
        ControlService control;
        PlanningService planning;
    };

public:
    /// `absence` of b: see ServedAccount.
    explicit TwoAccounts(const std::string& absence = {}) {
        accounts.add({"a", a.loop, a.control, a.planning});
        accounts.add({"b", b.loop, b.control, b.planning, absence});
    }
    ~TwoAccounts() {
        a.loop.close();
        b.loop.close();
        tasks.cancel();
        turn();
    }

    /// Each gets the runbooks of its name.
    void start(const std::vector<runbook::Runbook>& runbooks, const engine::RecoveredState& of_a = {},
               const engine::RecoveredState& of_b = {}) {
        const auto now = clock.now();
        const auto read = [&](const std::string& name, const engine::RecordedText& text) {
            return read_again(name, text);
        };
        accounts.tell_all(now, [&](const ServedAccount& account, engine::Engine& core, Instant at) {
            core.recover(account.name == "a" ? of_a : of_b, read, at);
        });
        accounts.tell_all(now, [&](const ServedAccount& account, engine::Engine& core, Instant at) {
            core.begin(own(runbooks, account.name), {}, at);
        });
        turn();
    }
    void reload(const std::vector<runbook::Runbook>& runbooks) {
        accounts.tell_all(clock.now(), [&](const ServedAccount& account, engine::Engine& core, Instant at) {
            core.reload({own(runbooks, account.name), {}, {"ana", ""}}, {}, at);
        });
        turn();
    }
    void turn() {
        loop.restart();
        loop.poll();
    }
    void pass(Millis span) {
        clock.pass(span);
        wheel.advance(async::to_tick(clock.now().steady));
        accounts.tell_all(clock.now(),
                          [](const ServedAccount&, engine::Engine& core, Instant at) { core.advance(at); });
        turn();
    }
    /// What a person is told, once everything that can happen at once has happened; none: it waits.
    template <class T>
    std::optional<T> ask(std::function<asio::awaitable<T>()> question) {
        const auto answer = std::make_shared<std::optional<T>>();
        tasks.spawn("asks", [question = std::move(question), answer]() -> asio::awaitable<void> {
            auto told = co_await question();
            answer->emplace(std::move(told));
        });
        turn();
        return *answer;
    }

    template <class R>
    [[nodiscard]] std::vector<R> all() const {
        std::vector<R> found;
        for (const auto& record : store.records)
            if (const auto* one = std::get_if<R>(&record)) found.push_back(*one);
        return found;
    }

    StillClock clock;
    asio::io_context loop{1};
    timer_wheel::TimerWheel wheel{async::to_tick(clock.now().steady)};
    async::Timers timers{loop.get_executor(), clock, wheel};
    std::vector<std::string> errors;
    async::TaskGroup tasks{loop.get_executor(),
                           [this](const std::string& task, std::exception_ptr) { errors.push_back(task); }};
    FakeStore store;
    FakeHistory history;
    log::Log log{log::Level::error, log::Format::text};
    secrets::Vault vault;
    Part a{*this, "a", "a1", "ALPHA-01", 1};
    Part b{*this, "b", "b1", "BETA-01", 2};
    Accounts accounts;
    AccountsControl control{accounts, history, loop.get_executor()};
    AccountsPlanning planning{accounts, clock, [this](const std::string& yaml, const std::string& name) {
                                  return Result<engine::RunbookPointer>(read_again(name, {yaml, ""}));
                              }};
    /// What stored texts and texts to be checked are read as, by name.
    std::vector<runbook::Runbook> readable;

private:
    [[nodiscard]] engine::RunbookPointer read_again(const std::string& name,
                                                    const engine::RecordedText&) const {
        for (const auto& runbook : readable)
            if (runbook.name == name) return std::make_shared<const runbook::Runbook>(runbook);
        return nullptr;
    }
    static std::vector<runbook::Runbook> own(const std::vector<runbook::Runbook>& all,
                                             const std::string& account) {
        std::vector<runbook::Runbook> some;
        for (const auto& runbook : all)
            if (runbook.account == account) some.push_back(runbook);
        return some;
    }
};

// ── what a person does, once everything that can happen at once has happened ──

inline Result<ports::RunAccepted> run(TwoAccounts& bed, const std::string& runbook) {
    const auto answer = bed.ask<Result<ports::RunAccepted>>([&bed, runbook] {
        ports::RunRequest request;
        request.runbook = runbook;
        request.actor = "ana";
        return bed.control.start_run(std::move(request));
    });
    REQUIRE(answer);
    return *answer;
}

inline std::optional<Result<ports::QuickJobAccepted>> quick_job(TwoAccounts& bed, const std::string& device) {
    return bed.ask<Result<ports::QuickJobAccepted>>([&bed, device] {
        ports::QuickJobRequest request;
        request.device = device;
        request.component = "clean";
        return bed.control.quick_job(std::move(request));
    });
}

inline Result<ports::PauseAccepted> pause(TwoAccounts& bed, const std::string& runbook, Millis span) {
    const auto answer = bed.ask<Result<ports::PauseAccepted>>(
        [&bed, runbook, span] { return bed.control.pause({runbook, span, "a freeze", "ana"}); });
    REQUIRE(answer);
    return *answer;
}

inline Result<engine::PauseScope> resume(TwoAccounts& bed, const std::string& scope) {
    const auto answer =
        bed.ask<Result<engine::PauseScope>>([&bed, scope] { return bed.control.resume(scope, "ana"); });
    REQUIRE(answer);
    return *answer;
}

inline std::size_t creates(const FakeApi& api) {
    std::size_t count = 0;
    for (const auto& call : api.calls) count += std::holds_alternative<engine::CreateQuickJob>(call) ? 1 : 0;
    return count;
}

inline bool is_paused(const engine::Engine& core, const std::string& runbook, UtcTime at) {
    return core.pauses().find(runbook, at) != nullptr;
}

}  // namespace runbookd::runtime
