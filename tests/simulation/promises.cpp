#include "simulation/promises.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "engine/outcome.hpp"

namespace runbookd::simulation {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::shared_ptr<const cron::Zone> utc() {
    return {&cron::utc_zone(), [](const cron::Zone*) {}};
}

runbook::Runbook every_minute(const std::string& name, Millis window) {
    runbook::Runbook runbook;
    runbook.name = name;
    runbook.account = "main";
    runbook.schedule =
        schedule::Timeline({schedule::Entry{.rule = *cron::Expression::parse("* * * * *"), .zone = utc()}});
    runbook.window = window;
    runbook.targets.include.push_back({.all = true});
    runbook.component = "Clean";
    runbook.offline = runbook::OfflinePolicy::skip;
    runbook.yaml = "name: " + name;
    return runbook;
}

/// Runs the schedules for a while, then lets everything that is open come to its end.
void run_to_the_end(fakes::Simulation& simulation, Millis with_schedules) {
    simulation.run_for(with_schedules);
    simulation.drop_schedules();
    simulation.run_for(hours{1});
}

/// Promise 1: for each run and device at most one accepted create.
void check_at_most_once(fakes::Simulation& simulation) {
    std::set<std::tuple<RunUid, DeviceUid, std::int64_t>> served;
    for (const auto& accepted : simulation.upstream().ledger()) {
        const auto uid = engine::job_in_name(accepted.job_name);
        REQUIRE(uid);
        const auto job = simulation.store().jobs().find(*uid);
        REQUIRE(job != simulation.store().jobs().end());
        INFO("job " << *uid << " on " << accepted.device);
        const auto& created = job->second.created;
        const auto& runbook = simulation.store().runs().at(created.run).planned.runbook;
        const auto attempt = runbook == kRedispatches ? created.attempt : 1;
        CHECK(served.emplace(created.run, accepted.device, attempt).second);
        CHECK(job->second.created.device == accepted.device);
    }
}

/// What is recorded is what happened.
void check_true_end(fakes::Simulation& simulation, const std::string& name, const fakes::StoredJob& job) {
    const auto outcome = engine::outcome_of(*simulation.upstream().end_of(name));
    const auto& late = job.late_status;
    CHECK((late.empty() ? to_text(job.status) : std::string_view(late)) == to_text(outcome->status));
    const auto& run = simulation.store().runs().at(job.created.run);
    // What was unknown has been revised; but another job may have had the word.
    const bool has_the_word =
        late.empty() || (job.reason == "unknown_dispatch" && run.planned.runbook != kRedispatches);
    for (const auto& target : run.targets)
        if (target.row.device == job.created.device && has_the_word)
            CHECK(target.disposition == outcome->disposition);
}

/// That of a run that its targets decided.
void check_status(const fakes::StoredRun& run) {
    if (run.status != engine::RunStatus::completed && run.status != engine::RunStatus::failed) return;
    if (run.targets.empty()) return;
    const bool is_good = std::all_of(run.targets.begin(), run.targets.end(), [](const auto& target) {
        return target.disposition == engine::Disposition::succeeded ||
               target.disposition == engine::Disposition::warning ||
               target.disposition == engine::Disposition::skipped;
    });
    CHECK((run.status == engine::RunStatus::completed) == is_good);
}

/// What Datto never ends is followed on, and its target is decided all the same.
void check_is_followed_on(fakes::Simulation& simulation, const fakes::StoredJob& job) {
    CHECK_FALSE(engine::is_terminal(job.status));
    const auto& run = simulation.store().runs().at(job.created.run);
    CHECK(run.reasons.at(job.created.device) == "pending_upstream");
}

/// Promise 2: every target has a disposition, every accepted job its end and its output.
void check_nothing_lost(fakes::Simulation& simulation) {
    const auto& store = simulation.store();
    for (const auto& [uid, run] : store.runs()) {
        INFO("run " << uid << " " << to_text(run.status));
        CHECK(engine::is_terminal(run.status));
        check_status(run);
        for (const auto& target : run.targets) CHECK(target.disposition != engine::Disposition::pending);
    }
    std::set<JobUid> accepted, still_upstream;
    for (const auto& line : simulation.upstream().ledger()) {
        const auto& job = store.jobs().at(*engine::job_in_name(line.job_name));
        accepted.insert(*engine::job_in_name(line.job_name));
        INFO("job " << line.job_name << " " << to_text(job.status) << " " << job.reason);
        if (!engine::outcome_of(*simulation.upstream().end_of(line.job_name))) {
            still_upstream.insert(*engine::job_in_name(line.job_name));
            check_is_followed_on(simulation, job);
            continue;
        }
        CHECK((engine::is_terminal(job.status) || !job.late_status.empty()));
        check_true_end(simulation, line.job_name, job);
        if (!simulation.upstream().has_late_log()) CHECK(job.reason != "unknown_dispatch");
        CHECK(job.out == simulation.upstream().output_of(line.job_name));
    }
    for (const auto& [uid, job] : store.jobs()) {
        INFO("job " << uid << " " << to_text(job.status) << " " << job.reason);
        if (still_upstream.contains(uid)) continue;
        CHECK((engine::is_terminal(job.status) || !job.late_status.empty()));
        CHECK((accepted.contains(uid) || job.reason == "unknown_dispatch" || job.reason == "window_closed" ||
               job.reason == "offline" || job.reason == "paused" || job.reason == "blackout" ||
               job.reason == "not_sent"));
    }
}

/// Every minute between the first and the last that was judged has exactly one verdict.
void check_every_minute_has_a_verdict(fakes::Simulation& simulation, UtcTime first, UtcTime last) {
    std::map<UtcTime, int> verdicts;
    for (const auto& occurrence : simulation.store().occurrences())
        for (auto at = occurrence.nominal; at <= occurrence.until; at += minutes{1}) ++verdicts[at];
    for (auto at = first; at <= last; at += minutes{1}) {
        INFO("minute " << format_utc(at));
        CHECK(verdicts[at] == 1);
    }
}

void check_inside_the_rules(fakes::Simulation& simulation) {
    for (const auto& [name, at] : simulation.sent()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(name));
        CHECK(at < simulation.store().runs().at(job.created.run).planned.window_end);
    }
    CHECK(simulation.upstream().most_reads_in_a_window() <= 480);
    CHECK(simulation.upstream().most_creates_in_a_window() <= 80);
    // Of each process at most 8 creates end unknown: those that were in flight when it was killed.
    std::vector<UtcTime> starts;
    for (const auto& note : simulation.store().notes())
        if (note.kind == "daemon.started") starts.push_back(note.at);
    std::map<std::size_t, int> unknown;
    for (const auto& [uid, job] : simulation.store().jobs()) {
        if (job.reason != "unknown_dispatch") continue;
        const auto next = std::upper_bound(starts.begin(), starts.end(), job.created.at);
        CHECK(++unknown[static_cast<std::size_t>(next - starts.begin())] <= 8);
    }
    // A device is known to be online by a reading at most a minute old (and a call takes a moment).
    for (const auto& accepted : simulation.upstream().ledger()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(accepted.job_name));
        if (simulation.store().runs().at(job.created.run).planned.runbook != "hold")
            CHECK(accepted.offline_for <= seconds{61});
    }
}

