// Devices that come and go under `offline: wait`, with and without kills, faults and pauses.
#include <map>
#include <random>
#include <set>
#include <vector>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 60 s, and a moment for calls on their way when the time is over.
constexpr Millis kPromised = seconds{62};

/// Every fifth minute, for four minutes.
runbook::Runbook waiting(const std::string& name) {
    auto book = every_minute(name, minutes{4});
    book.schedule =
        schedule::Timeline({schedule::Entry{.rule = *cron::Expression::parse("*/5 * * * *"), .zone = utc()}});
    book.offline = runbook::OfflinePolicy::wait;
    return book;
}

struct Span {
    UtcTime from{}, until{};
};

/// When each device was online without a kill meanwhile or shortly before.
class Presence {
public:
    explicit Presence(std::size_t devices) : spans_(devices) {}
    void set(std::size_t device, bool online, UtcTime now) {
        auto& spans = spans_[device];
        const bool was = !spans.empty() && spans.back().until == UtcTime::max();
        if (was && !online) spans.back().until = now;
        if (!was && online) spans.push_back({now, UtcTime::max()});
    }
    void killed(UtcTime now) {
        for (auto& spans : spans_)
            if (!spans.empty() && spans.back().until == UtcTime::max()) {
                spans.back().until = now;
                spans.push_back({now + seconds{20}, UtcTime::max()});
            }
    }
    [[nodiscard]] const std::vector<Span>& of(std::size_t device) const { return spans_[device]; }

private:
    std::vector<std::vector<Span>> spans_;
};

std::set<std::pair<RunUid, DeviceUid>> served_by(fakes::Simulation& simulation) {
    std::set<std::pair<RunUid, DeviceUid>> served;
    for (const auto& [uid, job] : simulation.store().jobs())
        served.emplace(job.created.run, job.created.device);
    return served;
}

/// Whoever was online for a minute inside the window has got a job; the others that had none are expired.
std::size_t check_who_came_is_served(fakes::Simulation& simulation, const Presence& presence) {
    const auto served = served_by(simulation);
    std::size_t waited = 0;
    for (const auto& [uid, run] : simulation.store().runs()) {
        if (!run.started_at) continue;
        for (std::size_t i = 0; i < run.targets.size(); ++i) {
            const auto& target = run.targets[i];
            const auto number = std::stoul(target.row.device.str().substr(1));
            const auto reason = run.reasons.at(target.row.device);
            if (reason == "overlap" || served.contains({uid, target.row.device})) continue;
            ++waited;
            INFO("run " << uid << " device " << target.row.device << " " << reason);
            CHECK(target.disposition == engine::Disposition::expired);
            for (const auto& span : presence.of(number)) {
                const auto from = std::max(span.from, *run.started_at);
                const auto until = std::min(span.until, run.planned.window_end);
                INFO("online from " << format_utc(from) << " until " << format_utc(until));
                CHECK(until - from <= kPromised);
            }
        }
    }
    return waited;
}

std::size_t served_late(fakes::Simulation& simulation) {
    std::size_t count = 0;
    for (const auto& [uid, job] : simulation.store().jobs())
        if (job.created.at - *simulation.store().runs().at(job.created.run).started_at > seconds{50}) ++count;
    return count;
}

}  // namespace

TEST_CASE("who comes online for a minute inside the window is served", "[engine][simulation][waiting]") {
    std::size_t expired = 0, late = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        constexpr std::size_t kDevices = 30;
        const bool with_kills = seed % 2 == 0;
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = kDevices;
        plan.runbooks = {waiting("sweep"), waiting("other")};
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        Presence presence(kDevices);
        const auto set = [&](std::size_t device, bool online) {
            simulation.rmm().set_online(device, online, simulation.now().utc);
            presence.set(device, online, simulation.now().utc);
        };
        for (std::size_t i = 0; i < kDevices; ++i) set(i, random() % 2 == 0);
        for (int i = 0; i < 180; ++i) {
            simulation.run_for(seconds{10});
            for (int k = 0; k < 2; ++k) set(random() % kDevices, random() % 3 == 0);
            if (!with_kills || i % 23 != 11) continue;
            simulation.crash(seconds{1 + random() % 5});
            presence.killed(simulation.now().utc);
        }
        simulation.drop_schedules();
        simulation.run_for(minutes{10});
        for (std::size_t i = 0; i < kDevices; ++i) set(i, true);
        simulation.run_for(hours{3});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_inside_the_rules(simulation);
        expired += check_who_came_is_served(simulation, presence);
        late += served_late(simulation);
    }
    CHECK(expired > 50);
    CHECK(late > 50);
}

TEST_CASE("waiting, faults, kills at any step and a slow disk break no promise",
          "[engine][simulation][waiting]") {
    std::size_t again = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = 20;
        plan.faults = {10, 10, 10, 10, 2};
        plan.slow_commits = 60;
        plan.runbooks = {waiting("sweep")};
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 173 == 0; };
        plan.crashes_until = minutes{20};
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        for (int i = 0; i < 120; ++i) {
            simulation.run_for(seconds{10});
            for (int k = 0; k < 8; ++k)
                simulation.rmm().set_online(random() % 20, random() % 2 == 0, simulation.now().utc);
        }
        simulation.drop_schedules();
        for (std::size_t i = 0; i < 20; ++i) simulation.rmm().set_online(i, true, simulation.now().utc);
        simulation.run_for(hours{4});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_inside_the_rules(simulation);
        for (const auto& [uid, job] : simulation.store().jobs()) again += job.created.attempt > 1 ? 1 : 0;
    }
    CHECK(again > 0);  // a job that could not go out in time was followed by another
}

}  // namespace runbookd::simulation
