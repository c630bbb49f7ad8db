// What a run's devices printed, in groups; what failed; and what was outside the rules.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

engine::JobChanged printed(const std::string& job, const std::string& out) {
    auto done = changed(JobStatus::completed, job);
    done.out = engine::OutputText{out, false};
    return done;
}

/// Four devices: two say the same, one nearly, one something else.
engine::Batch four_devices() {
    engine::Batch batch{revision(), planned(), started(4)};
    const char* const said[] = {"12 files on ACME-1", "3 files on ACME-2", "disk full", "disk full"};
    for (int i = 1; i <= 4; ++i) {
        const auto number = std::to_string(i);
        batch.emplace_back(created("0" + number + "JOB", "d" + number));
        batch.emplace_back(printed("0" + number + "JOB", said[i - 1]));
    }
    return batch;
}

std::string text(const ports::Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (const auto* word = std::get_if<std::string>(&cell)) return *word;
    return "NULL";
}

/// Columns of rows, joined by `|`.
std::vector<std::string> lines(const ports::Rows& rows, const std::vector<std::string>& columns) {
    std::vector<std::string> all;
    for (const auto& row : rows.rows) {
        auto& line = all.emplace_back();
        for (const auto& column : columns)
            for (std::size_t i = 0; i < rows.columns.size(); ++i)
                if (rows.columns[i] == column) line += (line.empty() ? "" : "|") + text(row[i]);
    }
    return all;
}

TEST_CASE("outputs are grouped by equality, and nearly equal groups are told", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit(four_devices());
    CHECK(one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('output_groups')") ==
          "run_uid, component_name, step, stream, group_no, output_sha256, devices, bytes, sample");
    CHECK(one(database, "SELECT * FROM output_groups WHERE run_uid = '01RUN' AND group_no = 1") ==
          "01RUN|Clear Temp Files|1|stdout|1|"
          "8c96d76f620269be0f4cbc27e6cb594426729e32474260ef82eb6fc24b2cba2f|2|9|disk full");
    const auto groups = open.wait_for(open.store().output_groups("01r", 100));
    REQUIRE(groups);
    const auto told = lines(*groups, {"group_no", "devices", "near_group", "near_devices", "sample"});
    REQUIRE(told.size() == 3);
    CHECK(told[0] == "1|2|1|2|disk full");
    CHECK(contains(told[1], "2|1|2|2|"));
    CHECK(contains(told[2], "3|1|2|2|"));

    const auto devices = open.wait_for(open.store().output_devices("01RUN", 1, 100));
    REQUIRE(devices);
    CHECK(lines(*devices, {"group_no", "hostname", "job_uid"}) ==
          std::vector<std::string>{"1|ACME-3|03JOB", "1|ACME-4|04JOB"});
    CHECK(open.wait_for(open.store().output_devices("01RUN", 4, 100)).error().code == ErrorCode::not_found);
    CHECK(open.wait_for(open.store().output_groups("02", 100)).error().code == ErrorCode::not_found);
}

TEST_CASE("of several tries only the last one's output counts, and stderr is a stream of its own",
          "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto second = created("02JOB");
    second.attempt = 2;
    auto good = printed("02JOB", "well");
    good.err = engine::OutputText{"a warning", false};
    open.commit({revision(), planned(), started(1), created(), printed("01JOB", "badly"), second, good});
    CHECK(rows(database, "SELECT group_no, stream, devices, sample FROM output_groups ORDER BY group_no") ==
          std::vector<std::string>{"1|stdout|1|well", "2|stderr|1|a warning"});
}

TEST_CASE("failures are the newest decisions that were no success", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto later = decided(Disposition::timeout, "d2");
    later.at = at(90);
    open.commit({revision(), planned(), started(3), decided(Disposition::failed), later,
                 decided(Disposition::succeeded, "d3")});
    const auto all = open.query(ask(ports::View::failures));
    REQUIRE(all);
    CHECK(lines(*all, {"hostname", "disposition"}) ==
          std::vector<std::string>{"ACME-2|timeout", "ACME-1|failed"});
    const auto since = open.query(ask(ports::View::failures, [](ports::Query& query) {
        query.since_ms = to_unix_ms(at(90));
        query.until_ms = to_unix_ms(at(91));
    }));
    REQUIRE(since);
    CHECK(lines(*since, {"hostname"}) == std::vector<std::string>{"ACME-2"});
    CHECK(one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('target_ledger')") == [&] {
        std::string names;
        for (const auto& name : all->columns) names += (names.empty() ? "" : ", ") + name;
        return names;
    }());
}

TEST_CASE("everything outside the rules is in one place", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto overridden = planned();
    overridden.overrides = *runbook::read_overrides({"guard"}, "the whole site is new");
    auto late_create = created();
    late_create.at = at(3'600'001);
    engine::OccurrenceDecided missed;
    missed.runbook = "clean";
    missed.zone = "UTC";
    missed.nominal = missed.until = at(-60'000);
    missed.verdict = engine::Verdict::missed;
    missed.reason = "daemon_down";
    missed.at = at(5);
    auto lost = decided(Disposition::unknown);
    lost.reason = "unknown_dispatch";
    lost.at = at(4'000'000);
    open.commit({revision(), overridden, missed, started(2), late_create, lost,
                 engine::Noted{"daemon", "main", "clock.stepped", "", {{"message", "by 2 h"}}, at(6)},
                 engine::Noted{"account", "main", "account.recovered", "", {}, at(7)}});
    CHECK(one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('exceptions')") ==
          "at, kind, run_uid, job_uid, device_uid, customer, actor, reason");
    CHECK(rows(database,
               "SELECT kind, run_uid, job_uid, device_uid, actor, reason FROM exceptions ORDER BY at") ==
          std::vector<std::string>{
              "override|01RUN|NULL|NULL|ana|guard: the whole site is new",
              "missed|NULL|NULL|NULL|NULL|clean at 2026-12-01T01:59:00.000Z: daemon_down",
              "clock|NULL|NULL|NULL|NULL|clock.stepped: by 2 h",
              "after_window|01RUN|01JOB|d1|ana|the window ended at 2026-12-01T03:00:00.000Z",
              "unknown|01RUN|01JOB|d1|NULL|unknown_dispatch"});
    const auto clock =
        open.query(ask(ports::View::exceptions, [](ports::Query& query) { query.status = "clock"; }));
    REQUIRE(clock);
    CHECK(clock->rows.size() == 1);

    engine::TargetRevised revised;
    revised.run = RunUid("01RUN");
    revised.device = DeviceUid("d1");
    revised.job = JobUid("01JOB");
    revised.disposition = Disposition::succeeded;
    revised.reason = "by_person";
    revised.actor = "ben";
    revised.at = at(5'000'000);
    open.commit({revised});
    CHECK(rows(database,
               "SELECT kind, job_uid, actor, reason FROM exceptions WHERE kind IN ('unknown', 'revised')") ==
          std::vector<std::string>{"revised|01JOB|ben|unknown became succeeded: by_person"});
}

}  // namespace
}  // namespace runbookd::store_test