void check_promises(fakes::Simulation& simulation, UtcTime first, UtcTime last) {
    check_at_most_once(simulation);
    check_nothing_lost(simulation);
    check_every_minute_has_a_verdict(simulation, first, last);
    check_inside_the_rules(simulation);
}

void check_nothing_went_out_while_held(fakes::Simulation& simulation, const runbook::Runbook& book) {
    for (const auto& [name, at] : simulation.sent()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(name));
        if (simulation.store().runs().at(job.created.run).planned.runbook != book.name) continue;
        INFO(name << " at " << format_utc(at));
        CHECK_FALSE(book.not_during.at(at, at + hours{1}));
        for (const auto& pause : simulation.store().pauses())
            CHECK_FALSE(
                ((pause.scope == engine::PauseScope() || pause.scope == engine::PauseScope(book.name)) &&
                 pause.since < at && at < pause.until));
    }
}

void check_each_instant_has_one_verdict(fakes::Simulation& simulation, const runbook::Runbook& book,
                                        UtcTime after, UtcTime until) {
    std::map<UtcTime, int> verdicts;
    std::int64_t counted = 0;
    for (const auto& row : simulation.store().occurrences()) {
        if (row.runbook != book.name) continue;
        counted += row.count;
        auto at = row.nominal - Millis{1};
        for (std::int64_t i = 0; i < row.count; ++i) {
            at = book.schedule->next_after(at)->at;
            ++verdicts[at];
        }
        INFO(to_text(row.verdict) << " " << row.reason << " from " << format_utc(row.nominal));
        CHECK(at == row.until);
    }
    std::int64_t instants = 0;
    for (auto next = book.schedule->next_after(after); next && next->at <= until;
         next = book.schedule->next_after(next->at)) {
        ++instants;
        INFO(format_utc(next->at));
        CHECK(verdicts[next->at] == 1);
    }
    CHECK(counted == instants);
}

}  // namespace runbookd::simulation
