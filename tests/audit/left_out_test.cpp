// What events do not say is known all the same, and rows are held to it.
#include "audit/left_out.hpp"

#include <nlohmann/json.hpp>

#include "audit/record.hpp"
#include "audit/rows.hpp"
#include "base/sha256.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using namespace store_test;
using nlohmann::json;

json completed(json data, const std::string& kind) {
    audit::put_back_left_out(data, kind, to_unix_ms(at()));
    return data;
}

TEST_CASE("what an event leaves out follows from the rest of it", "[audit]") {
    const auto now = "2026-12-01T02:00:00.000Z";
    CHECK(completed(json::object(), "job.queued") == json{{"status", "queued"}, {"queued_at", now}});
    CHECK(completed({{"queued_at", ""}}, "job.queued") == json{{"status", "queued"}, {"queued_at", ""}});
    CHECK(completed({{"ran_at", "then"}, {"stderr_sha256", ""}}, "job.completed") ==
          json{{"status", "completed"},
               {"completed_at", now},
               {"ran_at", "then"},
               {"started_at", "then"},
               {"stderr_sha256", sha256_hex("")}});
    CHECK(completed({{"ran_at", "then"}, {"started_at", ""}}, "job.timeout")["started_at"] == "");
    CHECK(completed({{"variables", {{"days", "30"}}}}, "job.created") ==
          json{{"attempt", 1},
               {"step", 1},
               {"variables", {{"days", "30"}}},
               {"variables_sha256", sha256_hex(R"({"days":"30"})")}});
    CHECK(completed(json::object(), "job.created")["variables_sha256"] == sha256_hex("{}"));
}

TEST_CASE("events that leave out nothing are taken as they are", "[audit]") {
    const json of_earlier_versions{{"status", "timeout"}, {"ran_at", "then"}};
    CHECK(completed(of_earlier_versions, "job.timeout") == of_earlier_versions);
    const json update{{"status", "failed"}, {"datto_status", "Failure"}};
    CHECK(completed(update, "job.updated") == update);
    const json note{{"stdout_sha256", ""}};
    CHECK(completed(note, "target.decided") == note);
}

TEST_CASE("rows are held to what events leave out", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    {
        OpenStore open(database);
        auto again = created("02JOB", "d2");
        again.variables = {{"text", std::string(70, 'x')}};
        auto queued = changed(engine::JobStatus::queued);
        queued.queued_at = queued.at;
        auto done = changed(engine::JobStatus::completed);
        done.started_at = done.ran_at = at(25);
        done.completed_at = done.at;
        done.out = engine::OutputText{"", false};
        auto unplugged = changed(engine::JobStatus::timeout, "02JOB");
        unplugged.ran_at = at(25);
        open.commit({revision(), planned(), started(2), created(), again, queued, done, unplugged});
    }
    store::Connection connection(database, store::Access::read_write);
    CHECK(audit::check_rows(connection).found == 0);
    const auto change =
        GENERATE(as<std::string>(), "queued_at = queued_at + 1", "queued_at = NULL", "started_at = NULL",
                 "started_at = 5", "completed_at = NULL", "completed_at = completed_at - 1",
                 "status = 'failed'", "step = 2", "attempt = 2", "variables = '{}'", "stdout = NULL");
    INFO(change);
    try_tampering(connection, "UPDATE jobs SET " + change + " WHERE job_uid = '01JOB'",
                  [&] { CHECK(audit::check_rows(connection).found == 1); });
    try_tampering(connection, "UPDATE jobs SET completed_at = 5, started_at = 5 WHERE job_uid = '02JOB'",
                  [&] { CHECK(audit::check_rows(connection).found == 2); });
}

}  // namespace
}  // namespace runbookd::audit_test
