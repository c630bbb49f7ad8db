// What has become of each device of a runbook, why, and what a run left.
#include <algorithm>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

std::string cell(const ports::Rows& rows, std::size_t row, const std::string& column) {
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), column);
    if (found == rows.columns.end() || row >= rows.rows.size()) return "no such cell";
    const auto& value = rows.rows[row].at(static_cast<std::size_t>(found - rows.columns.begin()));
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return "NULL";
}

constexpr std::int64_t kHour = 3'600'000;

/// A run of `clean` over d1 … dn at that hour, decided one minute later as the letters say: s(ucceeded),
/// w(arning), f(ailed), k(skipped), u(nknown), - (still pending).
engine::Batch run_of(const std::string& uid, int hour, const std::string& fates,
                     const std::vector<engine::ExclusionRow>& exclusions = {}) {
    auto plan = planned(uid);
    plan.at = at(hour * kHour);
    plan.window_end = at((hour + 1) * kHour);
    auto start = started(static_cast<int>(fates.size()), uid);
    start.at = at(hour * kHour + 10);
    start.exclusions = exclusions;
    engine::Batch batch{plan, start};
    bool is_over = true;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        if (fates[i] == '-') {
            is_over = false;
            continue;
        }
        const std::map<char, Disposition> words{{'s', Disposition::succeeded},
                                                {'w', Disposition::warning},
                                                {'f', Disposition::failed},
                                                {'k', Disposition::skipped},
                                                {'u', Disposition::unknown}};
        auto word = decided(words.at(fates[i]), "d" + std::to_string(i + 1), uid);
        if (fates[i] == 'k') word.reason = "overlap";
        word.at = at(hour * kHour + 60'000);
        batch.push_back(word);
    }
    if (is_over) {
        auto end = finished(uid);
        end.at = at(hour * kHour + 60'000);
        batch.push_back(end);
    }
    return batch;
}

engine::ExclusionRow excluded(const std::string& device) {
    return {DeviceUid(device), "ACME-" + device.substr(1), "Acme HQ", "exclude",
            "targets.exclude[0]: {hostname: X}"};
}

/// "hostname last misses success? excluded" of each row.
std::vector<std::string> lines(const ports::Rows& rows) {
    std::vector<std::string> text;
    for (std::size_t i = 0; i < rows.rows.size(); ++i)
        text.push_back(cell(rows, i, "hostname") + " " + cell(rows, i, "last_disposition") + " " +
                       cell(rows, i, "misses") + " " + cell(rows, i, "last_success_at").substr(0, 16) + " " +
                       cell(rows, i, "excluded_by") + " " + cell(rows, i, "covered"));
    return text;
}

struct Covered {
    TempFolder folder;
    OpenStore open{folder.file("audit.db")};
    Covered() { open.commit({revision()}); }
    ports::Rows coverage(const std::function<void(ports::CoverageQuery&)>& narrow = {}) {
        ports::CoverageQuery query;
        query.runbook = "clean";
        if (narrow) narrow(query);
        auto rows = open.wait_for(open.store().coverage(query));
        REQUIRE(rows);
        return *rows;
    }
    ports::WhyFacts why(const std::string& device, UtcTime when) {
        auto facts = open.wait_for(open.store().why({"clean", device, to_unix_ms(when)}));
        REQUIRE(facts);
        return *facts;
    }
};

}  // namespace

