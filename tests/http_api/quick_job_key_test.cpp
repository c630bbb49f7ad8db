// The key of a quick job's POST, against what the record says: at most one job, whatever was lost meanwhile.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;

const std::string kPath = "/api/v2/device/dev-1/quickjob";
const std::string kBody = R"({"componentUid":"comp-1","variables":{"days":"7"}})";

Reply post(FakeDaemon& daemon, const std::string& body = kBody, const std::string& path = kPath) {
    return exchange(daemon.socket, "POST", path, body, "Idempotency-Key: rb01\r\n");
}

std::string fingerprint(const std::string& body) {
    http_api::Request request;
    request.path = {"api", "v2", "device", "dev-1", "quickjob"};
    request.body = body;
    return http_api::fingerprint_of(request);
}

/// What the record has of the key; without a job where `job` is empty.
ports::Rows recorded(const std::string& job, std::optional<std::int64_t> finished_at_ms = std::nullopt,
                     const std::string& reason = "") {
    const auto known = [&](ports::Cell cell) { return job.empty() ? ports::Cell{} : std::move(cell); };
    const auto finished = finished_at_ms ? ports::Cell{*finished_at_ms} : ports::Cell{};
    return {
        {"idempotency_key", "request", "run_uid", "finished_at_ms", "reason", "job_uid", "device_uid",
         "component_uid", "created_at_ms"},
        {{std::string("rb01"), fingerprint(kBody), std::string("01RUN"), finished, reason, known(job),
          known(std::string("dev-1")), known(std::string("comp-1")), known(std::int64_t{1764554400123})}}};
}

}  // namespace

TEST_CASE("a key that the record knows is answered with its job, and starts nothing", "[http_api]") {
    FakeDaemon daemon;
    std::string asked_by;
    daemon.history.on_keyed_job = [&asked_by](const std::string& actor, const std::string& key) {
        asked_by = actor;
        return key == "rb01" ? recorded("01JOB") : ports::Rows{};
    };
    daemon.start();
    const auto reply = post(daemon);
    CHECK(reply.status == 200);
    CHECK(contains(reply.head, "Idempotency-Replayed: true"));
    CHECK(reply.body == R"({"jobUid":"01JOB","status":"queued","deviceUid":"dev-1","componentUid":"comp-1",)"
                        R"("createdAt":1764554400123})");
    CHECK_FALSE(asked_by.empty());
    CHECK(daemon.control.quick_jobs_asked.empty());
    const auto other = post(daemon, R"({"componentUid":"other"})");
    CHECK(other.status == 409);
    CHECK(daemon.control.quick_jobs_asked.empty());
}

TEST_CASE("a new key goes with the order into the record, with what was asked", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(post(daemon).status == 200);
    REQUIRE(daemon.control.quick_jobs_asked.size() == 1);
    REQUIRE(daemon.control.quick_jobs_asked[0].key);
    CHECK(daemon.control.quick_jobs_asked[0].key->key == "rb01");
    CHECK(daemon.control.quick_jobs_asked[0].key->request == fingerprint(kBody));
    exchange(daemon.socket, "POST", kPath, kBody);
    CHECK_FALSE(daemon.control.quick_jobs_asked.at(1).key);
}

TEST_CASE("a recorded run without a job is a conflict while it is open, and refused once it ended",
          "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_keyed_job = [](const auto&, const auto&) { return recorded(""); };
    daemon.start();
    const auto open = post(daemon);
    CHECK(open.status == 409);
    const auto body = Json::parse(open.body);
    CHECK(body["errorCode"] == "CONFLICT");
    CHECK(body["details"]["idempotencyKey"] == "rb01");
    CHECK(body["details"]["runUid"] == "01RUN");
    daemon.on_loop([&] {
        daemon.history.on_keyed_job = [](const auto&, const auto&) { return recorded("", 5, "blackout"); };
    });
    const auto ended = post(daemon);
    CHECK(ended.status == 409);
    CHECK(Json::parse(ended.body)["errorCode"] == "REFUSED_BY_RULE");
    CHECK(contains(ended.body, "blackout"));
    CHECK(daemon.control.quick_jobs_asked.empty());
}

TEST_CASE("where the record cannot be read nothing is started", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_keyed_job = [](const auto&, const auto&) {
        return fail(ErrorCode::unavailable, "busy");
    };
    daemon.start();
    CHECK(post(daemon).status == 503);
    CHECK(daemon.control.quick_jobs_asked.empty());
    daemon.on_loop(
        [&] { daemon.history.on_keyed_job = [](const auto&, const auto&) { return ports::Rows{}; }; });
    CHECK(post(daemon).status == 200);
    CHECK(daemon.control.quick_jobs_asked.size() == 1);
}

TEST_CASE("an order that was recorded but not answered keeps its key", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.on_quick_job = [](const auto&) -> Result<ports::QuickJobAccepted> {
        return tl::unexpected<Error>(
            {ErrorCode::unavailable, "run 01RUN is recorded and goes out when it can", {"01RUN"}});
    };
    daemon.start();
    const auto first = post(daemon);
    CHECK(first.status == 503);
    CHECK(contains(first.body, "01RUN"));
    // The record has not got it yet: whether it will, nobody knows.
    CHECK(post(daemon).status == 409);
    CHECK(post(daemon).status == 409);
    CHECK(daemon.control.quick_jobs_asked.size() == 1);
    daemon.on_loop(
        [&] { daemon.history.on_keyed_job = [](const auto&, const auto&) { return recorded("01JOB"); }; });
    const auto later = post(daemon);
    CHECK(later.status == 200);
    CHECK(contains(later.body, "01JOB"));
    CHECK(daemon.control.quick_jobs_asked.size() == 1);
}

TEST_CASE("an order that was refused frees its key", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.on_quick_job = [](const auto&) {
        return fail(ErrorCode::unavailable, "nothing was started");
    };
    daemon.start();
    CHECK(post(daemon).status == 503);
    CHECK(post(daemon).status == 503);
    CHECK(daemon.control.quick_jobs_asked.size() == 2);
}

TEST_CASE("the daemon's own quick jobs keep their keys alike", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_keyed_job = [](const auto&, const std::string&) {
        auto rows = recorded("01JOB");
        http_api::Request request;
        request.path = {"v1", "quickjobs"};
        request.body = R"({"device":"d","component":"c"})";
        rows.rows[0][1] = http_api::fingerprint_of(request);
        return rows;
    };
    daemon.start();
    const auto reply = post(daemon, R"({"device":"d","component":"c"})", "/v1/quickjobs");
    CHECK(reply.status == 201);
    CHECK(reply.body == R"({"job_uid":"01JOB","run_uid":"01RUN","status":"queued"})");
    CHECK(daemon.control.quick_jobs_asked.empty());
}

}  // namespace runbookd::testing
