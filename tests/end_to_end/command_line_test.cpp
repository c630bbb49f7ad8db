// runbookctl and the job API of the seed's shape, against a real daemon.
#include <csignal>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kFleet = R"(
pickup: 50ms..200ms
activity_log: {lag: 100ms..500ms}
sites:
  - name: Acme
    devices: [{hostname: PC01}, {hostname: PC02}, {hostname: BAD01}, {hostname: OFF01, online: false}]
components:
  - name: Greet
    variables: [{name: who, type: string, default: nobody}]
    script: |
      echo "hello $who on $HOSTNAME"
      echo "a word aside" >&2
      [ "$HOSTNAME" != BAD01 ]
)";
constexpr const char* kGreet = R"(
description: Greets
targets: {include: [{hostname: "PC*"}]}
component: Greet
variables: {who: world}
)";
constexpr const char* kGreetAll = "targets: {include: [{all: true}]}\noffline: skip\ncomponent: Greet\n";

void start_world(World& world) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("greet", kGreet);
    world.write_runbook("greet-all", kGreetAll);
    world.start_daemon();
    REQUIRE(wait_for([&] { return world.get("/v1/devices").status == 200; }));
    REQUIRE(wait_for([&] {
        const auto components = world.get("/v1/components");
        return components.status == 200 && !components.json().empty();
    }));
}

std::string device_uid(const World& world, const std::string& hostname) {
    for (const auto& device : world.get("/v1/devices").json())
        if (device.at("hostname") == hostname) return device.at("device_uid").get<std::string>();
    return "";
}

std::string component_uid(const World& world) {
    return world.get("/v1/components").json().at(0).at("component_uid").get<std::string>();
}

}  // namespace

TEST_CASE("run --wait ends with the run's fate", "[end_to_end]") {
    World world;
    start_world(world);

    const auto good = world.ctl({"run", "greet", "--wait", "--note", "ticket 4711"});
    CHECK(good.status == 0);
    CHECK_THAT(good.out, contains("completed") && contains("2 succeeded"));

    const auto bad = world.ctl({"run", "greet-all", "--wait", "--json"});
    CHECK(bad.status == 1);
    const auto run = json::parse(bad.out);
    CHECK(run.at("status") == "failed");
    CHECK(run.at("succeeded") == 2);
    CHECK(run.at("failed") == 1);
    CHECK(run.at("skipped") == 1);

    const auto narrowed = world.ctl({"run", "greet-all", "--device", "PC01", "--wait", "--json"});
    CHECK(narrowed.status == 0);
    CHECK(json::parse(narrowed.out).at("targets") == 1);

    const auto none = world.ctl({"run", "great", "--wait"});
    CHECK(none.status == 1);
    CHECK_THAT(none.err, contains("runbookctl:") && contains("did you mean 'greet'?"));
}

TEST_CASE("lists, single things and outputs say what the store says", "[end_to_end]") {
    World world;
    start_world(world);
    const auto run =
        json::parse(world.ctl({"run", "greet", "--wait", "--json"}).out).at("run_uid").get<std::string>();

    const auto listed = world.ctl({"jobs", "--json"});
    REQUIRE(listed.status == 0);
    const auto jobs = json::parse(listed.out);
    REQUIRE(jobs.size() == 2);
    for (const auto& job : jobs) {
        CHECK(job.at("run_uid") == run);
        CHECK(job.at("status") == "completed");
        CHECK(job.at("variables") == json{{"who", "world"}});
        const auto uid = job.at("job_uid").get<std::string>();
        const auto hostname = job.at("hostname").get<std::string>();
        CHECK(world.ctl({"output", uid}).out == "hello world on " + hostname + "\n");
        CHECK(world.ctl({"output", uid, "--stderr"}).out == "a word aside\n");
        const auto shown = world.ctl({"show", uid, "--json"});
        CHECK(json::parse(shown.out).at("stdout") == "hello world on " + hostname + "\n");
    }
    CHECK(json::parse(world.ctl({"jobs", "--device", "PC02", "--json"}).out).size() == 1);
    CHECK(json::parse(world.ctl({"jobs", "--status", "failed", "--json"}).out).empty());
    CHECK(json::parse(world.ctl({"runs", "--json"}).out).at(0).at("run_uid") == run);
    CHECK(json::parse(world.ctl({"targets", run, "--json"}).out).size() == 2);
    CHECK(json::parse(world.ctl({"devices", "--json"}).out).size() == 4);
    CHECK(json::parse(world.ctl({"components", "--json"}).out).at(0).at("component_name") == "Greet");
    CHECK(json::parse(world.ctl({"runbooks", "--json"}).out).size() == 2);
    CHECK_THAT(world.ctl({"jobs"}).out, contains("PC01") && contains("PC02") && contains("completed"));
    CHECK(world.ctl({"show", "01ZZZZZZZZZZZZZZZZZZZZZZZZ"}).status == 1);
    CHECK(world.ctl({"output", "01ZZZZZZZZZZZZZZZZZZZZZZZZ"}).status == 1);

    const auto status = json::parse(world.ctl({"status", "--json"}).out);
    CHECK(status.at("state") == "running");
    CHECK(status.at("fleet_devices") == 4);
    CHECK(status.at("open_jobs") == 0);
}

