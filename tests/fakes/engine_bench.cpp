#include "fakes/engine_bench.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::fakes {
namespace {

using engine::ApiCall;
using engine::ApiResult;
using engine::FailureKind;

timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(t.time_since_epoch().count());
}

constexpr SteadyTime kBegan{std::chrono::seconds{1000}};
// Whoever drives the engine tells it of the clock so often.
constexpr Millis kHeartbeat{std::chrono::seconds{10}};

/// Not owned by anybody: utc_zone() lives as long as the program.
std::shared_ptr<const cron::Zone> utc() {
    return {&cron::utc_zone(), [](const cron::Zone*) {}};
}

}  // namespace

ApiResult failure(FailureKind kind, int status) {
    return tl::unexpected<engine::ApiFailure>(engine::ApiFailure{kind, status, "scripted", std::nullopt});
}

engine::Device windows_server(const std::string& uid, const std::string& hostname) {
    engine::Device device;
    device.uid = DeviceUid{uid};
    device.site_uid = SiteUid{"s1"};
    device.site_name = "Acme HQ";
    device.hostname = hostname;
    device.os = "Microsoft Windows Server 2022";
    device.device_class = "device";
    device.online = true;
    return device;
}

runbook::Runbook clean_all(const std::string& name) {
    runbook::Runbook runbook;
    runbook.name = name;
    runbook.account = "main";
    runbook.targets.include.push_back({.all = true});
    runbook.component = "Clean";
    runbook.offline = runbook::OfflinePolicy::skip;
    runbook.yaml = "name: " + name;
    return runbook;
}

runbook::Runbook clean_every_minute(const std::string& name, Millis window) {
    auto runbook = clean_all(name);
    runbook.schedule = schedule_of("* * * * *");
    runbook.window = window;
    return runbook;
}

schedule::Timeline schedule_of(const std::string& cron, schedule::CatchUp catch_up, Millis jitter) {
    return schedule::Timeline({schedule::Entry{
        .rule = *cron::Expression::parse(cron), .zone = utc(), .jitter = jitter, .catch_up = catch_up}});
}

schedule::Blackouts blackout(const std::string& cron, Millis span) {
    return schedule::Blackouts(
        {{schedule::Recurring{*cron::Expression::parse(cron), span}, utc(), "freeze"}});
}

UtcTime test_start() { return *parse_utc("2026-03-01T00:00:30Z"); }

EngineBench::EngineBench(std::vector<engine::Device> in_account, engine::EngineSettings settings)
    : devices(std::move(in_account)),
      now_{test_start(), kBegan},
      wheel_(to_tick(kBegan)),
      engine_(std::make_unique<engine::Engine>(std::move(settings), wheel_, 1)) {
    components.push_back({ComponentUid{"c1"}, "Clean", "", "", {}});
}

EngineBench::~EngineBench() = default;

void EngineBench::start(std::vector<runbook::Runbook> runbooks, const engine::RecoveredState& state,
                        std::vector<runbook::Runbook> texts) {
    texts.insert(texts.end(), runbooks.begin(), runbooks.end());
    const auto read = [&](const std::string& name,
                          const engine::RecordedText& text) -> engine::RunbookPointer {
        for (const auto& runbook : texts)
            if (runbook.name == name && runbook.yaml == text.yaml && runbook.resolved == text.resolved)
                return std::make_shared<const runbook::Runbook>(runbook);
        return nullptr;
    };
    next_beat_ = now_.steady + kHeartbeat;
    tell([&](engine::Engine& core, Instant at) { core.start(state, read, runbooks, {}, at); });
}

void EngineBench::reload(std::vector<runbook::Runbook> runbooks, const std::vector<engine::BadRunbook>& bad) {
    tell([&](engine::Engine& core, Instant at) {
        core.reload({std::move(runbooks), bad, {"test", ""}}, {}, at);
    });
}

void EngineBench::run(const std::string& runbook, engine::RunScope scope, runbook::Overrides overrides) {
    tell([&](engine::Engine& core, Instant at) {
        engine::RunOrder order;
        order.runbook = runbook;
        order.scope = std::move(scope);
        order.actor = "alice";
        order.overrides = std::move(overrides);
        core.start_run(
            std::move(order), [this](Result<RunUid> result) { run_answers.push_back(std::move(result)); },
            at);
    });
}

void EngineBench::quick_job(const std::string& device, const std::string& component) {
    tell([&](engine::Engine& core, Instant at) {
        core.quick_job(
            {device, component, {}, "alice"},
            [this](Result<engine::QuickJobStarted> result) { quick_answers.push_back(std::move(result)); },
            at);
    });
}

void EngineBench::pause(const std::string& runbook, Millis span) {
    tell([&](engine::Engine& core, Instant at) {
        core.pause(
            {runbook, at.utc + span, "testing", "alice"},
            [this](Result<void> result) { pause_answers.push_back(std::move(result)); }, at);
    });
}

void EngineBench::resume(const std::string& runbook) {
    tell([&](engine::Engine& core, Instant at) {
        core.resume(
            runbook, "bob", [this](Result<void> result) { pause_answers.push_back(std::move(result)); }, at);
    });
}

void EngineBench::kernel_says(KernelSync sync) {
    tell([&](engine::Engine& core, Instant at) { core.on_clock(sync, at); });
}

void EngineBench::tell(const std::function<void(engine::Engine&, Instant)>& what) {
    what(*engine_, now_);
    take_actions();
}

void EngineBench::stall(Millis span) {
    now_.utc += span;
    now_.steady += span;
}

std::vector<engine::Noted> EngineBench::notes(const std::string& kind) const {
    auto found = all<engine::Noted>();
    std::erase_if(found, [&](const auto& note) { return note.kind != kind; });
    return found;
}

