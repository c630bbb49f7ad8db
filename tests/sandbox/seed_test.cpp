// The seed dialect: the shape that runbookd serves to scripts, as a server that runbookd can drive.
#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::contains;
using testing::fleet_of;
using testing::later;
using testing::RememberingWitness;
using testing::test_start;

const std::string kFleet = R"(
dialect: seed
token: t0ken
limits: off
pickup: 2s
expiry: 1h
sites:
  - name: HQ
    devices:
      - {hostname: PC, os: Windows 11, type: Laptop}
      - {hostname: OFF, online: false, last_seen: 1d}
      - {hostname: GONE, deleted: true}
      - {hostname: PRINTER, class: printer}
  - {name: Lab, devices: [{hostname: LAB}]}
components:
  - name: Sweep
    category: Maintenance
    variables: [{name: days, type: number, default: "7"}, {name: host}, {name: found, direction: output}]
    simulate: {duration: 30s, stdout: "swept {hostname}", stderr: careful}
  - {name: Break, simulate: {duration: 1s, outcome: {Failure: 100%}}}
  - {name: Retire, simulate: {duration: 1s, outcome: {Retired: 100%}}}
  - {name: Hang, timeout: 5s, simulate: {duration: 1h}}
)";

class SeedFixture {
public:
    explicit SeedFixture(const std::string& yaml = kFleet) : world(fleet_of(yaml), test_start(), witness) {}

    void pass(Millis span) { now = later(now, span); }

    Reply call(const std::string& method, const std::string& target, const json& body = nullptr) {
        Request request;
        request.method = method;
        const auto question = target.find('?');
        request.path = "/api/v2" + target.substr(0, question);
        if (question != std::string::npos) request.query = target.substr(question + 1);
        request.authorization = bearer;
        request.idempotency_key = key;
        if (!body.is_null()) request.body = body.is_string() ? body.get<std::string>() : body.dump();
        return api.handle(request, now);
    }
    Reply get(const std::string& target) { return call("GET", target); }
    json get_json(const std::string& target) {
        const auto reply = get(target);
        INFO(target << " " << reply.body);
        REQUIRE(reply.status == 200);
        return json::parse(reply.body);
    }

    std::string device(const std::string& hostname) {
        for (const auto& each : world.fleet().devices)
            if (each.hostname == hostname) return each.uid;
        return hostname;
    }
    std::string component(const std::string& name) {
        for (const auto& each : world.fleet().components)
            if (each.name == name) return each.uid;
        return name;
    }
    Reply create(const std::string& hostname, const std::string& name, const json& variables) {
        return call("POST", "/device/" + device(hostname) + "/quickjob",
                    {{"componentUid", component(name)}, {"variables", variables}});
    }
    std::string created(const std::string& hostname, const std::string& name) {
        const auto reply = create(hostname, name, json{{"host", "h"}});
        INFO(reply.body);
        REQUIRE(reply.status == 200);
        return json::parse(reply.body)["jobUid"];
    }

    Instant now = test_start();
    RememberingWitness witness;
    World world;
    AccessLog access_log{JsonLines{}};
    TrafficLog traffic{JsonLines{}};
    Api api{world, access_log, traffic};
    std::string bearer = "Bearer t0ken";
    std::string key;
};

/// Without variables that the component does not know.
std::string plain(SeedFixture& fixture, const std::string& name) {
    const auto reply = fixture.create("PC", name, json::object());
    REQUIRE(reply.status == 200);
    return json::parse(reply.body)["jobUid"];
}

std::string code_of(const Reply& reply) { return json::parse(reply.body)["errorCode"]; }