TEST_CASE("coverage tells the last word, the last success and the misses since", "[store]") {
    Covered store;
    store.open.commit(run_of("01RUN", 0, "sfs"));
    store.open.commit(run_of("02RUN", 1, "ffk"));
    store.open.commit(run_of("03RUN", 2, "fw"));
    CHECK(lines(store.coverage()) == std::vector<std::string>{
                                         "ACME-1 failed 2 2026-12-01T02:01 NULL 1",
                                         "ACME-3 skipped 1 2026-12-01T02:01 NULL 1",
                                         "ACME-2 warning 0 2026-12-01T04:01 NULL 1",
                                     });
    // A device that is in no run of the period is told all the same: it is not covered.
    const auto since = store.coverage([](auto& query) { query.since_ms = to_unix_ms(at(2 * kHour)); });
    CHECK(lines(since)[1] == "ACME-3 skipped 1 2026-12-01T02:01 NULL 0");
    CHECK(cell(since, 1, "last_run_uid") == "02RUN");
    CHECK(lines(since)[2] == "ACME-2 warning 0 2026-12-01T04:01 NULL 1");
    CHECK(store.coverage([](auto& query) { query.limit = 1; }).rows.size() == 1);
    CHECK(lines(store.coverage([](auto& query) { query.offset = 2; })) ==
          std::vector<std::string>{"ACME-2 warning 0 2026-12-01T04:01 NULL 1"});
    CHECK(store.coverage([](auto& query) { query.customer = "acme"; }).rows.empty());
    CHECK(store.coverage([](auto& query) { query.runbook = "other"; }).rows.empty());
}

TEST_CASE("excluded devices have their rule, until they are targets again", "[store]") {
    Covered store;
    store.open.commit(run_of("01RUN", 0, "s"));
    store.open.commit(run_of("02RUN", 1, "", {excluded("d1"), excluded("d9")}));
    CHECK(lines(store.coverage()) == std::vector<std::string>{
                                         "ACME-9 NULL 0 NULL exclude 0",
                                         "ACME-1 succeeded 0 2026-12-01T02:01 exclude 1",
                                     });
    CHECK(cell(store.coverage(), 0, "excluded_reason") == "targets.exclude[0]: {hostname: X}");
    CHECK(cell(store.coverage(), 0, "last_run_uid") == "02RUN");
    store.open.commit(run_of("03RUN", 2, "f"));
    CHECK(lines(store.coverage())[1] == "ACME-1 failed 1 2026-12-01T02:01 NULL 1");
}

TEST_CASE("what is pending for the first time is told, and quick jobs are nobody's coverage", "[store]") {
    Covered store;
    store.open.commit(run_of("01RUN", 0, "s-"));
    store.open.commit(run_of("02RUN", 1, "f-"));
    CHECK(lines(store.coverage()) == std::vector<std::string>{
                                         "ACME-2 pending 0 NULL NULL 0",
                                         "ACME-1 failed 1 2026-12-01T02:01 NULL 1",
                                     });
    CHECK(cell(store.coverage(), 0, "last_run_uid") == "02RUN");
    auto quick = run_of("03RUN", 2, "s");
    std::get<engine::RunPlanned>(quick[0]).runbook = "quickjob";
    std::get<engine::RunPlanned>(quick[0]).revision.reset();
    store.open.commit(quick);
    CHECK(store.coverage([](auto& query) { query.runbook = "quickjob"; }).rows.empty());
}

TEST_CASE("an unknown that is revised is covered by its new word", "[store]") {
    Covered store;
    store.open.commit(run_of("01RUN", 0, "u"));
    store.open.commit(run_of("02RUN", 1, "f"));
    const auto database = store.folder.file("audit.db").string();
    CHECK(lines(store.coverage()) == std::vector<std::string>{"ACME-1 failed 2 NULL NULL 0"});
    store.open.close();
    {
        SQLite::Database writer(database, SQLite::OPEN_READWRITE);
        writer.exec(
            "UPDATE targets SET disposition = 'succeeded', revised_at = 1 WHERE disposition = 'unknown'");
    }
    CHECK(one(database, "SELECT last_disposition, misses, last_success_at FROM device_coverage") ==
          "failed|1|2026-12-01T02:01:00.000Z");
}

