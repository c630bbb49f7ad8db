// What a relay reads: the fleet page by page, the limits, and the log of its own keyed jobs.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;

engine::Device device(int number, const std::string& site) {
    engine::Device made;
    made.uid = DeviceUid{"d" + std::to_string(number)};
    made.hostname = "ACME-" + std::to_string(number);
    made.site_uid = SiteUid{site};
    made.site_name = "Site " + site;
    made.online = number % 2 == 0;
    return made;
}

struct RelayDaemon : FakeDaemon {
    RelayDaemon() {
        control.fleet_now.read_at = from_unix_ms(0);
        for (int i = 0; i < 5; ++i) control.fleet_now.devices.push_back(device(i, i < 3 ? "s 1" : "s2"));
        control.sites_known = {{SiteUid{"s 1"}, "Acme", false}, {SiteUid{"s2"}, "Birch", true}};
    }
    [[nodiscard]] Reply get(const std::string& target) const { return exchange(socket, "GET", target); }
    [[nodiscard]] Json found(const std::string& target) const {
        const auto reply = get(target);
        INFO(reply.body);
        CHECK(reply.status == 200);
        return Json::parse(reply.body);
    }
};

std::vector<std::string> uids(const Json& list) {
    std::vector<std::string> found;
    for (const auto& entry : list) found.push_back(entry.at("uid"));
    return found;
}

}  // namespace

TEST_CASE("the fleet is listed page by page, each naming the next", "[http_api]") {
    RelayDaemon daemon;
    daemon.start();
    const auto first = daemon.found("/api/v2/account/devices?max=2");
    CHECK(uids(first["devices"]) == std::vector<std::string>{"d0", "d1"});
    CHECK(first["pageDetails"]["count"] == 2);
    CHECK(first["pageDetails"]["totalCount"] == 5);
    CHECK(first["pageDetails"]["prevPageUrl"].is_null());
    std::vector<std::string> all = uids(first["devices"]);
    auto next = first["pageDetails"]["nextPageUrl"];
    while (!next.is_null()) {
        const auto page = daemon.found(next.get<std::string>());
        for (const auto& uid : uids(page["devices"])) all.push_back(uid);
        next = page["pageDetails"]["nextPageUrl"];
    }
    CHECK(all == std::vector<std::string>{"d0", "d1", "d2", "d3", "d4"});
    CHECK(daemon.found("/api/v2/account/devices")["pageDetails"]["nextPageUrl"].is_null());
    const auto beyond = daemon.found("/api/v2/account/devices?page=99");
    CHECK(beyond["devices"].empty());
    CHECK(beyond["pageDetails"]["nextPageUrl"].is_null());
}

TEST_CASE("a site's devices and the sites are listed alike", "[http_api]") {
    RelayDaemon daemon;
    daemon.start();
    const auto page = daemon.found("/api/v2/site/s%201/devices?max=2");
    CHECK(uids(page["devices"]) == std::vector<std::string>{"d0", "d1"});
    CHECK(page["pageDetails"]["totalCount"] == 3);
    CHECK(page["pageDetails"]["nextPageUrl"] == "/api/v2/site/s%201/devices?max=2&page=1");
    CHECK(uids(daemon.found("/api/v2/site/s%201/devices?max=2&page=1")["devices"]) ==
          std::vector<std::string>{"d2"});
    CHECK(daemon.get("/api/v2/site/none/devices").status == 404);
    const auto sites = daemon.found("/api/v2/account/sites");
    CHECK(uids(sites["sites"]) == std::vector<std::string>{"s 1", "s2"});
    CHECK(sites["sites"][1]["onDemand"] == true);
}

TEST_CASE("a device tells all that runbooks select by", "[http_api]") {
    RelayDaemon daemon;
    auto& one = daemon.control.fleet_now.devices[0];
    one.domain = "corp";
    one.reboot_required = true;
    one.patch_status = "FullyPatched";
    one.udf = runbook::Udfs({{5, "gold"}, {300, "last"}});
    daemon.start();
    const auto seen = daemon.found("/api/v2/account/devices?max=1")["devices"][0];
    CHECK(seen["domain"] == "corp");
    CHECK(seen["rebootRequired"] == true);
    CHECK(seen["patchManagement"]["patchStatus"] == "FullyPatched");
    CHECK(seen["udf"] == Json::parse(R"({"udf5": "gold", "udf300": "last"})"));
    CHECK(seen["siteUid"] == "s 1");
    CHECK(seen["status"] == "online");
}

