#include "fakes/simulation.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::fakes {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(t.time_since_epoch().count());
}

/// Those whose guard compares with the run before.
std::vector<std::string> compared(const std::vector<runbook::Runbook>& runbooks) {
    std::vector<std::string> names;
    for (const auto& runbook : runbooks)
        if (runbook.guard.max_change) names.push_back(runbook.name);
    return names;
}

}  // namespace

Simulation::Simulation(SimulationPlan plan)
    : plan_(std::move(plan)),
      random_(plan_.seed),
      now_{plan_.start, SteadyTime{seconds{1000}}},
      upstream_(std::move(plan_.upstream)),
      keeper_(std::move(plan_.keeper)),
      door_(std::move(plan_.door)),
      began_(now_.steady) {
    if (!upstream_)
        upstream_ = std::make_unique<SimulatedRmm>(plan_.seed + 1, plan_.devices, plan_.faults, plan_.sites);
    if (!keeper_) keeper_ = std::make_unique<SimulatedStore>();
    if (!door_) door_ = std::make_unique<Door>();
    texts_ = plan_.runbooks;
    boot();
}

Simulation::~Simulation() = default;

void Simulation::boot() {
    ++process_;
    wheel_ = std::make_unique<timer_wheel::TimerWheel>(to_tick(now_.steady));
    engine_ = std::make_unique<engine::Engine>(plan_.settings, *wheel_, random_());
    const auto read = [this](const std::string& name,
                             const engine::RecordedText& text) -> engine::RunbookPointer {
        for (const auto& runbook : texts_)
            if (runbook.name == name && runbook.yaml == text.yaml && runbook.resolved == text.resolved)
                return std::make_shared<const runbook::Runbook>(runbook);
        return nullptr;
    };
    engine_->on_clock({!synchronised_at_, true}, now_);
    engine_->set_customers(plan_.customers, now_);
    if (const auto* const simulated = dynamic_cast<SimulatedStore*>(keeper_.get());
        simulated != nullptr && simulated->is_put_back)
        engine_->hold_for_restore("it was put back");
    auto state = keeper_->recover(now_.utc);
    state.last_targets = keeper_->last_targets(compared(plan_.runbooks));
    engine_->start(state, read, plan_.runbooks, {}, now_);
    take_actions();
}

void Simulation::crash(Millis down) {
    kill();
    rise(down);
}

void Simulation::kill() {
    ++crashes_;
    engine_.reset();
    wheel_.reset();
    last_commit_at_ = now_.steady;
    // Of what was on its way, a prefix of the commits is durable and each call may or may not arrive.
    auto left = std::exchange(events_, {});
    bool disk_turns = true;
    for (auto& [place, event] : left) {
        if (event.what == Event::What::commit) {
            if (!disk_turns) continue;
            disk_turns = random_() % 2 == 0;
            if (!disk_turns) {
                keeper_->die_writing(event.batch, step_);
                continue;
            }
            keeper_->apply(event.batch);
            door_->on_durable(event.batch, now_);
        } else if (event.what == Event::What::arrival && random_() % 2 == 0) {
            (void)upstream_->arrive(*event.call, true_time());
        }
    }
    keeper_->restart();
}

void Simulation::rise(Millis down) {
    now_.utc += down;
    now_.steady += down;
    boot();
}

void Simulation::put_back(Millis down) {
    kill();
    auto& store = dynamic_cast<SimulatedStore&>(*keeper_);
    store = *backup_;
    store.is_put_back = true;
    rise(down);
}

void Simulation::accept_restore() {
    tell(
        [](engine::Engine& core, Instant at) { core.accept_restore("ana", [](const Result<void>&) {}, at); });
}

void Simulation::add(SteadyTime at, Event event) {
    event.process = process_;
    events_.emplace(Place{at, ++last_event_}, std::move(event));
}

void Simulation::take_actions() {
    for (auto& action : engine_->take_actions()) {
        if (auto* const commit = std::get_if<engine::Commit>(&action))
            write(std::move(*commit));
        else if (auto* const question = std::get_if<engine::Recall>(&action))
            recall(std::move(*question));
        else
            send(std::move(std::get<engine::Call>(action)));
    }
}

void Simulation::write(engine::Commit commit) {
    Event event;
    event.what = Event::What::commit;
    event.commit = commit.id;
    event.batch = std::move(commit.batch);
    door_->on_commit(event.batch, now_);
    const bool is_slow = static_cast<int>(random_() % 1000) < plan_.slow_commits;
    const auto takes = milliseconds{1 + static_cast<int>(random_() % 8) +
                                    (is_slow ? 20'000 + static_cast<int>(random_() % 100'000) : 0)};
    last_commit_at_ = std::max(last_commit_at_, now_.steady + takes);
    add(last_commit_at_, std::move(event));
}