TEST_CASE("a flat quick job is accepted and tells everything in one object", "[sandbox]") {
    SeedFixture fixture;
    const auto reply = fixture.create("PC", "Sweep", {{"host", "h"}, {"days", 3}});
    REQUIRE(reply.status == 200);
    const auto accepted = json::parse(reply.body);
    CHECK(accepted["status"] == "queued");
    CHECK(accepted["deviceUid"] == fixture.device("PC"));
    CHECK(accepted["componentUid"] == fixture.component("Sweep"));
    CHECK(accepted["createdAt"] == to_unix_ms(fixture.now.utc));
    const auto path = "/job/" + accepted["jobUid"].get<std::string>();
    auto job = fixture.get_json(path);
    CHECK(job["status"] == "queued");
    CHECK(job["queuedAt"] == accepted["createdAt"]);
    CHECK(job["variables"] == json{{"host", "h"}, {"days", "3"}});
    for (const auto* key : {"startedAt", "completedAt", "exitCode", "stdout", "stderr"})
        CHECK_FALSE(job.contains(key));
    fixture.pass(seconds{2});
    job = fixture.get_json(path);
    CHECK(job["status"] == "running");
    CHECK(job["startedAt"] == to_unix_ms(fixture.now.utc));
    fixture.pass(seconds{40});
    job = fixture.get_json(path);
    CHECK(job["status"] == "completed");
    CHECK(job["completedAt"].get<std::int64_t>() - job["startedAt"].get<std::int64_t>() == 30'000);
    CHECK(job["exitCode"] == 0);
    CHECK(job["stdout"] == "swept PC");
    CHECK(job["stderr"] == "careful");
    CHECK(job["hostname"] == "PC");
    CHECK(job["componentName"] == "Sweep");
    CHECK(job["jobId"].is_number_integer());
}

TEST_CASE("ends of jobs have the seed's words", "[sandbox]") {
    const auto status = [](SeedFixture& fixture, const std::string& name) {
        const auto uid = plain(fixture, name);
        fixture.pass(minutes{1});
        return fixture.get_json("/job/" + uid);
    };
    SeedFixture fixture;
    CHECK(status(fixture, "Break")["status"] == "completed");
    CHECK(status(fixture, "Break")["exitCode"] == 1);
    CHECK(status(fixture, "Retire")["status"] == "failed");
    CHECK_FALSE(status(fixture, "Retire").contains("exitCode"));
    CHECK(status(fixture, "Hang")["status"] == "timeout");
    CHECK(status(fixture, "Hang")["exitCode"] == 137);
    SeedFixture failing(kFleet + "seed: {failures: failed}\n");
    CHECK(status(failing, "Break")["status"] == "failed");
    CHECK(status(failing, "Break")["exitCode"] == 1);
}

TEST_CASE("a device that is offline refuses, unless set otherwise", "[sandbox]") {
    SeedFixture fixture;
    const auto reply = fixture.create("OFF", "Break", json::object());
    CHECK(reply.status == 400);
    const auto error = json::parse(reply.body);
    CHECK(error["errorCode"] == "DEVICE_OFFLINE");
    CHECK(error["details"]["deviceUid"] == fixture.device("OFF"));
    CHECK(error["details"]["lastSeen"] == to_unix_ms(fixture.now.utc) - 86'400'000);
    CHECK(fixture.witness.lines.empty());
    SeedFixture lenient(kFleet + "seed: {offline: accept}\n");
    const auto accepted = lenient.create("OFF", "Break", json::object());
    REQUIRE(accepted.status == 200);
    lenient.pass(hours{1});
    const auto uid = json::parse(accepted.body)["jobUid"].get<std::string>();
    CHECK(lenient.get_json("/job/" + uid)["status"] == "timeout");
}

TEST_CASE("each mistake of a quick job has its code, and creates nothing", "[sandbox]") {
    SeedFixture fixture;
    const auto path = "/device/" + fixture.device("PC") + "/quickjob";
    const auto put = [&](const json& body) { return fixture.call("POST", path, body); };
    CHECK(code_of(put("{")) == "INVALID_REQUEST");
    CHECK(code_of(put({{"jobName", "x"}})) == "INVALID_REQUEST");
    CHECK(code_of(put({{"componentUid", "x"}, {"variables", {1, 2}}})) == "INVALID_REQUEST");
    CHECK(code_of(put({{"componentUid", "x"}, {"extra", 1}})) == "INVALID_REQUEST");
    CHECK(code_of(fixture.create("nobody", "Sweep", json::object())) == "DEVICE_NOT_FOUND");
    CHECK(code_of(fixture.create("GONE", "Break", json::object())) == "DEVICE_NOT_FOUND");
    const auto unknown = fixture.create("PC", "Swept", json::object());
    CHECK(unknown.status == 404);
    CHECK(code_of(unknown) == "COMPONENT_NOT_FOUND");
    CHECK(json::parse(unknown.body)["details"]["suggestions"] == json::array({"Sweep"}));
    const auto missing = fixture.create("PC", "Sweep", {{"days", 1}});
    CHECK(missing.status == 400);
    CHECK(code_of(missing) == "MISSING_VARIABLE");
    CHECK(json::parse(missing.body)["details"]["names"] == json::array({"host"}));
    const auto wrong = fixture.create("PC", "Sweep", {{"days", "many"}, {"host", "h"}, {"Host", "h"}});
    CHECK(code_of(wrong) == "INVALID_VARIABLE");
    CHECK(json::parse(wrong.body)["details"]["names"] == json::array({"Host", "days"}));
    CHECK(fixture.create("PRINTER", "Break", json::object()).status == 400);
    CHECK(fixture.witness.lines.empty());
    CHECK(code_of(fixture.get("/job/none")) == "JOB_NOT_FOUND");
    CHECK(code_of(fixture.get("/device/none")) == "DEVICE_NOT_FOUND");
    CHECK(code_of(fixture.get("/component/none")) == "COMPONENT_NOT_FOUND");
    CHECK(code_of(fixture.get("/account/devices")) == "NOT_FOUND");
    CHECK(code_of(fixture.call("PUT", path)) == "METHOD_NOT_ALLOWED");
}

TEST_CASE("the seed's calls need its token, and know no other", "[sandbox]") {
    SeedFixture fixture;
    fixture.bearer = "Bearer x";
    const auto reply = fixture.get("/components");
    CHECK(reply.status == 401);
    CHECK(code_of(reply) == "UNAUTHENTICATED");
    Request request;
    request.method = "POST";
    request.path = "/auth/oauth/token";
    CHECK(fixture.api.handle(request, fixture.now).status == 404);
}

TEST_CASE("components and devices have the seed's fields", "[sandbox]") {
    SeedFixture fixture;
    const auto components = fixture.get_json("/components")["components"];
    REQUIRE(components.size() == 4);
    CHECK(components[0]["category"] == "Maintenance");
    CHECK(components[0]["osType"].is_null());
    REQUIRE(components[0]["variables"].size() == 2);
    CHECK(components[0]["variables"][0]["required"] == false);
    CHECK(components[0]["variables"][0]["defaultValue"] == "7");
    CHECK(components[0]["variables"][1]["required"] == true);
    CHECK(fixture.get_json("/components?max=1")["components"].size() == 1);
    CHECK(fixture.get("/components?max=0").status == 400);
    CHECK(fixture.get_json("/component/" + fixture.component("Break"))["name"] == "Break");
    const auto device = fixture.get_json("/device/" + fixture.device("PC"));
    CHECK(device["status"] == "online");
    CHECK(device["lastSeen"] == to_unix_ms(fixture.now.utc));
    CHECK(device["deviceType"] == "Laptop");
    CHECK(fixture.get_json("/device/" + fixture.device("OFF"))["status"] == "offline");
}

TEST_CASE("jobs of a device and of a site are listed newest first, without outputs", "[sandbox]") {
    SeedFixture fixture;
    const auto first = plain(fixture, "Break");
    fixture.created("LAB", "Sweep");
    const auto last = fixture.created("PC", "Sweep");
    fixture.pass(minutes{1});
    const auto uids = [&](const std::string& target) {
        std::vector<std::string> found;
        const auto jobs = fixture.get_json(target)["jobs"];
        for (const auto& job : jobs) {
            CHECK_FALSE(job.contains("stdout"));
            found.push_back(job["jobUid"]);
        }
        return found;
    };
    CHECK(uids("/device/" + fixture.device("PC") + "/jobs") == std::vector<std::string>{last, first});
    CHECK(uids("/device/" + fixture.device("PC") + "/jobs?max=1") == std::vector<std::string>{last});
    CHECK(uids("/site/" + fixture.world.fleet().sites[1].uid + "/jobs").size() == 1);
    CHECK(fixture.get("/site/none/jobs").status == 404);
    CHECK(fixture.get("/device/none/jobs").status == 404);
}

TEST_CASE("a key that comes again gets the first reply and starts nothing", "[sandbox]") {
    SeedFixture fixture;
    fixture.key = "k1";
    const auto first = fixture.create("PC", "Break", json::object());
    const auto again = fixture.create("PC", "Break", json::object());
    CHECK(again.body == first.body);
    CHECK(again.headers.at("Idempotency-Replayed") == "true");
    CHECK(fixture.witness.lines.size() == 1);
    const auto other = fixture.create("PC", "Retire", json::object());
    CHECK(other.status == 409);
    CHECK(code_of(other) == "CONFLICT");
    fixture.key = "k2";
    CHECK(fixture.create("OFF", "Break", json::object()).status == 400);
    CHECK(fixture.create("PC", "Break", json::object()).status == 200);  // the refusal freed the key
    CHECK(fixture.witness.lines.size() == 2);
    fixture.key.clear();
    fixture.create("PC", "Break", json::object());
    fixture.create("PC", "Break", json::object());
    CHECK(fixture.witness.lines.size() == 4);
}

TEST_CASE("keys may be ignored", "[sandbox]") {
    SeedFixture fixture(kFleet + "seed: {idempotency: ignored}\n");
    fixture.key = "k1";
    const auto first = fixture.create("PC", "Break", json::object());
    CHECK(fixture.create("PC", "Break", json::object()).body != first.body);
    CHECK(fixture.witness.lines.size() == 2);
}

TEST_CASE("a reply that was lost is given again for its key", "[sandbox]") {
    SeedFixture fixture(kFleet + "faults: [{operation: quickjob, kind: reset_after}]\n");
    fixture.key = "k1";
    CHECK(fixture.create("PC", "Break", json::object()).ending == Ending::reset);
    CHECK(fixture.create("PC", "Break", json::object()).status == 200);
    CHECK(fixture.witness.lines.size() == 1);
}

TEST_CASE("limits and faults hold in the seed dialect too, in its words", "[sandbox]") {
    auto yaml = kFleet;
    yaml.replace(yaml.find("limits: off"), 11, "limits: {reads: 2, device_job_create: 1}");
    SeedFixture fixture(yaml + "faults: [{operation: job, kind: status, status: 503}]\n");
    CHECK(code_of(fixture.get("/job/none")) == "UNAVAILABLE");
    CHECK(fixture.get("/components").status == 200);
    const auto refused = fixture.get("/components");
    CHECK(refused.status == 429);
    CHECK(code_of(refused) == "RATE_LIMITED");
    CHECK(refused.headers.at("Retry-After") == "60");
    CHECK(fixture.create("PC", "Break", json::object()).status == 200);
    CHECK(code_of(fixture.create("PC", "Break", json::object())) == "RATE_LIMITED");
}

TEST_CASE("where both dialects are served the token decides", "[sandbox]") {
    auto yaml = kFleet;
    yaml.replace(yaml.find("dialect: seed"), 13, "dialect: both");
    testing::ApiFixture datto(yaml);
    CHECK(datto.get("/api/v2/account").status == 200);
    const auto path = "/api/v2/device/" + datto.device_uid("PC");
    CHECK(datto.get_json(path).contains("online"));
    CHECK(datto.get("/api/v2/components").status == 404);
    CHECK(datto.call("POST", path + "/quickjob").status == 405);
    datto.bearer = "Bearer t0ken";
    CHECK(datto.get_json(path)["status"] == "online");
    CHECK(datto.get("/api/v2/account").status == 404);
    datto.bearer = "Bearer x";
    CHECK(datto.get("/api/v2/account").status == 401);
}

}  // namespace
}  // namespace runbookd::sandbox