TEST_CASE("a list that was not read is not an empty one", "[http_api]") {
    RelayDaemon daemon;
    daemon.control.fleet_now.read_at.reset();
    daemon.start();
    for (const auto* path : {"/api/v2/account/devices", "/api/v2/account/sites", "/api/v2/site/s2/devices",
                             "/api/v2/site/none/devices"}) {
        CAPTURE(path);
        CHECK(daemon.get(path).status == 503);
    }
}

TEST_CASE("pages are asked for with whole numbers", "[http_api]") {
    RelayDaemon daemon;
    daemon.start();
    for (const auto* query : {"max=0", "max=-1", "max=x", "max=", "page=-1", "page=1.5", "limit=1"}) {
        CAPTURE(query);
        CHECK(daemon.get(std::string("/api/v2/account/devices?") + query).status == 400);
        CHECK(daemon.get(std::string("/api/v2/components?") + query).status == 400);
    }
    CHECK(daemon.found("/api/v2/account/devices?max=99999999999999999999&page=0")["devices"].size() == 5);
}

TEST_CASE("the creates that are left are told as the real API tells its limits", "[http_api]") {
    RelayDaemon daemon;
    daemon.control.status_now.state = "starting";
    daemon.start();
    CHECK(daemon.get("/api/v2/system/request_rate").status == 503);
    daemon.on_loop([&] {
        daemon.control.status_now.state = "running";
        daemon.control.status_now.creates = {7, 80};
    });
    const auto rate = daemon.found("/api/v2/system/request_rate");
    CHECK(rate["operationWriteStatus"]["device-job-create"]["limit"] == 80);
    CHECK(rate["operationWriteStatus"]["device-job-create"]["count"] == 7);
    CHECK(rate["accountRateLimit"] == 1'000'000);
    CHECK(rate["accountCount"] == 0);
    daemon.on_loop([&] { daemon.control.status_now.creates = {7, 0}; });
    CHECK(daemon.found("/api/v2/system/request_rate")["accountWriteRateLimit"] == 1'000'000);
}

TEST_CASE("the log has the jobs of the asker's own keys, oldest first", "[http_api]") {
    RelayDaemon daemon;
    daemon.history.keyed_jobs_found = ports::Rows{
        {"id", "idempotency_key", "run_uid", "job_uid", "device_uid", "component_uid", "created_at_ms"},
        {{std::int64_t{4}, std::string("rb01A"), std::string("01RUN"), std::string("01JOB"),
          std::string("d1"), std::string("c1"), std::int64_t{1767225600123}}}};
    daemon.start();
    const auto log = daemon.found(
        "/api/v2/activity-logs?size=1&order=asc&from=2026-01-01T00%3A00%3A00Z&entities=device&categories=job"
        "&actions=create");
    REQUIRE(log["activities"].size() == 1);
    const auto details = Json::parse(log["activities"][0]["details"].get<std::string>());
    CHECK(details["job.uid"] == "01JOB");
    CHECK(details["job.name"] == "quickjob rb01A");
    CHECK(details["device.uid"] == "d1");
    CHECK(log["activities"][0]["date"].get<double>() == Approx(1767225600.123));
    CHECK(log["error"].is_null());
    REQUIRE(daemon.history.keyed_jobs_asked.size() == 1);
    const auto asked = daemon.history.keyed_jobs_asked[0];
    CHECK(asked.since_ms == 1767225600000);
    CHECK(asked.limit == 1);
    CHECK(asked.after_id == 0);
    CHECK_FALSE(asked.actor.empty());
    const auto next = log["pageDetails"]["nextPageUrl"].get<std::string>();
    CHECK(daemon.found(next + "&from=2026-01-01T00%3A00%3A00Z")["activities"].size() == 1);
    CHECK(daemon.history.keyed_jobs_asked[1].after_id == 4);
    daemon.on_loop([&] { daemon.history.keyed_jobs_found->rows.clear(); });
    const auto end = daemon.found("/api/v2/activity-logs?from=2026-01-01T00%3A00%3A00Z");
    CHECK(end["activities"].empty());
    CHECK(end["pageDetails"]["nextPageUrl"].is_null());
}