TEST_CASE("quickjob --wait prints what the job printed", "[end_to_end]") {
    World world;
    start_world(world);
    const auto good =
        world.ctl({"quickjob", "--device", "PC01", "--component", "Greet", "--var", "who=you", "--wait"});
    CHECK(good.status == 0);
    CHECK(good.out == "hello you on PC01\n");
    CHECK_THAT(good.err, contains("a word aside") && contains("completed"));

    const auto bad = world.ctl({"quickjob", "--device", "BAD01", "--component", "Greet", "--wait", "--json"});
    CHECK(bad.status == 1);
    CHECK(json::parse(bad.out).at("reason") == "datto_failure");

    CHECK(world.store().number("SELECT count(*) FROM run_history WHERE runbook = 'quickjob' AND trigger = "
                               "'quickjob' AND revision IS NULL AND targets = 1") == 2);
    const auto none = world.ctl({"quickjob", "--device", "PC01", "--component", "Greed"});
    CHECK(none.status == 1);
    CHECK_THAT(none.err, contains("Greet"));
    CHECK(world.ctl({"quickjob", "--device", "PC1", "--component", "Greet"}).status == 1);
}

TEST_CASE("without a daemon: status 3, and what needs none still works", "[end_to_end]") {
    World world;
    world.write_settings();
    world.write_runbook("greet", kGreet);
    world.write_runbook("wrong", "conponent: Greet\n");
    for (const auto& verb : {"status", "jobs", "runbooks"}) {
        const auto ended = world.ctl({verb});
        CHECK(ended.status == 3);
        CHECK_THAT(ended.err, contains("runbookctl:") && contains("control.sock"));
    }
    CHECK(world.ctl({"run", "greet"}).status == 3);
    CHECK(world.ctl({"frobnicate"}).status == 2);
    const auto valid = world.ctl({"validate", world.folder.file("runbooks.d/greet.yaml").string()});
    CHECK(valid.status == 0);
    const auto invalid = world.ctl({"validate", world.folder.file("runbooks.d").string(), "--json"});
    CHECK(invalid.status == 1);
    CHECK(json::parse(invalid.out).dump().find("component") != std::string::npos);
    CHECK(world.ctl({"next", "--cron", "0 2 * * *", "--json"}).status == 0);
}

TEST_CASE("a run is waited for across a restart of the daemon", "[end_to_end]") {
    World world;
    start_world(world);
    Process waiting({RUNBOOKCTL, "--socket", world.socket().string(), "run", "greet", "--wait", "--json"},
                    world.folder.file("waiting"));
    REQUIRE(wait_for([&] { return world.ledger().accepted_count() > 0; }));
    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait() == 0);
    world.start_daemon();
    CHECK(waiting.wait() == 0);
    CHECK(json::parse(waiting.out()).at("status") == "completed");
    CHECK(world.ledger().accepted_count() == 2);
}

TEST_CASE("a script written against the seed's job API works unchanged", "[end_to_end]") {
    World world;
    start_world(world);
    const auto socket = world.socket();
    const auto device = device_uid(world, "PC02");
    const json order{{"componentUid", component_uid(world)}, {"variables", {{"who", "seed"}}}};
    const auto target = "/api/v2/device/" + device + "/quickjob";

    const auto created = http_post(socket, target, order.dump(), "key-1");
    REQUIRE(created.status == 200);
    const auto receipt = created.json();
    CHECK(receipt.at("status") == "queued");
    CHECK(receipt.at("deviceUid") == device);
    CHECK(receipt.at("componentUid") == component_uid(world));
    CHECK(receipt.at("createdAt").is_number_integer());
    CHECK(http_post(socket, target, order.dump(), "key-1").json() == receipt);

    const auto job_target = "/api/v2/job/" + receipt.at("jobUid").get<std::string>();
    REQUIRE(wait_for([&] { return http_get(socket, job_target).json().at("status") == "completed"; }));
    const auto job = http_get(socket, job_target).json();
    CHECK(job.at("stdout") == "hello seed on PC02\n");
    CHECK(job.at("stderr") == "a word aside\n");
    CHECK(job.at("hostname") == "PC02");
    CHECK(job.at("componentName") == "Greet");
    CHECK(job.at("jobId").is_number_integer());
    CHECK(job.at("createdAt") <= job.at("queuedAt"));
    CHECK(job.at("startedAt") <= job.at("completedAt"));
    CHECK(job.at("summary").get<std::string>().find("succeeded") != std::string::npos);
    CHECK(world.ledger().accepted_count() == 1);

    const auto offline =
        http_post(socket, "/api/v2/device/" + device_uid(world, "OFF01") + "/quickjob", order.dump());
    CHECK(offline.status == 400);
    CHECK(offline.json().at("errorCode") == "DEVICE_OFFLINE");
    const auto nowhere = http_post(socket, "/api/v2/device/none/quickjob", order.dump());
    CHECK(nowhere.status == 404);
    CHECK(nowhere.json().at("errorCode") == "DEVICE_NOT_FOUND");
    const auto nothing = http_post(socket, target, R"({"componentUid": "Gret"})");
    CHECK(nothing.status == 404);
    CHECK(nothing.json().at("errorCode") == "COMPONENT_NOT_FOUND");
    CHECK(nothing.json().at("details").at("suggestions").at(0) == "Greet");
    CHECK(http_post(socket, target, "{}").json().at("errorCode") == "INVALID_REQUEST");
    CHECK(http_get(socket, "/api/v2/job/none").json().at("errorCode") == "JOB_NOT_FOUND");
    CHECK(world.ledger().accepted_count() == 1);
}

}  // namespace runbookd::end_to_end
