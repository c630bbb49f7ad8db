// One runbookd drives another: the near one has an account `api: seed`, which is the far one's job API.
#include <csignal>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "end_to_end/harness/bridge.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kFleet = R"(
pickup: 50ms..200ms
activity_log: {lag: 100ms..500ms}
sites:
  - name: Acme
    devices: [{hostname: PC01, udf: {5: gold}}, {hostname: PC02}, {hostname: BAD01}, {hostname: OFF01, online: false}]
components:
  - name: Greet
    variables: [{name: who, type: string, default: nobody}]
    script: |
      echo "hello $who on $HOSTNAME"
      [ "$HOSTNAME" != BAD01 ]
)";

/// The far daemon with its sandbox, and the near one on it.
struct Relay {
    World far;
    std::unique_ptr<Bridge> bridge;
    World near;

    Relay() {
        far.write_fleet(kFleet);
        far.start_sandbox();
        far.write_settings();
        far.start_daemon();
        REQUIRE(wait_for([&] { return far.get("/v1/devices").status == 200; }));
        REQUIRE(wait_for([&] { return far.get("/v1/components").status == 200; }));
        bridge = std::make_unique<Bridge>(far.socket());
    }
    void start_near(const std::string& runbook) {
        near.folder.write(
            "runbookd.yaml",
            "accounts:\n  far:\n    api: seed\n    url: http://127.0.0.1:" + std::to_string(bridge->port()) +
                "\n    token: any-token\n    fleet: {refresh: 10m}\n"
                "runbooks: runbooks.d\nstore: audit.db\n"
                "control: {socket: control.sock}\nunknown_after: 5m\n"
                "log: {level: info, format: text}\nallow_plaintext_secrets: true\n");
        std::filesystem::permissions(
            near.settings_file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        near.write_runbook("greet", runbook);
        near.start_daemon();
    }
};

}  // namespace

TEST_CASE("a runbook runs on the devices of another runbookd", "[end_to_end]") {
    Relay relay;
    relay.start_near(
        "targets: {include: [{hostname: \"*\"}]}\noffline: dispatch\ncomponent: Greet\n"
        "variables: {who: world}\n");
    const auto run = relay.near.start_run("greet");
    CHECK(relay.near.end_of_run(run) == "failed");  // BAD01 fails, OFF01 is refused
    std::map<std::string, Row> jobs;
    for (auto& row :
         relay.near.store().rows("SELECT hostname, status, reason, stdout, datto_status FROM job_history"))
        jobs[row.at("hostname")] = row;
    REQUIRE(jobs.size() == 4);
    CHECK(jobs["PC01"]["status"] == "completed");
    CHECK(jobs["PC01"]["stdout"] == "hello world on PC01\n");
    CHECK(jobs["BAD01"]["status"] == "failed");
    CHECK(jobs["BAD01"]["reason"] == "datto_failure");
    CHECK(jobs["BAD01"]["stdout"] == "hello world on BAD01\n");
    CHECK(jobs["OFF01"]["status"] == "failed");
    CHECK(jobs["OFF01"]["reason"] == "device_offline");
    CHECK(relay.far.ledger().accepted_count() == 3);
    CHECK(relay.far.store().number("SELECT count(*) FROM job_history WHERE \"trigger\" = 'api'") == 3);
}

TEST_CASE("devices of another runbookd are selected by what it knows of them", "[end_to_end]") {
    Relay relay;
    relay.start_near("targets: {include: [{udf: {5: gold}}]}\ncomponent: Greet\n");
    CHECK(relay.near.end_of_run(relay.near.start_run("greet")) == "completed");
    CHECK(relay.far.ledger().accepted_count() == 1);
}

TEST_CASE("a create whose answer is lost on the way is found by its key, and made once", "[end_to_end]") {
    Relay relay;
    relay.start_near("targets: {include: [{hostname: \"PC*\"}]}\ncomponent: Greet\n");
    relay.bridge->lose_answers(2);
    const auto run = relay.near.start_run("greet");
    CHECK(relay.near.end_of_run(run, Limit{90'000}) == "completed");
    CHECK(relay.bridge->lost() == 2);
    CHECK(relay.far.ledger().accepted_count() == 2);
    CHECK(relay.near.store().number("SELECT count(*) FROM event_trail WHERE kind = 'job.unanswered'") == 2);
    std::set<std::string> devices;
    for (const auto& accepted : relay.far.ledger().accepted()) devices.insert(accepted.device_uid);
    CHECK(devices.size() == 2);
}

TEST_CASE("an idempotency key outlives the daemon", "[end_to_end]") {
    Relay relay;
    const auto socket = relay.far.socket();
    const auto components = relay.far.get("/v1/components").json();
    const auto device =
        relay.far.get("/v1/devices?device=PC01").json().at(0).at("device_uid").get<std::string>();
    const json order{{"componentUid", components.at(0).at("component_uid")}};
    const auto target = "/api/v2/device/" + device + "/quickjob";
    const auto first = http_post(socket, target, order.dump(), "rb01");
    REQUIRE(first.status == 200);
    relay.far.daemon().signal(SIGKILL);
    REQUIRE(relay.far.daemon().wait());
    relay.far.start_daemon();
    REQUIRE(wait_for([&] { return relay.far.get("/v1/devices").status == 200; }));
    const auto again = http_post(socket, target, order.dump(), "rb01");
    CHECK(again.status == 200);
    CHECK(again.json() == first.json());
    CHECK(http_post(socket, target, R"({"componentUid": "other"})", "rb01").status == 409);
    const auto job = "/api/v2/job/" + first.json().at("jobUid").get<std::string>();
    CHECK(wait_for([&] { return relay.far.get(job).json().at("status") == "completed"; }));
    CHECK(relay.far.ledger().accepted_count() == 1);
}

}  // namespace runbookd::end_to_end