void EngineBench::release_commits() {
    are_commits_held_ = false;
    for (const auto id : std::exchange(held_, {}))
        events_.emplace(now_.steady, [this, id] { engine_->on_committed(id, now_); });
}

void EngineBench::take_actions() {
    for (auto& action : engine_->take_actions()) {
        if (auto* const commit = std::get_if<engine::Commit>(&action)) {
            for (auto& record : commit->batch) records_.push_back(std::move(record));
            if (are_commits_held_) {
                held_.push_back(commit->id);
                continue;
            }
            events_.emplace(now_.steady + Millis{1},
                            [this, id = commit->id] { engine_->on_committed(id, now_); });
        } else if (const auto* recall = std::get_if<engine::Recall>(&action)) {
            events_.emplace(now_.steady + recall_takes, [this, asked = *recall] {
                engine_->on_recalled(asked.id, asked.runbook, successes[asked.runbook], now_);
            });
        } else {
            auto& call = std::get<engine::Call>(action);
            sent_.push_back({call.call, now_});
            events_.emplace(now_.steady + latency, [this, call = std::move(call)] {
                engine_->on_reply(call.id, answer(call.call), now_);
            });
        }
    }
}

engine::Page<engine::Device> EngineBench::page_of(const engine::ReadSiteDevices& call) const {
    constexpr std::size_t kPage = 250;
    const auto from = call.cursor.empty() ? 0 : static_cast<std::size_t>(std::stoul(call.cursor));
    engine::Page<engine::Device> page;
    std::size_t place = 0;
    for (const auto& device : devices) {
        if (device.site_uid != call.site || place++ < from) continue;
        if (page.items.size() == kPage) {
            page.next_cursor = std::to_string(from + kPage);
            break;
        }
        page.items.push_back(device);
    }
    return page;
}

ApiResult EngineBench::answer(const ApiCall& call) {
    if (auto scripted = script(call, now_)) return std::move(*scripted);
    if (std::holds_alternative<engine::ReadRequestRate>(call)) {
        engine::RequestRate rate;
        rate.read_count = 1;
        rate.write_limit = 600;
        return rate;
    }
    if (std::holds_alternative<engine::ReadSites>(call)) return engine::Page<engine::Site>{sites, ""};
    if (std::holds_alternative<engine::ReadDevices>(call)) return engine::Page<engine::Device>{devices, ""};
    if (const auto* read = std::get_if<engine::ReadSiteDevices>(&call)) return page_of(*read);
    if (std::holds_alternative<engine::ReadDefaultFilters>(call)) return engine::Page<engine::Filter>{};
    if (std::holds_alternative<engine::ReadCustomFilters>(call)) {
        engine::Page<engine::Filter> page;
        for (const auto& filter : filters) page.items.push_back(filter);
        return page;
    }
    if (const auto* read = std::get_if<engine::ReadFilterDevices>(&call)) {
        const auto found = members.find(read->filter);
        if (found == members.end()) return failure(FailureKind::not_found, 404);
        return engine::Page<DeviceUid>{found->second, ""};
    }
    if (std::holds_alternative<engine::ReadComponents>(call))
        return engine::Page<engine::Component>{components, ""};
    if (const auto* read = std::get_if<engine::ReadDevice>(&call)) {
        for (const auto& device : devices)
            if (device.uid == read->device) return device;
        return failure(FailureKind::not_found, 404);
    }
    if (std::holds_alternative<engine::CreateQuickJob>(call))
        return engine::CreatedJob{DattoJobUid{"j" + std::to_string(++last_job_)}};
    if (const auto* read = std::get_if<engine::ReadResult>(&call)) {
        const auto found = results.find(read->job);
        return found == results.end() ? engine::JobResult{} : found->second;
    }
    if (std::holds_alternative<engine::ReadOutput>(call)) return engine::Output{output};
    if (std::holds_alternative<engine::ReadAlerts>(call)) return engine::Page<engine::Alert>{alerts, ""};
    if (const auto* resolve = std::get_if<engine::ResolveAlert>(&call)) {
        std::erase_if(alerts, [&](const engine::Alert& alert) { return alert.uid == resolve->alert; });
        return engine::AlertResolved{};
    }
    return engine::Page<engine::JobActivity>{activities, ""};
}

bool EngineBench::step(SteadyTime until) {
    const auto due = wheel_.next_due();
    const auto timer_at =
        due ? std::optional{std::max(now_.steady, SteadyTime{Millis{static_cast<std::int64_t>(*due)}})}
            : std::nullopt;
    const bool is_event_first = !events_.empty() && (!timer_at || events_.begin()->first <= *timer_at);
    auto at = is_event_first ? events_.begin()->first : timer_at.value_or(SteadyTime::max());
    const bool is_beat_first = next_beat_ && *next_beat_ < at;
    if (is_beat_first) at = *next_beat_;
    at = std::max(now_.steady, at);
    if (at > until) return false;
    now_.utc += at - now_.steady;
    now_.steady = at;
    ++steps_;
    if (is_beat_first) {
        next_beat_ = now_.steady + kHeartbeat;
        engine_->advance(now_);
    } else if (is_event_first) {
        const auto event = std::move(events_.extract(events_.begin()).mapped());
        event();
    } else {
        wheel_.advance(to_tick(now_.steady));
        engine_->advance(now_);
    }
    take_actions();
    return true;
}

void EngineBench::run_for(Millis span) {
    const auto until = now_.steady + span;
    while (step(until)) {
    }
    now_.utc += until - now_.steady;
    now_.steady = until;
}

}  // namespace runbookd::fakes
