#include "store/recovery.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/ulid.hpp"
#include "engine/trigger_memory.hpp"
#include "store/run_scope.hpp"

namespace runbookd::store {
namespace {

constexpr Millis kFollowed = std::chrono::hours{24 * 30};
// The longest `unknown_after`, and a day.
constexpr Millis kSearched = std::chrono::hours{48};
// The runs of one local time begin within a day, wherever they are, and last a while.
constexpr Millis kGroupsOpen = std::chrono::hours{48};
// What was created before it is out of the API's sliding window.
constexpr Millis kBudgetWindow = std::chrono::seconds{60};

template <class T>
T known(std::optional<T> value, const std::string& text) {
    if (!value) throw std::runtime_error("the store holds a state that this program does not know: " + text);
    return *value;
}

std::vector<engine::RecoveredRunbook::Decided> read_decided(Execution& row) {
    std::vector<engine::RecoveredRunbook::Decided> decided;
    while (row.step())
        decided.push_back({from_unix_ms(row.integer(0)), from_unix_ms(row.integer(1)), row.integer(2) != 0,
                           row.text(3), row.integer(4)});
    return decided;
}

/// Years of verdicts are left out where the clock goes forward, as it mostly does.
void read_ahead(Connection& connection, engine::RecoveredRunbook& runbook, UtcTime now) {
    Execution reopened(connection.statement("recover_reopened"));
    reopened.bind(":runbook", runbook.runbook);
    reopened.step();
    runbook.ahead_from = std::min(now, reopened.optional_time(0).value_or(now));
    if (runbook.judged_until <= runbook.ahead_from) return;
    Execution row(connection.statement("recover_ahead"));
    row.bind(":runbook", runbook.runbook).bind(":from", *runbook.ahead_from);
    runbook.ahead = read_decided(row);
}

std::vector<engine::RecoveredRunbook::Decided> read_missed(Connection& connection,
                                                           const std::string& runbook) {
    Execution row(connection.statement("recover_missed"));
    row.bind(":runbook", runbook).bind(":most", std::int64_t{engine::RecoveredRunbook::kMissedAtMost});
    auto missed = read_decided(row);
    std::reverse(missed.begin(), missed.end());
    return missed;
}

void bind_lane(Execution& row, const std::string& runbook, const engine::RecoveredRunbook::Lane& lane) {
    row.bind(":runbook", runbook).bind(":zone", lane.zone).bind(":customer", lane.customer);
}

void read_lane(Connection& connection, const std::string& runbook, UtcTime now,
               engine::RecoveredRunbook::Lane& lane) {
    {
        Execution judged(connection.statement("recover_lane_judged_until"));
        bind_lane(judged, runbook, lane);
        judged.step();
        lane.judged_until = judged.optional_time(0);
    }
    {
        Execution reopened(connection.statement("recover_lane_reopened"));
        bind_lane(reopened, runbook, lane);
        reopened.step();
        lane.ahead_from = std::min(now, reopened.optional_time(0).value_or(now));
    }
    if (lane.judged_until > lane.ahead_from) {
        Execution row(connection.statement("recover_lane_ahead"));
        bind_lane(row, runbook, lane);
        row.bind(":from", *lane.ahead_from);
        lane.ahead = read_decided(row);
    }
    Execution row(connection.statement("recover_lane_missed"));
    bind_lane(row, runbook, lane);
    row.bind(":most", std::int64_t{engine::RecoveredRunbook::kMissedAtMost});
    lane.missed = read_decided(row);
    std::reverse(lane.missed.begin(), lane.missed.end());
}

void read_lanes(Connection& connection, engine::RecoveredRunbook& runbook, UtcTime now) {
    using Name = std::pair<std::string, std::string>;  // zone and customer
    engine::RecoveredRunbook::Lane lane;
    for (;;) {
        std::optional<Name> first;
        {
            Execution next(connection.statement("recover_next_lane"));
            bind_lane(next, runbook.runbook, lane);
            while (next.step()) {
                Name found{next.text(0), next.text(1)};
                if (!first || found < *first) first = std::move(found);
            }
        }
        if (!first) return;
        lane = {first->first, first->second, {}, {}, {}, {}};
        read_lane(connection, runbook.runbook, now, lane);
        runbook.lanes.push_back(lane);
    }
}

std::vector<engine::RecoveredRunbook> read_runbooks(Connection& connection, UtcTime now) {
    std::vector<engine::RecoveredRunbook> runbooks;
    Execution row(connection.statement("recover_runbooks"));
    while (row.step()) {
        engine::RecoveredRunbook runbook;
        runbook.runbook = row.text(0);
        runbook.revision = row.integer(1);
        runbook.yaml = row.text(2);
        runbook.resolved = row.text(3);
        runbook.effective_from = from_unix_ms(row.integer(4));
        runbook.retired = row.integer(5) != 0;
        runbook.judged_until = row.optional_time(6);
        read_ahead(connection, runbook, now);
        runbook.missed = read_missed(connection, runbook.runbook);
        if (row.integer(7) != 0) read_lanes(connection, runbook, now);
        runbook.account = row.text(8);
        runbook.applied_by = row.text(9);
        runbooks.push_back(std::move(runbook));
    }
    return runbooks;
}

std::vector<runbook::StepEnd> read_ends(const std::string& text) {
    std::vector<runbook::StepEnd> ends;
    for (const auto& word : nlohmann::json::parse(text))
        ends.push_back(known(runbook::step_end_from(word.get<std::string>()), text));
    return ends;
}

std::vector<engine::RecoveredTarget> read_targets(Connection& connection, std::int64_t run) {
    std::vector<engine::RecoveredTarget> targets;
    Execution row(connection.statement("recover_targets"));
    row.bind(":run", run);
    while (row.step()) {
        engine::RecoveredTarget target;
        target.row.device = DeviceUid(row.text(0));
        target.row.site_uid = SiteUid(row.text(1));
        target.row.site_name = row.text(2);
        target.row.hostname = row.text(3);
        target.row.wave = row.integer(4);
        target.disposition = known(engine::disposition_from(row.text(5)), row.text(5));
        target.row.online = row.integer(6) != 0;
        target.row.last_seen = row.optional_time(7);
        target.attempts = row.integer(8);
        target.row.customer = row.text(9);
        target.tries = row.integer(10);
        if (const auto next = row.optional_time(11))
            target.retry = {*next, known(engine::disposition_from(row.text(12)), row.text(12)), row.text(13)};
        if (!row.is_null(14)) target.ended = read_ends(row.text(14));
        target.step_at = row.optional_time(15);
        target.last_job_at = row.optional_time(16);
        targets.push_back(std::move(target));
    }
    return targets;
}

std::vector<engine::RecoveredRun> read_runs(Connection& connection) {
    std::vector<engine::RecoveredRun> runs;
    Execution row(connection.statement("recover_runs"));
    while (row.step()) {
        engine::RecoveredRun run;
        auto& planned = run.planned;
        planned.run = RunUid(row.text(1));
        planned.runbook = row.text(2);
        planned.revision = row.optional_integer(3);
        planned.account = row.text(4);
        planned.zone = row.text(5);
        planned.trigger = known(engine::trigger_from(row.text(6)), row.text(6));
        planned.actor = row.text(7);
        planned.note = row.text(8);
        planned.scope = scope_from_json(row.text(9));
        planned.nominal = row.optional_time(10);
        planned.window_end = from_unix_ms(row.integer(11));
        planned.at = from_unix_ms(row.integer(12));
        run.started_at = row.optional_time(13);
        planned.starts_at = row.optional_time(14);
        planned.caught_up = row.integer(15) != 0;
        planned.cause = row.text(16);
        planned.overrides = overrides_from_json(row.text(17));
        planned.customer = row.text(18);
        planned.group = row.text(19);
        run.wave = row.integer(20);
        run.waits_for = row.text(21);
        run.waits_until = row.optional_time(22);
        run.is_called_off = row.integer(23) != 0;
        planned.approval = ApprovalUid(row.text(24));
        planned.applied_by = row.text(25);
        run.asked_plan = row.text(26);
        run.targets = read_targets(connection, row.integer(0));
        runs.push_back(std::move(run));
    }
    return runs;
}

std::vector<engine::RecoveredJob> read_jobs(Connection& connection, UtcTime newest) {
    std::vector<engine::RecoveredJob> jobs;
    Execution row(connection.statement("recover_jobs"));
    row.bind(":followed_since", newest - kFollowed);
    while (row.step()) {
        engine::RecoveredJob job;
        job.job = JobUid(row.text(0));
        job.run = RunUid(row.text(1));
        job.runbook = row.text(2);
        job.device = DeviceUid(row.text(3));
        job.status = known(engine::job_status_from(row.text(4)), row.text(4));
        if (!row.is_null(5)) job.datto_job = DattoJobUid(row.text(5));
        job.component_uid = ComponentUid(row.text(6));
        job.component_name = row.text(7);
        job.variables = variables_from_json(row.text(8));
        job.created_at = from_unix_ms(row.integer(9));
        job.queued_at = row.optional_time(10);
        job.started_at = row.optional_time(11);
        job.completed_at = row.optional_time(12);
        job.abandoned_at = row.optional_time(13);
        job.account = row.text(14);
        job.revision = row.optional_integer(15);
        job.step = row.integer(16);
        job.steps_after = row.integer(17);
        jobs.push_back(std::move(job));
    }
    return jobs;
}

/// Of the jobs that were given up without an answer: those that have turned up are followed with the others.
void read_lost(Connection& connection, UtcTime newest, engine::RecoveredState& state) {
    Execution row(connection.statement("recover_lost"));
    row.bind(":oldest", newest - kSearched - kFollowed);
    row.bind(":searched_since", newest - kSearched).bind(":followed_since", newest - kFollowed);
    while (row.step()) {
        const bool is_target_unknown = row.integer(9) != 0;
        if (row.is_null(7)) {
            state.lost.push_back({JobUid(row.text(0)), RunUid(row.text(1)), row.text(2),
                                  DeviceUid(row.text(3)), ComponentUid(row.text(4)), row.text(5),
                                  from_unix_ms(row.integer(6)), is_target_unknown, row.text(10),
                                  row.optional_integer(11), row.integer(12), row.integer(13)});
            continue;
        }
        engine::RecoveredJob job;
        job.job = JobUid(row.text(0));
        job.run = RunUid(row.text(1));
        job.runbook = row.text(2);
        job.account = row.text(10);
        job.device = DeviceUid(row.text(3));
        job.component_uid = ComponentUid(row.text(4));
        job.component_name = row.text(5);
        job.created_at = from_unix_ms(row.integer(6));
        job.datto_job = DattoJobUid(row.text(7));
        job.status = engine::JobStatus::failed;
        job.queued_at = job.abandoned_at = row.optional_time(8);
        job.is_target_unknown = is_target_unknown;
        job.revision = row.optional_integer(11);
        job.step = row.integer(12);
        job.steps_after = row.integer(13);
        state.jobs.push_back(std::move(job));
    }
}

std::vector<engine::RecoveredPause> read_pauses(Connection& connection) {
    std::vector<engine::RecoveredPause> pauses;
    Execution row(connection.statement("recover_pauses"));
    while (row.step())
        pauses.push_back({row.text(0), from_unix_ms(row.integer(1)), row.text(2), row.text(3),
                          from_unix_ms(row.integer(4))});
    return pauses;
}

engine::RecoveredApproval::Word word_from(const std::string& state) {
    using Word = engine::RecoveredApproval::Word;
    return state == "approved" ? Word::approved : state == "rejected" ? Word::rejected : Word::asked;
}

std::vector<engine::RecoveredApproval> read_approvals(Connection& connection) {
    std::vector<engine::RecoveredApproval> approvals;
    Execution row(connection.statement("recover_approvals"));
    while (row.step()) {
        auto& approval = approvals.emplace_back();
        auto& request = approval.request;
        request.approval = ApprovalUid(row.text(0));
        if (!row.is_null(1)) request.run = RunUid(row.text(1));
        request.runbook = row.text(2);
        request.revision = row.integer(3);
        request.account = row.text(4);
        request.zone = row.text(5);
        request.customer = row.text(6);
        request.nominal = row.optional_time(7);
        request.at = from_unix_ms(row.integer(8));
        request.plan.component = ComponentUid(row.text(9));
        request.plan.component_name = row.text(10);
        request.plan.sha256 = row.text(11);
        request.plan.devices = devices_from_json(row.text(12));
        approval.word = word_from(row.text(13));
        approval.actor = row.text(14);
        approval.words = row.text(15);
    }
    return approvals;
}

void read_triggers(Connection& connection, UtcTime now, engine::RecoveredState& state) {
    using Memory = engine::TriggerMemory;
    Execution start(connection.statement("recover_triggered"));
    start.bind(":since", now - Memory::kRemembered).bind(":alerts_since", now - Memory::kAlertsRemembered);
    while (start.step())
        state.triggered.push_back({RunUid(start.text(0)), start.text(1),
                                   known(engine::trigger_from(start.text(2)), start.text(2)),
                                   scope_from_json(start.text(3)), from_unix_ms(start.integer(4)),
                                   start.integer(5) != 0, start.text(6)});
    Execution past(connection.statement("recover_past_revisions"));
    past.bind(":since", now - Memory::kRemembered);
    while (past.step())
        state.past_revisions.push_back({past.text(0),
                                        {past.text(1), past.text(2)},
                                        from_unix_ms(past.integer(3)),
                                        from_unix_ms(past.integer(4))});
    Execution watched(connection.statement("recover_counted_runbooks"));
    while (watched.step()) {
        const auto runbook = watched.text(0);
        Execution row(connection.statement("recover_past_dispositions"));
        row.bind(":runbook", runbook).bind(":oldest", first_ulid_of(now - Memory::kRemembered));
        while (row.step())
            state.past_dispositions.push_back({runbook, DeviceUid(row.text(0)),
                                               known(engine::disposition_from(row.text(1)), row.text(1)),
                                               from_unix_ms(row.integer(2)), row.text(3)});
    }
}

std::vector<engine::RecoveredDevice> read_devices(Connection& connection) {
    std::vector<engine::RecoveredDevice> devices;
    Execution row(connection.statement("recover_devices"));
    while (row.step()) {
        engine::Device device;
        device.uid = DeviceUid(row.text(0));
        device.hostname = row.text(1);
        device.site_uid = SiteUid(row.text(2));
        device.site_name = row.text(3);
        device.os = row.text(4);
        device.device_type = row.text(5);
        device.device_class = row.text(6);
        device.online = row.integer(7) != 0;
        device.suspended = row.integer(8) != 0;
        device.deleted = row.integer(9) != 0;
        devices.push_back({device.uid, engine::fingerprint_of(device), from_unix_ms(row.integer(11)),
                           row.optional_time(12), row.integer(10) != 0, row.integer(13) != 0, row.text(14),
                           device.online});
    }
    return devices;
}

}  // namespace

std::vector<engine::LastTargets> last_targets(Connection& connection,
                                              const std::vector<std::string>& runbooks) {
    std::vector<engine::LastTargets> lanes;
    for (const auto& runbook : runbooks) {
        Execution run(connection.statement("recover_last_runs"));
        run.bind(":runbook", runbook);
        while (run.step()) {
            auto& lane =
                lanes.emplace_back(engine::LastTargets{runbook, run.text(1), run.text(2), {}, run.text(3)});
            Execution target(connection.statement("recover_last_targets"));
            target.bind(":run", run.integer(0));
            while (target.step()) lane.devices.emplace_back(target.text(0));
        }
    }
    return lanes;
}

std::vector<engine::LastSuccess> last_successes(Connection& connection, const std::string& runbook) {
    std::vector<engine::LastSuccess> successes;
    Execution row(connection.statement("recover_successes"));
    row.bind(":runbook", runbook);
    while (row.step()) successes.push_back({DeviceUid(row.text(0)), from_unix_ms(row.integer(1))});
    return successes;
}

void recover_restore(Connection& connection, engine::RecoveredState& state) {
    SQLite::Transaction one_snapshot(connection.database());
    engine::RecoveredRestore common;
    common.since = state.newest.value_or(UtcTime{});
    auto oldest = common.since;
    Execution row(connection.statement("recover_restore"));
    while (row.step()) {
        auto& own = state.restores[row.text(0)];
        own.held_at = from_unix_ms(row.integer(2));
        const auto said = parse_utc(row.text(3));
        own.since = said ? *said : row.optional_time(4).value_or(UtcTime{});
        oldest = std::min(oldest, own.since);
        Execution found(connection.statement("recover_restore_found"));
        found.bind(":since", row.integer(1));
        while (found.step()) own.found.emplace_back(found.text(0));
    }
    Execution job(connection.statement("recover_restore_jobs"));
    job.bind(":first", first_ulid_of(oldest - engine::RecoveredRestore::kKnownBefore));
    while (job.step()) common.known.emplace_back(job.text(0));
    for (auto& [account, own] : state.restores) own.known = common.known;
    state.restore = std::move(common);
}

engine::RecoveredState recover(Connection& connection, UtcTime now) {
    SQLite::Transaction one_snapshot(connection.database());
    engine::RecoveredState state;
    state.runbooks = read_runbooks(connection, now);
    Execution older(connection.statement("recover_older_revisions"));
    while (older.step())
        state.older_revisions[older.text(0)][older.integer(1)] = {older.text(2), older.text(3)};
    state.runs = read_runs(connection);
    state.pauses = read_pauses(connection);
    state.approvals = read_approvals(connection);
    read_triggers(connection, now, state);
    Execution digests(connection.statement("recover_zone_digests"));
    while (digests.step()) state.zone_digests.push_back(digests.text(0));
    Execution clock(connection.statement("recover_clock"));
    clock.step();
    state.clock_was_synchronised = clock.integer(0) != 0;
    state.devices = read_devices(connection);
    Execution fleet(connection.statement("recover_fleet"));
    while (fleet.step()) state.known_fleets.push_back(fleet.text(0));
    state.knows_fleet = !state.known_fleets.empty();
    Execution sites(connection.statement("recover_sites"));
    while (sites.step()) state.sites.push_back({SiteUid(sites.text(0)), sites.text(1), sites.text(2)});
    Execution durations(connection.statement("recover_durations"));
    while (durations.step())
        state.durations.push_back({ComponentUid(durations.text(0)), Millis{durations.integer(1)}});
    Execution newest(connection.statement("recover_newest"));
    newest.step();
    state.newest = newest.optional_time(0);
    state.jobs = read_jobs(connection, state.newest.value_or(UtcTime{}));
    read_lost(connection, state.newest.value_or(UtcTime{}), state);
    Execution groups(connection.statement("recover_groups"));
    groups.bind(":since", state.newest.value_or(UtcTime{}) - kGroupsOpen);
    while (groups.step()) state.groups.push_back({groups.text(0), groups.integer(1), groups.integer(2)});
    Execution recent(connection.statement("recover_recent_creates"));
    recent.bind(":since", first_ulid_of(now - kBudgetWindow));
    while (recent.step()) {
        state.creates_of[recent.text(0)] = recent.integer(1);
        state.recent_creates += recent.integer(1);
    }
    return state;
}

}  // namespace runbookd::store