TEST_CASE("the log leaves nothing out without a word", "[http_api]") {
    RelayDaemon daemon;
    daemon.start();
    for (const auto* query : {"", "?from=yesterday", "?from=2026-01-01T00:00:00Z&actions=deployment",
                              "?from=2026-01-01T00:00:00Z&order=desc", "?from=2026-01-01T00:00:00Z&siteIds=1",
                              "?from=2026-01-01T00:00:00Z&size=none"}) {
        CAPTURE(query);
        CHECK(daemon.get(std::string("/api/v2/activity-logs") + query).status == 400);
    }
    CHECK(daemon.history.keyed_jobs_asked.empty());
    daemon.on_loop([&] { daemon.history.keyed_jobs_found = fail(ErrorCode::unavailable, "busy"); });
    CHECK(daemon.get("/api/v2/activity-logs?from=2026-01-01T00:00:00Z").status == 503);
}

TEST_CASE("every error of the job API has its code, status and details", "[http_api]") {
    struct Case {
        Error error;
        int status;
        std::string code;
        std::vector<std::string> details;
    };
    const std::vector<Case> cases{
        {{ErrorCode::invalid_input, "m"}, 400, "INVALID_REQUEST", {}},
        {{ErrorCode::device_offline, "m"}, 400, "DEVICE_OFFLINE", {"deviceUid", "lastSeen"}},
        {{ErrorCode::missing_variable, "m", {"days"}}, 400, "MISSING_VARIABLE", {"names"}},
        {{ErrorCode::invalid_variable, "m", {"days"}}, 400, "INVALID_VARIABLE", {"names", "suggestions"}},
        {{ErrorCode::not_found, "m"}, 404, "COMPONENT_NOT_FOUND", {"componentUid", "suggestions"}},
        {{ErrorCode::permission, "m"}, 403, "PERMISSION_DENIED", {}},
        {{ErrorCode::conflict, "m"}, 409, "CONFLICT", {"deviceUid"}},
        {{ErrorCode::refused_by_rule, "m"}, 409, "REFUSED_BY_RULE", {}},
        {{ErrorCode::unavailable, "m"}, 503, "UNAVAILABLE", {}},
        {{ErrorCode::internal, "m"}, 500, "INTERNAL", {}},
    };
    RelayDaemon daemon;
    daemon.start();
    for (const auto& one : cases) {
        CAPTURE(one.code);
        daemon.on_loop([&] {
            daemon.control.on_quick_job = [&one](const auto&) -> Result<ports::QuickJobAccepted> {
                return tl::unexpected<Error>(one.error);
            };
        });
        const auto reply =
            exchange(daemon.socket, "POST", "/api/v2/device/d1/quickjob", R"({"componentUid":"c1"})");
        CHECK(reply.status == one.status);
        const auto body = Json::parse(reply.body);
        CHECK(body["errorCode"] == one.code);
        CHECK(body["message"] == "m");
        for (const auto& key : one.details) CHECK(body["details"].contains(key));
        CHECK_FALSE(contains(reply.head, "Retry-After"));
    }
}

TEST_CASE("RATE_LIMITED says after how many seconds, rounded up", "[http_api]") {
    RelayDaemon daemon;
    Error error{ErrorCode::rate_limited, "nothing was started: no room"};
    error.retry_after = Millis{1001};
    daemon.control.on_quick_job = [&error](const auto&) -> Result<ports::QuickJobAccepted> {
        return tl::unexpected<Error>(error);
    };
    daemon.start();
    const auto ask = [&] {
        return exchange(daemon.socket, "POST", "/api/v2/device/d1/quickjob", R"({"componentUid":"c1"})");
    };
    const auto reply = ask();
    CHECK(reply.status == 429);
    CHECK(Json::parse(reply.body)["errorCode"] == "RATE_LIMITED");
    CHECK(contains(reply.head, "\r\nRetry-After: 2"));
    daemon.on_loop([&] { error.retry_after.reset(); });
    CHECK(contains(ask().head, "\r\nRetry-After: 60"));
    daemon.on_loop([&] { error.retry_after = Millis{-5}; });
    CHECK(contains(ask().head, "\r\nRetry-After: 1"));
}

}  // namespace runbookd::testing
