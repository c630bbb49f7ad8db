// Questions that people ask, and how they are narrowed.
#include <algorithm>

#include "catch.hpp"
#include "store/connection.hpp"
#include "store/filter_lines.hpp"
#include "store/fixture.hpp"
#include "store/sql.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;
using ports::View;

std::string cell(const ports::Rows& rows, std::size_t row, const std::string& column) {
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), column);
    if (found == rows.columns.end()) return "no such column";
    const auto& value = rows.rows.at(row).at(static_cast<std::size_t>(found - rows.columns.begin()));
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return "NULL";
}

/// Two runs of two devices each; one job with outputs.
void fill(OpenStore& open) {
    auto second = planned("02RUN");
    second.runbook = "sweep";
    second.revision.reset();
    auto done = changed(JobStatus::completed);
    done.out = engine::OutputText{"all done", false};
    done.completed_at = at(3000);
    auto late_start = started(2, "02RUN");
    late_start.at = at(600'000);
    open.commit({revision(), planned(), started(2), created(), done, decided(Disposition::succeeded),
                 decided(Disposition::skipped, "d2"), finished(), second, late_start,
                 created("02JOB", "d1", "02RUN")});
}

TEST_CASE("jobs since an instant are all of them and no others, wherever it lies", "[store]") {
    constexpr int kJobs = 200;
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    engine::Batch batch{revision(), planned(), started(kJobs)};
    for (int i = 1; i <= kJobs; ++i) {
        auto job = created("01JOB" + std::to_string(1000 + i), "d" + std::to_string(i));
        job.at = at(1000 * i);
        batch.emplace_back(job);
    }
    open.commit(batch);
    for (const int since : {0, 1, 2, 63, 64, 65, 66, 100, 128, 129, 199, 200, 201}) {
        const auto found = open.query(ask(View::jobs, [&](auto& query) {
            query.since_ms = to_unix_ms(at(1000 * since));
            query.limit = 1000;
        }));
        REQUIRE(found);
        INFO(since);
        CHECK(found->rows.size() == static_cast<std::size_t>(kJobs + 1 - std::max(since, 1)));
    }
}

TEST_CASE("lists come newest first and can be narrowed", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    fill(open);
    const auto uids = [&](ports::Query query, const std::string& column) {
        const auto found = open.query(std::move(query));
        REQUIRE(found);
        std::string text;
        for (std::size_t i = 0; i < found->rows.size(); ++i) text += cell(*found, i, column) + " ";
        return text;
    };
    CHECK(uids(ask(View::runs), "run_uid") == "02RUN 01RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.limit = 1; }), "run_uid") == "02RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.uid = "01"; }), "run_uid") == "01RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.runbook = "sweep"; }), "run_uid") == "02RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.customer = "acme"; }), "run_uid").empty());
    CHECK(uids(ask(View::runs, [](auto& query) { query.status = "running"; }), "run_uid") == "02RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.since_ms = to_unix_ms(at(600'000)); }), "run_uid") ==
          "02RUN ");
    CHECK(uids(ask(View::runs, [](auto& query) { query.until_ms = to_unix_ms(at(600'000)); }), "run_uid") ==
          "01RUN ");
    CHECK(uids(ask(View::jobs, [](auto& query) { query.device = "acme-1"; }), "job_uid") == "02JOB 01JOB ");
    CHECK(uids(ask(View::jobs,
                   [](auto& query) {
                       query.run = "01";
                       query.site = "acme hq";
                   }),
               "job_uid") == "01JOB ");
    CHECK(uids(ask(View::targets,
                   [](auto& query) {
                       query.run = "01RUN";
                       query.status = "skipped";
                   }),
               "device_uid") == "d2 ");
    CHECK(uids(ask(View::events, [](auto& query) { query.uid = "01JOB"; }), "kind") ==
          "job.completed job.created ");
    CHECK(uids(ask(View::revisions), "runbook") == "clean ");
    CHECK(uids(ask(View::occurrences), "runbook").empty());
    CHECK(uids(ask(View::exclusions), "run_uid").empty());
    CHECK(uids(ask(View::runs, [](auto& query) { query.runbook = "' OR true --"; }), "run_uid").empty());
}

TEST_CASE("a page of one device's jobs is read in their order, without sorting them all", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    store::Connection connection(database, store::Access::read_only);
    const auto sorts = [&](const std::string& filter) {
        const std::vector<std::string> set{filter};
        SQLite::Statement plan(
            connection.database(),
            "EXPLAIN QUERY PLAN " + store::with_filters(store::query_text("history_jobs"), set));
        bool does = false;
        while (plan.executeStep())
            does = does || contains(plan.getColumn("detail").getString(), "FOR ORDER BY");
        return does;
    };
    CHECK_FALSE(sorts("one_device"));
    CHECK(sorts("device"));  // the plan says so where it is the case
}

TEST_CASE("jobs are those of the device with that uid or name, and of all that share the name", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto two = started(2);
    two.targets[0].hostname = "ACME-PC";
    auto again = started(2, "02RUN");
    again.targets[0].hostname = "ACME-PC";
    again.targets[1].hostname = "acme-pc";
    open.commit({revision(), planned(), two, created("01JOB", "d1"), created("03JOB", "d2"), planned("02RUN"),
                 again, created("02JOB", "d1", "02RUN")});
    const auto jobs_of = [&](const std::string& device) {
        const auto found = open.query(ask(View::jobs, [&](auto& query) { query.device = device; }));
        REQUIRE(found);
        std::string text;
        for (std::size_t i = 0; i < found->rows.size(); ++i) text += cell(*found, i, "job_uid") + " ";
        return text;
    };
    CHECK(jobs_of("d1") == "02JOB 01JOB ");
    CHECK(jobs_of("D2") == "03JOB ");
    CHECK(jobs_of("Acme-PC") == "03JOB 02JOB 01JOB ");
    CHECK(jobs_of("d3").empty());
}

TEST_CASE("a filter that a list does not have is refused by name", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    const auto refused = open.query(ask(View::runs, [](auto& query) { query.site = "Acme HQ"; }));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_input);
    CHECK(refused.error().message == "the list of runs cannot be filtered by site");
    CHECK_FALSE(open.query(ask(View::runs, [](auto& query) { query.limit = 0; })));
}

TEST_CASE("job lists leave the outputs out", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    fill(open);
    const auto jobs = open.query(ask(View::jobs));
    REQUIRE(jobs);
    CHECK(cell(*jobs, 1, "stdout") == "no such column");
    CHECK(cell(*jobs, 1, "stdout_sha256").size() == 64);
    CHECK(cell(*jobs, 0, "stdout_sha256") == "NULL");
}

TEST_CASE("an output is found by its job's uid or a prefix that fits one job", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    fill(open);
    const auto output = [&](const std::string& job, bool of_stderr) {
        return open.wait_for(open.store().output(job, of_stderr));
    };
    CHECK(output("01JOB", false)->value() == "all done");
    CHECK(output("01", false)->value() == "all done");
    CHECK_FALSE(output("01JOB", true)->has_value());
    CHECK_FALSE(output("02JOB", false)->has_value());
    CHECK(output("0", false).error().code == ErrorCode::conflict);
    CHECK(output("09", false).error().code == ErrorCode::not_found);
    CHECK(output("", false).error().code == ErrorCode::not_found);
}

TEST_CASE("a job is found by exactly its uid, with its number and times in milliseconds", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    fill(open);
    const auto found = open.wait_for(open.store().job_by_uid("01JOB"));
    REQUIRE(found);
    REQUIRE(found->rows.size() == 1);
    CHECK(cell(*found, 0, "job_id") == "1");
    CHECK(cell(*found, 0, "stdout") == "all done");
    CHECK(cell(*found, 0, "created_at") == "2026-12-01T02:00:00.020Z");
    CHECK(cell(*found, 0, "created_at_ms") == std::to_string(to_unix_ms(at(20))));
    CHECK(cell(*found, 0, "completed_at_ms") == std::to_string(to_unix_ms(at(3000))));
    CHECK(cell(*found, 0, "started_at_ms") == "NULL");
    CHECK(open.wait_for(open.store().job_by_uid("01")).value().rows.empty());
}

TEST_CASE("uids may be typed in lower case", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto plan = planned("01KBC8A4T0ZZZZZZZZZZZZZZZZ");
    plan.revision.reset();
    open.commit({plan});
    CHECK(open.query(ask(View::runs, [](auto& query) { query.uid = "01kbc8"; }))->rows.size() == 1);
}

TEST_CASE("only the lines of filters that are set stay in a query", "[store]") {
    const std::string sql = "SELECT 1\nWHERE true\n  AND a = :run\n  AND b = :runbook\nLIMIT :limit";
    const std::vector<std::string> set{"run"};
    CHECK(store::with_filters(sql, set) == "SELECT 1\nWHERE true\n  AND a = :run\nLIMIT :limit");
    CHECK(store::with_filters(sql, {}) == "SELECT 1\nWHERE true\nLIMIT :limit");
    CHECK(store::has_parameter(sql, "runbook"));
    CHECK_FALSE(store::has_parameter("b = :runbook", "run"));
}

TEST_CASE("what a job came to that is to be settled is found by the beginning of its uid", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto run = planned();
    run.scope.variables = {{"days", "7"}};
    auto unknown = decided(engine::Disposition::unknown);
    unknown.reason = "unknown_dispatch";
    open.commit({revision(), run, started(2), created(), created("02JOB", "d2"), unknown});
    const auto found = open.wait_for(open.store().settling("01j"));
    REQUIRE(found);
    CHECK(found->job_uid == "01JOB");
    CHECK(found->run_uid == "01RUN");
    CHECK(found->runbook == "clean");
    CHECK(found->device_uid == "d1");
    CHECK(found->hostname == "ACME-1");
    CHECK(found->variables.at("days") == "7");
    CHECK(found->disposition == "unknown");
    CHECK(found->reason == "unknown_dispatch");
    CHECK_FALSE(found->revised_at_ms);
    CHECK(open.wait_for(open.store().settling("02JOB"))->disposition == "pending");
    CHECK(open.wait_for(open.store().settling("0")).error().code == ErrorCode::conflict);
    CHECK(open.wait_for(open.store().settling("09")).error().code == ErrorCode::not_found);
    CHECK(open.wait_for(open.store().settling("")).error().code == ErrorCode::not_found);
    engine::TargetRevised revised;
    revised.run = RunUid("01RUN");
    revised.device = DeviceUid("d1");
    revised.job = JobUid("01JOB");
    revised.at = at(5000);
    open.commit({revised});
    CHECK(open.wait_for(open.store().settling("01JOB"))->revised_at_ms == to_unix_ms(at(5000)));
}

}  // namespace
}  // namespace runbookd::store_test
