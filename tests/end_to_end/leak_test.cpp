// A secret on its way through the real programs: it reaches the device, and is nowhere else.
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

const std::string kValue = "s3cr3t-\"quoted\"-value";
const std::string kRenewed = "renewed-value-of-tomorrow";

/// Prints the token wherever it can, also across the cut of a long output, and as a row that spells it in
/// JSON's escapes.
constexpr const char* kFleet = R"(
pickup: 50ms..100ms
sites:
  - name: Acme
    devices: [{hostname: PC01}]
components:
  - name: Leak
    variables: [{name: token, type: string}, {name: header, type: string, default: none}]
    script: |
      for n in $(seq 60); do echo "$n: $token and $header"; done
      echo "$token" >&2
      row=
      for ((i = 0; i < ${#token}; ++i)); do printf -v row '%s\\u%04x' "$row" "'${token:i:1}"; done
      echo "::row {\"token\": \"$row\"}"
)";
constexpr const char* kLeak =
    "targets: {include: [{hostname: PC01}]}\n"
    "component: Leak\n"
    "collect: rows\n"
    "variables:\n"
    "  token: ${secret:backup-token}\n"
    "  header: 'Bearer ${secret:backup-token} for {{ device.hostname }}'\n";

void write_secret(const World& world, const std::string& value) { world.folder.write("token", value + "\n"); }

void start_world(World& world) {
    world.write_fleet(kFleet);
    write_secret(world, kValue);
    world.start_sandbox();
    world.write_settings();
    std::ofstream(world.settings_file(), std::ios::app)
        << "output: {max_bytes: 1KiB}\n"
           "secrets:\n"
           "  backup-token: {from: \"${file:"
        << world.folder.file("token").string() << "}\", runbooks: [\"leak*\"]}\n";
    world.write_runbook("leak", kLeak);
    world.start_daemon();
}

bool holds_secret(const std::string& text) {
    const auto escaped = json(kValue).dump();
    return text.find(kValue) != std::string::npos || text.find(kRenewed) != std::string::npos ||
           text.find(escaped.substr(1, escaped.size() - 2)) != std::string::npos;
}

std::string arguments_of(pid_t pid) { return testing::text_of("/proc/" + std::to_string(pid) + "/cmdline"); }

/// What the device was really given.
std::vector<json> sent_variables(const World& world) {
    std::vector<json> sent;
    for (const auto& line : json_lines_of(world.folder.file("ledger")))
        if (line.at("event") == "accepted") sent.push_back(line.at("variables"));
    return sent;
}

void check_nothing_leaked(World& world) {
    for (const auto* file : {"audit.db", "audit.db-wal", "audit.db-shm"}) {
        INFO(file);
        CHECK_FALSE(holds_secret(testing::text_of(world.folder.file(file))));
    }
    CHECK_FALSE(holds_secret(world.daemon_log()));
    CHECK_FALSE(holds_secret(arguments_of(world.daemon().pid())));
    const auto job = world.store().text("SELECT job_uid FROM job_history");
    for (const auto& path :
         {std::string("/v1/jobs"), "/v1/jobs/" + job, "/v1/jobs/" + job + "/output",
          "/v1/jobs/" + job + "/output?stream=stderr", "/api/v2/job/" + job, std::string("/v1/runs"),
          std::string("/v1/events"), std::string("/v1/targets"),
          "/v1/runs/" + world.store().text("SELECT run_uid FROM run_history") + "/collected",
          std::string("/v1/components"), std::string("/v1/runbooks"), std::string("/v1/status")}) {
        INFO(path);
        const auto answer = world.get(path);
        CHECK(answer.status == 200);
        CHECK_FALSE(holds_secret(answer.body));
    }
}

}  // namespace

TEST_CASE("a secret reaches the device, and is in no file, answer, log or argument", "[end_to_end]") {
    World world;
    start_world(world);
    REQUIRE(world.ctl({"run", "leak", "--wait"}).status == 0);
    REQUIRE(sent_variables(world).size() == 1);
    CHECK(sent_variables(world)[0].dump().find(json(kValue).dump().substr(1, 20)) != std::string::npos);
    CHECK(sent_variables(world)[0].dump().find("for PC01") != std::string::npos);
    check_nothing_leaked(world);

    const auto job = world.store().rows("SELECT variables, stdout, stderr FROM job_history").at(0);
    CHECK(json::parse(job.at("variables")) ==
          json{{"token", "[secret:backup-token]"}, {"header", "Bearer [secret:backup-token] for PC01"}});
    CHECK_THAT(job.at("stdout"),
               contains("1: [secret:backup-token] and Bearer [secret:backup-token] for PC01"));
    CHECK(job.at("stderr") == "[secret:backup-token]\n");
    CHECK(world.store().text("SELECT data FROM collected_rows") == R"({"token":"[secret:backup-token]"})");

    // The value itself, given by hand, would be recorded.
    const auto refused =
        world.ctl({"run", "leak", "--var", "token=" + kValue, "--note", "with " + kValue, "--json"});
    CHECK(refused.status == 4);
    CHECK_THAT(refused.err, contains("${secret:backup-token}"));
    const auto noted = world.ctl({"run", "leak", "--wait", "--note", "with " + kValue});
    CHECK(noted.status == 0);
    CHECK(world.store().text("SELECT note FROM run_history ORDER BY started_at DESC LIMIT 1") ==
          "with [secret:backup-token]");
    CHECK(world.ctl({"run", kValue}).err.find(kValue) == std::string::npos);
    check_nothing_leaked(world);
}

TEST_CASE("a renewed secret is read again on reload and at a start", "[end_to_end]") {
    World world;
    start_world(world);
    REQUIRE(world.ctl({"run", "leak", "--wait"}).status == 0);
    write_secret(world, kRenewed);
    world.daemon().signal(SIGHUP);
    REQUIRE(wait_for([&] {
        return world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'reload.done'") == 1;
    }));
    REQUIRE(world.ctl({"run", "leak", "--wait"}).status == 0);
    CHECK(sent_variables(world).at(1).dump().find(kRenewed) != std::string::npos);
    check_nothing_leaked(world);
    CHECK(world.stop_daemon() == 0);
    world.start_daemon();
    REQUIRE(world.ctl({"run", "leak", "--wait"}).status == 0);
    CHECK(sent_variables(world).at(2).dump().find(kRenewed) != std::string::npos);
    check_nothing_leaked(world);
}

TEST_CASE("a runbook that holds a secret in clear is refused", "[end_to_end]") {
    World world;
    start_world(world);
    world.write_runbook(
        "careless",
        "targets: {include: [{all: true}]}\ncomponent: Leak\nvariables: {token: '" + kValue + "'}\n");
    world.daemon().signal(SIGHUP);
    REQUIRE(wait_for([&] { return world.daemon_log().find("careless.yaml") != std::string::npos; }));
    CHECK_THAT(world.daemon_log(), contains("stands here in clear"));
    CHECK(world.ctl({"run", "careless"}).status == 1);
    CHECK_FALSE(holds_secret(testing::text_of(world.folder.file("audit.db-wal"))));
    CHECK_FALSE(holds_secret(world.daemon_log()));
}

}  // namespace runbookd::end_to_end
