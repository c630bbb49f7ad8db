// Rows that jobs printed, against the hash in the event of the job's end.
#include "audit/record.hpp"
#include "audit/rows.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using audit::check_rows;
using namespace store_test;

void write_collected(const std::string& database) {
    OpenStore open(database);
    auto done = changed(engine::JobStatus::completed);
    done.out = engine::OutputText{"rows", false};
    done.collected = runbook::Collected{{R"({"disk":"C"})", R"({"disk":"D"})"}};
    open.commit({revision(), planned(), started(2), created(), done, created("02JOB", "d2"),
                 changed(engine::JobStatus::completed, "02JOB")});
}

}  // namespace

TEST_CASE("rows that jobs printed are held to the event of the job's end", "[audit][collect]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    write_collected(database);
    store::Connection connection(database, store::Access::read_write);
    CHECK(check_rows(connection).found == 0);
    const auto sql = GENERATE(
        as<std::string>{}, R"(UPDATE collected SET data = '{"disk":"X"}' WHERE row_no = 2)",
        "UPDATE collected SET row_no = 3 WHERE row_no = 2", "DELETE FROM collected WHERE row_no = 2",
        "DELETE FROM collected", "INSERT INTO collected SELECT id, 3, '{}' FROM jobs WHERE job_uid = '01JOB'",
        "INSERT INTO collected SELECT id, 1, '{}' FROM jobs WHERE job_uid = '02JOB'");
    INFO(sql);
    try_tampering(connection, sql, [&] {
        const auto report = check_rows(connection);
        REQUIRE(report.found == 1);
        CHECK(contains(report.findings.front().what, "its column collected_sha256 holds"));
    });
}

}  // namespace runbookd::audit_test
