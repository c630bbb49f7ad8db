#include "follow/daemon.hpp"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "datto/addresses.hpp"
#include "datto/failures.hpp"
#include "datto/replies.hpp"
#include "datto/requests.hpp"
#include "engine/engine.hpp"

namespace runbookd::bench {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Millis kOneWay{25};  // of a request, and of its answer
constexpr Millis kCommit{3};
constexpr int kCreatesAMinute = 80;  // 80 % of 100

timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(t.time_since_epoch().count());
}

Instant start() { return {*parse_utc("2026-03-01T02:00:00Z"), SteadyTime{hours{1}}}; }

engine::EngineSettings settings_of(const DaemonPlan& plan) {
    engine::EngineSettings settings;
    settings.follow = plan.follow;
    if (plan.looks > 0) settings.looks_for_each = plan.looks;
    return settings;
}

runbook::Runbook sweep() {
    runbook::Runbook book;
    book.name = "sweep";
    book.account = "main";
    book.window = hours{3};
    book.targets.include.push_back({.all = true});
    book.component = "Sweep";
    book.yaml = "name: sweep";
    return book;
}

class VirtualDaemon {
public:
    VirtualDaemon(std::size_t devices, Shape shape, const DaemonPlan& plan)
        : account_(devices, shape, start()),
          now_(start()),
          wheel_(to_tick(now_.steady)),
          engine_(settings_of(plan), wheel_, 1) {
        tell([](engine::Engine& core, Instant now) {
            const auto read = [](const std::string&, const engine::RecordedText&) {
                return engine::RunbookPointer{};
            };
            core.start({}, read, {sweep()}, {}, now);
        });
        run_while([] { return true; }, seconds{5});
    }

    /// One run over all devices, or over the first so many, to its end.
    void run(std::size_t first) {
        followed_ = {};
        followed_.began = now_.utc;
        finished_ = false;
        tell([&](engine::Engine& core, Instant now) {
            engine::RunOrder order;
            order.runbook = "sweep";
            if (first > 0)
                for (std::size_t i = 0; i < first; ++i)
                    order.scope.devices.push_back(account_.fleet().devices[i].uid);
            core.start_run(std::move(order), [](const Result<RunUid>&) {}, now);
        });
        run_while([this] { return !finished_; }, hours{3});
        if (!finished_) throw std::runtime_error("the run did not end within three hours");
    }
    void rest(Millis span) {
        run_while([] { return true; }, span);
    }
    [[nodiscard]] FollowFigures figures() const {
        return figures_of(followed_, ends_of_this_run(), kCreatesAMinute);
    }

private:
    using Event = std::function<void()>;

    void tell(const std::function<void(engine::Engine&, Instant)>& what) {
        what(engine_, now_);
        take_actions();
    }

    void take_actions() {
        for (auto& action : engine_.take_actions()) {
            if (auto* const commit = std::get_if<engine::Commit>(&action)) {
                events_.emplace(now_.steady + kCommit, [this, done = std::move(*commit)] {
                    for (const auto& record : done.batch) note(record);
                    engine_.on_committed(done.id, now_);
                });
            } else {
                auto& call = std::get<engine::Call>(action);
                events_.emplace(now_.steady + kOneWay, [this, sent = std::move(call)] { arrive(sent); });
            }
        }
    }

    void arrive(const engine::Call& call) {
        account_.advance(now_);
        count(call.call);
        const auto request = datto::build_request(base_, call.call, no_secrets_);
        if (!request) throw std::runtime_error(request.error().message);
        const auto reply = account_.request(request->method == datto::Method::put ? "PUT" : "GET",
                                            request->target, request->body, now_);
        auto result = read(call.call, request->target, reply);
        events_.emplace(
            now_.steady + reply.delay + kOneWay,
            [this, id = call.id, result = std::move(result)] { engine_.on_reply(id, result, now_); });
    }

    engine::ApiResult read(const engine::ApiCall& call, const std::string& target,
                           const sandbox::Reply& reply) {
        if (reply.status == 429) ++followed_.refused;
        if (reply.status != 200) {
            datto::Response answer;
            answer.status = reply.status;
            answer.content_type = reply.content_type;
            answer.body = reply.body;
            return tl::unexpected<engine::ApiFailure>(
                datto::classify_answer(answer, "asking", datto::ThrottleMemory::calm, now_.utc, {}));
        }
        auto read = datto::read_reply(base_, call, target, reply.body);
        if (!read) throw std::runtime_error(read.error().message);
        return std::move(*read);
    }

    void count(const engine::ApiCall& call) {
        if (std::holds_alternative<engine::CreateQuickJob>(call)) return;
        if (std::holds_alternative<engine::ReadResult>(call))
            ++followed_.result_reads;
        else if (std::holds_alternative<engine::ReadOutput>(call))
            ++followed_.output_reads;
        else if (std::holds_alternative<engine::SearchActivities>(call))
            ++followed_.log_reads;
        else
            ++followed_.other_reads;
    }

    void note(const engine::Record& record) {
        if (const auto* const change = std::get_if<engine::JobChanged>(&record)) {
            if (change->datto_job) upstream_[change->job] = change->datto_job->str();
            if (engine::is_terminal(change->status)) followed_.recorded[upstream_[change->job]] = now_.utc;
        }
        if (std::holds_alternative<engine::RunFinished>(record)) finished_ = true;
    }

    [[nodiscard]] Ends ends_of_this_run() const { return account_.ends().since(followed_.began); }

    void run_while(const std::function<bool()>& goes_on, Millis at_most) {
        const auto until = now_.steady + at_most;
        while (goes_on() && step(until)) {
        }
        if (goes_on()) {
            now_.utc += until - now_.steady;
            now_.steady = until;
        }
    }

    bool step(SteadyTime until) {
        const auto timer = wheel_.next_due();
        auto at = until + Millis{1};
        if (timer) at = std::min(at, SteadyTime{Millis{static_cast<std::int64_t>(*timer)}});
        if (!events_.empty()) at = std::min(at, events_.begin()->first);
        if (at > until) return false;
        at = std::max(at, now_.steady);
        now_.utc += at - now_.steady;
        now_.steady = at;
        if (!events_.empty() && events_.begin()->first <= at) {
            const auto event = std::move(events_.extract(events_.begin()).mapped());
            event();
        } else {
            wheel_.advance(to_tick(at));
            engine_.advance(now_);
        }
        take_actions();
        return true;
    }

    Account account_;
    Instant now_;
    timer_wheel::TimerWheel wheel_;
    engine::Engine engine_;
    datto::BaseUrl base_ = *datto::parse_base_url("http://127.0.0.1:8781");
    secrets::Vault no_secrets_;
    std::multimap<SteadyTime, Event> events_;
    std::map<JobUid, std::string> upstream_;
    Followed followed_;
    bool finished_ = false;
};

}  // namespace

FollowFigures follow_with_daemon(std::size_t devices, Shape shape, const DaemonPlan& plan) {
    VirtualDaemon daemon(devices, shape, plan);
    if (plan.warm_up > 0) {
        daemon.run(plan.warm_up);
        daemon.rest(std::chrono::minutes{5});
    }
    daemon.run(0);
    return daemon.figures();
}

}  // namespace runbookd::bench
