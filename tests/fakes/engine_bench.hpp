#pragma once
// The real engine on virtual time against a small account that a test arranges by hand: devices, components,
// what each job's result says, and an answer of its own for any call. Everything is recorded.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace runbookd::fakes {

[[nodiscard]] engine::ApiResult failure(engine::FailureKind kind, int status = 0);
[[nodiscard]] engine::Device windows_server(const std::string& uid, const std::string& hostname);
/// On all devices, those that are offline skipped, component "Clean", manual only.
[[nodiscard]] runbook::Runbook clean_all(const std::string& name);
/// The same every minute, UTC.
[[nodiscard]] runbook::Runbook clean_every_minute(const std::string& name, Millis window);
/// One entry, UTC.
[[nodiscard]] schedule::Timeline schedule_of(const std::string& cron,
                                             schedule::CatchUp catch_up = schedule::CatchUp::latest,
                                             Millis jitter = Millis{0});
/// One that recurs, UTC; its reason is "freeze".
[[nodiscard]] schedule::Blackouts blackout(const std::string& cron, Millis span);
/// 2026-03-01T00:00:30Z, where every test begins.
[[nodiscard]] UtcTime test_start();

struct SentCall {
    engine::ApiCall call;
    Instant at;
};

class EngineBench {
public:
    /// What a call gets; nullopt: what the account below says.
    using Script = std::function<std::optional<engine::ApiResult>(const engine::ApiCall& call, Instant now)>;

    explicit EngineBench(std::vector<engine::Device> devices = {windows_server("d1", "ACME-01")},
                         engine::EngineSettings settings = {});
    ~EngineBench();

    // ── the account ──
    std::vector<engine::Site> sites{{SiteUid{"s1"}, "Acme HQ", false}, {SiteUid{"s2"}, "On demand", true}};
    std::vector<engine::Device> devices;
    std::vector<engine::Component> components;
    std::vector<engine::Filter> filters;
    std::map<engine::FilterId, std::vector<DeviceUid>> members;  ///< absent: 404
    std::map<DattoJobUid, engine::JobResult> results;            ///< absent: pending
    std::optional<std::string> output = "done\n";
    std::vector<engine::JobActivity> activities;
    std::vector<engine::Alert> alerts;  ///< open ones; one that is resolved goes
    Script script = [](const engine::ApiCall&, Instant) { return std::nullopt; };
    Millis latency{10};  ///< from a call to its answer
    /// What the record says to a Recall, by runbook; it says it after `recall_takes`.
    std::map<std::string, std::vector<engine::LastSuccess>> successes;
    Millis recall_takes{1};

    /// `texts`: what the state's revisions were; the runbooks themselves are known anyway.
    void start(std::vector<runbook::Runbook> runbooks, const engine::RecoveredState& state = {},
               std::vector<runbook::Runbook> texts = {});
    void reload(std::vector<runbook::Runbook> runbooks, const std::vector<engine::BadRunbook>& bad = {});
    /// Starts the runbook by hand; the run's uid once it is durable.
    void run(const std::string& runbook, engine::RunScope scope = {}, runbook::Overrides overrides = {});
    void quick_job(const std::string& device, const std::string& component);
    void pause(const std::string& runbook, Millis span);
    void resume(const std::string& runbook);
    /// The kernel says this of its clock.
    void kernel_says(KernelSync sync);
    void run_for(Millis span);
    /// The disk refuses, and takes everything again.
    void hold_commits() { are_commits_held_ = true; }
    void release_commits();
    /// The wall clock jumps; the engine notices with its next step.
    void step_clock(Millis by) { now_.utc += by; }
    /// The process stands still.
    void stall(Millis span);
    void tell(const std::function<void(engine::Engine&, Instant)>& what);

    // ── what came of it ──
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    [[nodiscard]] const std::vector<engine::Record>& records() const { return records_; }
    [[nodiscard]] const std::vector<SentCall>& sent() const { return sent_; }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    template <class R>
    [[nodiscard]] std::vector<R> all() const {
        std::vector<R> found;
        for (const auto& record : records_)
            if (const auto* one = std::get_if<R>(&record)) found.push_back(*one);
        return found;
    }
    template <class C>
    [[nodiscard]] std::vector<std::pair<C, Instant>> calls() const {
        std::vector<std::pair<C, Instant>> found;
        for (const auto& [call, at] : sent_)
            if (const auto* one = std::get_if<C>(&call)) found.emplace_back(*one, at);
        return found;
    }
    [[nodiscard]] std::vector<engine::Noted> notes(const std::string& kind) const;
    std::vector<Result<RunUid>> run_answers;
    std::vector<Result<engine::QuickJobStarted>> quick_answers;
    std::vector<Result<void>> pause_answers;  ///< of pause and resume

private:
    using Event = std::function<void()>;
    void take_actions();
    /// 250 devices a page, in the order of `devices`.
    [[nodiscard]] engine::Page<engine::Device> page_of(const engine::ReadSiteDevices& call) const;
    [[nodiscard]] engine::ApiResult answer(const engine::ApiCall& call);
    [[nodiscard]] bool step(SteadyTime until);

    Instant now_;
    timer_wheel::TimerWheel wheel_;
    std::unique_ptr<engine::Engine> engine_;
    std::multimap<SteadyTime, Event> events_;
    bool are_commits_held_ = false;
    std::vector<engine::CommitId> held_;
    std::vector<engine::Record> records_;
    std::vector<SentCall> sent_;
    // Of whoever tells the engine of its clock; none: it has not started.
    std::optional<SteadyTime> next_beat_;
    std::uint64_t steps_ = 0;
    std::uint64_t last_job_ = 0;
};

}  // namespace runbookd::fakes