void Simulation::recall(engine::Recall question) {
    Event event;
    event.what = Event::What::recall;
    event.recall = std::move(question);
    // Behind all commits before it.
    add(std::max(last_commit_at_, now_.steady) + milliseconds{1 + static_cast<int>(random_() % 20)},
        std::move(event));
}

void Simulation::send(engine::Call call) {
    bool is_copy = false;
    for (const auto later : door_->on_call(call.call, now_)) {
        Event event;
        event.what = Event::What::arrival;
        event.call_id = call.id;
        event.call = call.call;
        event.is_copy = std::exchange(is_copy, true);
        if (const auto* create = std::get_if<engine::CreateQuickJob>(&call.call))
            sent_[create->job_name] = now_.utc + later;
        add(now_.steady + later + milliseconds{5 + static_cast<int>(random_() % 200)}, std::move(event));
    }
}

void Simulation::handle(Event event) {
    switch (event.what) {
        case Event::What::commit:
            keeper_->apply(event.batch);
            door_->on_durable(event.batch, now_);
            engine_->on_committed(event.commit, now_);
            break;
        case Event::What::arrival: {
            event.result = upstream_->arrive(*event.call, true_time());
            if (event.is_copy) return;
            event.what = Event::What::reply;
            add(now_.steady + milliseconds{5 + static_cast<int>(random_() % 200)}, std::move(event));
            return;
        }
        case Event::What::reply:
            door_->on_reply(*event.call, *event.result, now_);
            engine_->on_reply(event.call_id, std::move(*event.result), now_);
            break;
        case Event::What::recall:
            engine_->on_recalled(event.recall.id, event.recall.runbook,
                                 keeper_->successes(event.recall.runbook), now_);
            break;
    }
    take_actions();
}

UtcTime Simulation::true_time() const { return plan_.start + (now_.steady - began_); }

void Simulation::step_clock(Millis by, Millis until_synchronised) {
    now_.utc += by;
    synchronised_at_ = now_.steady + until_synchronised;
    tell_clock();  // the kernel says at once that somebody set it
}

void Simulation::tell_clock() {
    if (synchronised_at_ && now_.steady >= *synchronised_at_) synchronised_at_.reset();
    const KernelSync kernel{!synchronised_at_, true};
    tell([&](engine::Engine& core, Instant at) { core.on_clock(kernel, at); });
}

void Simulation::stall(Millis span) {
    now_.utc += span;
    now_.steady += span;
}

bool Simulation::step(SteadyTime until) {
    if (synchronised_at_ && now_.steady >= *synchronised_at_) tell_clock();
    const auto due = wheel_->next_due();
    const auto timer_at =
        due ? std::optional{std::max(now_.steady, SteadyTime{Millis{static_cast<std::int64_t>(*due)}})}
            : std::nullopt;
    const bool is_event_first = !events_.empty() && (!timer_at || events_.begin()->first.first <= *timer_at);
    auto at = is_event_first ? events_.begin()->first.first : timer_at.value_or(SteadyTime::max());
    const bool is_clock_first = synchronised_at_ && *synchronised_at_ < at;
    if (is_clock_first) at = *synchronised_at_;
    at = std::max(now_.steady, at);
    if (at > until) return false;
    now_.utc += at - now_.steady;
    now_.steady = at;
    ++step_;
    if (is_clock_first) {
        tell_clock();
    } else if (is_event_first) {
        auto event = std::move(events_.extract(events_.begin()).mapped());
        handle(std::move(event));
    } else {
        wheel_->advance(to_tick(now_.steady));
        engine_->advance(now_);
        take_actions();
    }
    if (plan_.crash_after(step_) && now_.steady - began_ < plan_.crashes_until) crash();
    return true;
}

void Simulation::run_for(Millis span) {
    const auto until = now_.steady + span;
    while (step(until)) {
    }
    if (now_.steady >= until) return;
    now_.utc += until - now_.steady;
    now_.steady = until;
}

void Simulation::tell(const std::function<void(engine::Engine&, Instant)>& what) {
    what(*engine_, now_);
    take_actions();
}

void Simulation::reload(std::vector<runbook::Runbook> runbooks, engine::Customers::Rules customers) {
    plan_.customers = std::move(customers);
    engine_->set_customers(plan_.customers, now_);
    reload(std::move(runbooks));
}

void Simulation::reload(std::vector<runbook::Runbook> runbooks) {
    plan_.runbooks = std::move(runbooks);
    texts_.insert(texts_.end(), plan_.runbooks.begin(), plan_.runbooks.end());
    engine_->learn_last_targets(keeper_->last_targets(compared(plan_.runbooks)));
    tell([&](engine::Engine& core, Instant at) { core.reload({plan_.runbooks, {}, {"test", ""}}, {}, at); });
}

void Simulation::drop_schedules() {
    auto runbooks = plan_.runbooks;
    for (auto& runbook : runbooks) {
        runbook.schedule.reset();
        runbook.lanes = {};
        runbook.yaml += "\n# without its schedule";
    }
    reload(std::move(runbooks));
}

}  // namespace runbookd::fakes
