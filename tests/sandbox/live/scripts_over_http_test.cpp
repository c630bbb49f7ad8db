// Components whose scripts really run, from the create to the output.
#include "live_sandbox.hpp"

namespace runbookd::sandbox {
namespace {

using testing::Client;
using testing::lines_of;
using testing::LiveSandbox;

constexpr const char* kFleet = R"(
pickup: 10ms..50ms
limits: off
sites: [{name: HQ, devices: [{hostname: PC1}, {hostname: "WS{n:02}", count: 20}]}]
components:
  - name: Clear
    variables: [{name: days, default: "7"}]
    script: echo "Deleted files older than $days days on $HOSTNAME"
  - {name: Warn, script: "echo careful >&2; exit 64"}
  - {name: Fail, script: "echo trying; exit 7"}
  - {name: Hang, script: "sleep 100", timeout: 200ms}
  - {name: Binary, script: "printf 'a\\xffb'"}
  - {name: Nap, script: "sleep 0.05; echo $HOSTNAME"}
)";

struct Ended {
    nlohmann::json results;
    std::string out;
    std::string err;
};

Ended run(Client& client, const std::string& component,
          const nlohmann::json& variables = nlohmann::json::array()) {
    const auto device = client.device_uid("PC1");
    const auto created = client.create(device, client.component_uid(component), "job", variables);
    REQUIRE(created.status == 200);
    const std::string job = created.json()["job"]["uid"];
    Ended ended;
    ended.results = client.results_at_end(job, device);
    const auto path = "/api/v2/job/" + job + "/results/" + device;
    for (const auto& each : client.get(path + "/stdout").json())
        ended.out += each["stdData"].get<std::string>();
    for (const auto& each : client.get(path + "/stderr").json())
        ended.err += each["stdData"].get<std::string>();
    return ended;
}

TEST_CASE("a script's output is the job's, with defaults and with what was sent", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    const auto plain = run(client, "Clear");
    CHECK(plain.results["jobDeploymentStatus"] == "Success");
    CHECK(plain.results["ranOn"].is_number_integer());
    CHECK(plain.out == "Deleted files older than 7 days on PC1\n");
    CHECK(run(client, "Clear", {{{"name", "days"}, {"value", "30"}}}).out ==
          "Deleted files older than 30 days on PC1\n");
}

TEST_CASE("the exit code decides between success, warning and failure", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    const auto warned = run(client, "Warn");
    CHECK(warned.results["jobDeploymentStatus"] == "Warning");
    CHECK(warned.results["componentResults"][0]["numberOfWarnings"] == 1);
    CHECK(warned.results["componentResults"][0]["hasStdErr"] == true);
    CHECK(warned.err == "careful\n");
    const auto failed = run(client, "Fail");
    CHECK(failed.results["jobDeploymentStatus"] == "Failure");
    CHECK(failed.results["componentResults"][0]["componentStatus"] == "Failure");
    CHECK(failed.out == "trying\n");
    const auto hung = run(client, "Hang");
    CHECK(hung.results["jobDeploymentStatus"] == "Failure");
    const auto ledger = lines_of(sandbox.folder.file("ledger"));
    REQUIRE(ledger.size() == 6);
    CHECK(ledger[1]["exit_code"] == 64);
    CHECK(ledger[3]["exit_code"] == 7);
    CHECK(ledger[5]["exit_code"] == 137);
}

TEST_CASE("a script that was killed at its timeout ends as the fleet says", "[sandbox]") {
    LiveSandbox sandbox(std::string(kFleet) + "unknowns: {timed_out: Expired}\n");
    Client client(sandbox);
    const auto hung = run(client, "Hang");
    CHECK(hung.results["jobDeploymentStatus"] == "Expired");
    CHECK(hung.results["ranOn"].is_number_integer());
    CHECK(hung.results["componentResults"].is_null());
    CHECK(run(client, "Fail").results["jobDeploymentStatus"] == "Failure");
}

TEST_CASE("a script that restarts its device takes it offline", "[sandbox]") {
    LiveSandbox sandbox(
        "pickup: 0s\nsites: [{name: A, devices: [{hostname: PC1}]}]\n"
        "components: [{name: Restart, script: echo bye, reboots: {down_for: 200ms}}]\n");
    Client client(sandbox);
    run(client, "Restart");
    const auto path = "/api/v2/device/" + client.device_uid("PC1");
    CHECK(client.get(path).json()["online"] == false);
    for (int i = 0; i < 1000 && client.get(path).json()["online"] == false; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});  // a real restart is waited for
    CHECK(client.get(path).json()["lastReboot"].is_number_integer());
}

TEST_CASE("output that is not UTF-8 may be sent byte by byte", "[sandbox]") {
    LiveSandbox sandbox(std::string(kFleet) + "unknowns: {output: {invalid_utf8: raw}}\n");
    Client client(sandbox);
    const auto device = client.device_uid("PC1");
    const std::string job = client.create(device, client.component_uid("Binary"), "j").json()["job"]["uid"];
    client.results_at_end(job, device);
    const auto reply = client.get("/api/v2/job/" + job + "/results/" + device + "/stdout");
    CHECK(reply.body.find("\"stdData\":\"a\xFF"
                          "b\"") != std::string::npos);
}

TEST_CASE("output that is not UTF-8 is still served as JSON", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    CHECK(run(client, "Binary").out ==
          "a\xEF\xBF\xBD"
          "b");
}

TEST_CASE("more scripts than may run at once all end, each with its own output", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    const auto component = client.component_uid("Nap");
    std::vector<std::pair<std::string, nlohmann::json>> jobs;
    const auto page = client.get("/api/v2/account/devices?hostname=WS").json();
    for (const auto& device : page["devices"]) {
        const auto created = client.create(device["uid"], component, "nap").json();
        jobs.emplace_back(created["job"]["uid"], device);
    }
    REQUIRE(jobs.size() == 20);
    for (const auto& [job, device] : jobs) {
        const std::string uid = device["uid"];
        CHECK(client.results_at_end(job, uid)["jobDeploymentStatus"] == "Success");
        const auto out = client.get("/api/v2/job/" + job + "/results/" + uid + "/stdout").json();
        REQUIRE(out.size() == 1);
        CHECK(out[0]["stdData"] == device["hostname"].get<std::string>() + "\n");
    }
}

TEST_CASE("a sandbox that ends takes its running scripts with it", "[sandbox]") {
    const auto started = std::chrono::steady_clock::now();
    {
        LiveSandbox sandbox(
            "pickup: 0s\nsites: [{name: A, devices: [{hostname: PC1}]}]\n"
            "components: [{name: Sleep, script: sleep 100}]\n");
        Client client(sandbox);
        const auto device = client.device_uid("PC1");
        const std::string job =
            client.create(device, client.component_uid("Sleep"), "j").json()["job"]["uid"];
        std::string status;
        for (int i = 0; i < 500 && status != "Running"; ++i) {
            status = client.get("/api/v2/job/" + job + "/results/" + device).json()["jobDeploymentStatus"];
        }
        CHECK(status == "Running");
    }
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{20});
}

}  // namespace
}  // namespace runbookd::sandbox