TEST_CASE("the coverage of a record from before is worked out", "[store]") {
    // The same runs, once with the triggers and once by the migration.
    Covered store;
    store.open.commit(run_of("01RUN", 0, "sfsu", {excluded("d9")}));
    store.open.commit(run_of("02RUN", 1, "fffk"));
    store.open.commit(run_of("03RUN", 2, "fwk", {excluded("d4")}));
    const auto database = store.folder.file("audit.db").string();
    store.open.close();
    const auto kept = rows(database, "SELECT * FROM coverage ORDER BY device_uid");
    CHECK(kept.size() == 5);
    SQLite::Database writer(database, SQLite::OPEN_READWRITE);
    const auto sql = testing::text_of("db/migrations/0006_coverage.sql");
    const auto begin = sql.find("INSERT INTO coverage");
    writer.exec("DELETE FROM coverage");
    writer.exec(sql.substr(begin, sql.find("CREATE TRIGGER") - begin));
    CHECK(rows(database, "SELECT * FROM coverage ORDER BY device_uid") == kept);
}

TEST_CASE("why gathers the rows of the newest run up to then", "[store]") {
    Covered store;
    auto first = run_of("01RUN", 0, "sf");
    first.insert(first.begin() + 2, created("01JOB", "d2"));
    store.open.commit(first);
    store.open.commit(run_of("02RUN", 1, "s", {excluded("d2")}));
    const auto then = store.why("acme-2", at(kHour / 2));
    CHECK(cell(then.devices, 0, "device_uid") == "d2");
    CHECK(cell(then.revisions, 0, "is_in_force") == "1");
    CHECK(cell(then.runs, 0, "run_uid") == "01RUN");
    CHECK(cell(then.targets, 0, "disposition") == "failed");
    CHECK(cell(then.jobs, 0, "job_uid") == "01JOB");
    CHECK(then.exclusions.rows.empty());
    std::string kinds;
    for (std::size_t i = 0; i < then.events.rows.size(); ++i) kinds += cell(then.events, i, "kind") + " ";
    CHECK(kinds == "run.planned run.started job.created target.decided run.finished ");

    const auto now = store.why("d2", at(2 * kHour));
    CHECK(cell(now.runs, 0, "run_uid") == "02RUN");
    CHECK(now.targets.rows.empty());
    CHECK(cell(now.exclusions, 0, "rule") == "exclude");
    CHECK(store.why("nobody", at(kHour)).devices.rows.empty());
    CHECK(store.why("d1", at(-5'000)).runs.rows.empty());
    CHECK(cell(store.why("d1", at(-5'000)).revisions, 0, "is_in_force") == "0");
}

TEST_CASE("why tells verdicts without a run, and the pause behind them", "[store]") {
    Covered store;
    store.open.commit(run_of("01RUN", 0, "s"));
    engine::PauseSet pause{"clean", at(3 * kHour), "a freeze", "ana", at(kHour / 2)};
    engine::OccurrenceDecided skipped{
        "clean",      1,        "UTC", at(kHour), at(kHour), 1, engine::Verdict::skipped, "paused",
        std::nullopt, at(kHour)};
    engine::OccurrenceDecided missed{"clean",
                                     1,
                                     "UTC",
                                     at(4 * kHour),
                                     at(6 * kHour),
                                     3,
                                     engine::Verdict::missed,
                                     "daemon_down",
                                     std::nullopt,
                                     at(7 * kHour)};
    store.open.commit({pause, skipped, missed});
    const auto paused = store.why("d1", at(2 * kHour));
    CHECK(cell(paused.occurrences, 0, "reason") == "paused");
    CHECK(cell(paused.occurrences, 0, "instant_ms") == std::to_string(to_unix_ms(at(kHour))));
    CHECK(cell(paused.pauses, 0, "actor") == "ana");
    const auto down = store.why("d1", at(5 * kHour + 1));
    CHECK(cell(down.occurrences, 0, "verdict") == "missed");
    CHECK(cell(down.occurrences, 0, "instant_ms") == std::to_string(to_unix_ms(at(5 * kHour + 1))));
    CHECK(down.pauses.rows.empty());
}

TEST_CASE("leftovers are the targets that did not succeed, and whether a later run did", "[store]") {
    Covered store;
    auto first = run_of("01RUN", 0, "sffuw-");
    std::get<engine::RunPlanned>(first[0]).scope.variables = {{"days", "7"}};
    store.open.commit(first);
    store.open.commit(run_of("02RUN", 1, "ffs"));
    const auto left = store.open.wait_for(store.open.store().leftovers("01"));
    REQUIRE(left);
    CHECK(left->run_uid == "01RUN");
    CHECK(left->runbook == "clean");
    CHECK(left->revision == 1);
    CHECK(left->variables.at("days") == "7");
    std::string text;
    for (const auto& target : left->targets)
        text += target.device_uid + " " + target.disposition + (target.is_done_since ? " done" : "") + "\n";
    CHECK(text == "d2 failed\nd3 failed done\nd4 unknown\nd6 pending\n");
    CHECK(store.open.wait_for(store.open.store().leftovers("0")).error().code == ErrorCode::conflict);
    CHECK(store.open.wait_for(store.open.store().leftovers("09")).error().code == ErrorCode::not_found);
    CHECK(store.open.wait_for(store.open.store().leftovers("")).error().code == ErrorCode::not_found);
}

TEST_CASE("a revision is found by its number, else the newest", "[store]") {
    Covered store;
    store.open.commit({revision("clean", 2)});
    const auto found = [&](const std::string& name, std::optional<std::int64_t> number) {
        return store.open.wait_for(store.open.store().revision(name, number)).value();
    };
    CHECK(cell(found("clean", 1), 0, "yaml") == "name: clean\n# 1\n");
    CHECK(cell(found("clean", std::nullopt), 0, "revision") == "2");
    CHECK(cell(found("clean", std::nullopt), 0, "resolved") == R"({"zone":"UTC"})");
    CHECK(found("clean", 3).rows.empty());
    CHECK(found("other", std::nullopt).rows.empty());
}

TEST_CASE("the cause of a retarget is recorded and comes back at a start", "[store]") {
    Covered store;
    auto plan = planned("02RUN");
    plan.trigger = engine::Trigger::retarget;
    plan.cause = "01RUN";
    plan.starts_at = at(kHour);
    store.open.commit({planned(), plan});
    const auto database = store.folder.file("audit.db").string();
    CHECK(rows(database, "SELECT \"trigger\", cause_uid FROM run_history WHERE run_uid = '02RUN'") ==
          std::vector<std::string>{"retarget|01RUN"});
    CHECK(one(database, "SELECT data ->> 'cause_uid' FROM events WHERE subject_uid = '02RUN'") == "01RUN");
    const auto state = store.open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->runs.size() == 2);
    CHECK(state->runs[1].planned.cause == "01RUN");
    CHECK(state->runs[1].planned.trigger == engine::Trigger::retarget);
    CHECK(state->runs[1].planned.starts_at == at(kHour));
}

TEST_CASE("coverage of many devices is one list", "[store]") {
    Covered store;
    constexpr int kDevices = 30'000;
    store.open.close();
    const auto database = store.folder.file("audit.db").string();
    {
        SQLite::Database writer(database, SQLite::OPEN_READWRITE);
        writer.exec(
            "INSERT INTO coverage (runbook, device_uid, hostname, site_uid, site_name, last_disposition, "
            "last_success_at, misses) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
            "i < " +
            std::to_string(kDevices) +
            ") SELECT 'clean', 'd' || i, 'ACME-' || i, 's1', 'Acme HQ', 'succeeded', 1000 * i, 0 FROM n");
    }
    OpenStore open(database);
    ports::CoverageQuery query;
    query.runbook = "clean";
    const auto all = open.wait_for(open.store().coverage(query));
    REQUIRE(all);
    CHECK(all->rows.size() == kDevices);
    query.offset = kDevices - 1;
    CHECK(open.wait_for(open.store().coverage(query))->rows.size() == 1);
}

}  // namespace runbookd::store_test
