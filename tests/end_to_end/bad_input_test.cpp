// What can be wrong around the daemon: each is one clear line and a status, or a degraded and honest daemon.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

constexpr const char* kFleet = R"(
pickup: 50ms..200ms
activity_log: {lag: 100ms..500ms}
sites:
  - {name: Acme, devices: [{hostname: PC01}, {hostname: PC02}]}
components:
  - {name: Clear Temp Files, script: "echo cleared $HOSTNAME"}
  - {name: Talk, script: "head -c 60000 /dev/zero | tr '\\0' '*'"}
)";

std::string runbook_for(const std::string& component) {
    return "targets: {include: [{all: true}]}\ncomponent: " + component + "\n";
}

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// A sandbox that listens and settings that lead to it.
void prepare(World& world, const SettingsText& settings = {}) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings(settings);
    world.write_runbook("clear", runbook_for("Clear Temp Files"));
}

std::string problems_of(const World& world) {
    const auto status = world.status();
    return status.is_object() ? status.at("problems").dump() : "nobody answers";
}

std::string state_of(const World& world) {
    const auto status = world.status();
    return status.is_object() ? status.at("state").get<std::string>() : "nobody answers";
}

std::vector<std::string> with_settings(const World& world) {
    return {"--config", world.settings_file().string()};
}

}  // namespace

TEST_CASE("settings that are not there, are no file, or are nonsense end the start with a clear line",
          "[end_to_end]") {
    World world;
    SECTION("none") {
        const auto ended = world.run_daemon({"--config", world.folder.file("none.yaml").string()});
        CHECK(ended.status == 1);
        CHECK(lines_in(ended.err) == 1);
        CHECK_THAT(ended.err, contains("none.yaml"));
    }
    SECTION("a folder") {
        const auto ended = world.run_daemon({"--config", world.folder.path().string()});
        CHECK(ended.status == 1);
        CHECK(lines_in(ended.err) == 1);
        CHECK_THAT(ended.err, contains(world.folder.path().string()));
    }
    SECTION("bytes that are no text") {
        world.folder.write("runbookd.yaml", std::string("\0\xff\xfe{[", 5));
        const auto ended = world.run_daemon(with_settings(world));
        CHECK(ended.status == 1);
        CHECK_THAT(ended.err, contains("runbookd.yaml:1:1"));
    }
    SECTION("a key that is misspelt") {
        world.write_settings();
        world.folder.write("runbookd.yaml", text_of(world.settings_file()) + "stoer: elsewhere.db\n");
        const auto ended = world.run_daemon(with_settings(world));
        CHECK(ended.status == 1);
        CHECK(lines_in(ended.err) == 1);
        CHECK_THAT(ended.err, contains("runbookd.yaml:15:1") && contains("stoer") && contains("store"));
    }
}

TEST_CASE("a second daemon on the same store is kept out", "[end_to_end]") {
    World world;
    prepare(world);
    world.start_daemon();
    const auto second = world.run_daemon(with_settings(world));
    CHECK(second.status == 1);
    CHECK(lines_in(second.err) == 1);
    CHECK_THAT(second.err, contains("audit.db is in use by another runbookd") &&
                               contains("pid " + std::to_string(world.daemon().pid())));
    CHECK(state_of(world) == "running");  // the first one does not mind
}

TEST_CASE("a control socket that another daemon answers on is left to it", "[end_to_end]") {
    World world;
    prepare(world);
    world.start_daemon();
    auto other = text_of(world.settings_file());
    other.replace(other.find("audit.db"), 8, "other.db");
    world.folder.write("other.yaml", other);
    std::filesystem::permissions(world.folder.file("other.yaml"), std::filesystem::perms::owner_read);
    const auto second = world.run_daemon({"--config", world.folder.file("other.yaml").string()});
    CHECK(second.status == 1);
    CHECK(lines_in(second.err) == 1);
    CHECK_THAT(second.err, contains("control.sock is in use"));
    CHECK(state_of(world) == "running");
}

TEST_CASE("a store where none can be is one clear line", "[end_to_end]") {
    World world;
    prepare(world);
    auto settings = text_of(world.settings_file());
    settings.replace(settings.find("audit.db"), 8, "fleet.yaml/audit.db");
    world.folder.write("runbookd.yaml", settings);
    const auto ended = world.run_daemon(with_settings(world));
    CHECK(ended.status == 1);
    CHECK(lines_in(ended.err) == 1);
    CHECK_THAT(ended.err, contains("fleet.yaml") && contains("store:"));
}

TEST_CASE("a store made by a newer version is refused and left untouched", "[end_to_end]") {
    World world;
    prepare(world);
    world.start_daemon();
    world.daemon().signal(SIGTERM);
    REQUIRE(world.daemon().wait() == 0);
    const auto file = world.folder.file("audit.db");
    {
        SQLite::Database made(file.string(), SQLite::OPEN_READWRITE);
        made.exec("PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const auto before = text_of(file);
    const auto ended = world.run_daemon(with_settings(world));
    CHECK(ended.status == 1);
    CHECK(lines_in(ended.err) == 1);
    CHECK_THAT(ended.err, contains("audit.db") && contains("newer"));
    CHECK(text_of(file) == before);
    CHECK(text_of(world.folder.file("audit.db-wal")).empty());
}

TEST_CASE("a database of another program is refused and left untouched", "[end_to_end]") {
    World world;
    prepare(world);
    const auto file = world.folder.file("audit.db");
    {
        SQLite::Database other(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE recipes (name TEXT)");
    }
    const auto before = text_of(file);
    const auto ended = world.run_daemon(with_settings(world));
    CHECK(ended.status == 1);
    CHECK(lines_in(ended.err) == 1);
    CHECK_THAT(ended.err, contains("audit.db") && contains("another program"));
    CHECK(text_of(file) == before);
}

TEST_CASE("a store that is no database is refused and left untouched", "[end_to_end]") {
    World world;
    prepare(world);
    const std::string letter(5000, 'x');
    world.folder.write("audit.db", letter);
    const auto ended = world.run_daemon(with_settings(world));
    CHECK(ended.status == 1);
    CHECK(lines_in(ended.err) == 1);
    CHECK_THAT(ended.err, contains("audit.db"));
    CHECK(text_of(world.folder.file("audit.db")) == letter);
}

TEST_CASE("a wrong secret leaves the daemon up, degraded, and saying so", "[end_to_end]") {
    World world;
    prepare(world, {.secret = "not-the-secret"});
    world.start_daemon();
    REQUIRE(wait_for([&] { return state_of(world) == "degraded"; }));
    CHECK_THAT(problems_of(world), contains("refuses the key and secret"));
    const auto said = world.ctl({"status"});
    CHECK(said.status == 0);
    CHECK_THAT(said.out, contains("degraded") && contains("refuses the key and secret"));
    CHECK(world.get("/healthz").status == 503);
    CHECK(world.ledger().accepted_count() == 0);
    CHECK_THAT(world.daemon_log(), !contains("not-the-secret"));
    CHECK_THAT(problems_of(world), !contains("not-the-secret"));
    CHECK(world.daemon().is_running());
    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait() == 0);
}

TEST_CASE("an API that is down at the start is waited for, and what was asked meanwhile runs then",
          "[end_to_end]") {
    World world;
    prepare(world);
    world.stop_sandbox();
    world.start_daemon();
    REQUIRE(wait_for([&] { return state_of(world) == "degraded"; }));
    CHECK_THAT(problems_of(world), contains("the API does not answer"));
    const auto run = world.start_run("clear");
    CHECK(world.store().text("SELECT status FROM run_history") == "planned");

    world.start_sandbox();
    CHECK(world.end_of_run(run) == "completed");
    CHECK(state_of(world) == "running");
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'account.unreachable'") == 1);
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'account.recovered'") == 1);
}

TEST_CASE("an API that goes away in the middle of a run does not end it", "[end_to_end]") {
    World world;
    prepare(world);
    world.start_daemon();
    const auto refuse =
        http_put(world.sandbox_port(), "/sandbox/faults",
                 R"([{"operation": "results", "kind": "status", "status": 503, "times": 3}])");
    REQUIRE(refuse.status == 200);
    const auto run = world.start_run("clear");
    CHECK(world.end_of_run(run) == "completed");
    CHECK(world.ledger().accepted_count() == 2);
}

TEST_CASE("a port in use ends the sandbox with one clear line", "[end_to_end]") {
    World world;
    prepare(world);
    Process second({RUNBOOKD_SANDBOX, "--fleet", world.folder.file("fleet.yaml").string(), "--listen",
                    "127.0.0.1:" + std::to_string(world.sandbox_port())},
                   world.folder.file("second"));
    CHECK(second.wait() == 1);
    CHECK(lines_in(second.err()) == 1);
    CHECK_THAT(second.err(), contains(std::to_string(world.sandbox_port())));
}

TEST_CASE("a component that does not exist fails the targets, with a suggestion in the trail",
          "[end_to_end]") {
    World world;
    prepare(world);
    world.write_runbook("misspelt", runbook_for("Clear Tenp Files"));
    world.start_daemon();
    CHECK(world.end_of_run(world.start_run("misspelt")) == "failed");
    CHECK(world.store().number("SELECT count(*) FROM target_ledger WHERE runbook = 'misspelt' AND "
                               "disposition = 'failed' AND reason = 'rejected'") == 2);
    const auto message = world.store().text(
        "SELECT data FROM event_trail WHERE kind = 'target.decided' AND data LIKE '%Clear Tenp Files%'");
    CHECK_THAT(message, contains("Clear Temp Files"));
    CHECK(world.ledger().accepted_count() == 0);
}

TEST_CASE("bad runbooks are told with their place, and do not stop the good one", "[end_to_end]") {
    World world;
    prepare(world);
    world.write_runbook("typo", "targets: {include: [{all: true}]}\ncomponent: Talk\nwindwo: 1h\n");
    world.write_runbook("wrong", runbook_for("Talk") + "approval: requierd\n");
    world.write_runbook("broken", "targets: [\n");
    world.write_runbook("empty", "");
    world.start_daemon();
    const auto log = world.daemon_log();
    CHECK_THAT(log, contains("typo.yaml:3:1") && contains("did you mean window?"));
    CHECK_THAT(log, contains("wrong.yaml:3:") && contains("did you mean required?"));
    CHECK_THAT(log, contains("broken.yaml:") && contains("empty.yaml"));
    CHECK(world.status().at("runbooks") == 1);
    CHECK(world.status().at("problems").size() == 4);
    CHECK(world.end_of_run(world.start_run("clear")) == "completed");

    const auto checked = world.run_daemon({"--config", world.settings_file().string(), "--check"});
    CHECK(checked.status == 1);
    CHECK_THAT(checked.err, contains("typo.yaml:3:1") && contains("wrong.yaml:3:"));
}

TEST_CASE("nonsense on the control socket is an answer, and the daemon goes on", "[end_to_end]") {
    World world;
    prepare(world);
    world.start_daemon();
    const auto socket = world.socket();
    CHECK(http_post(socket, "/v1/runs", "{").status == 400);
    CHECK(http_post(socket, "/v1/runs", "[]").status == 400);
    CHECK(http_post(socket, "/v1/runs", R"({"runbook": "clear", "devices": "PC01"})").status == 400);
    CHECK(http_post(socket, "/v1/runs", R"({"runbook": "none"})").status == 404);
    CHECK(http_post(socket, "/v1/runs", std::string(2 << 20, ' ')).status == 413);
    CHECK(http_get(socket, "/v1/jobs?limit=many").status == 400);
    CHECK(http_get(socket, "/v1/jobs/01'; DROP TABLE jobs").status != 200);
    CHECK(http_get(socket, "/none").status == 404);
    CHECK(state_of(world) == "running");
    CHECK(world.end_of_run(world.start_run("clear")) == "completed");
}

TEST_CASE("a full disk stops creates and loses nothing, and the daemon recovers by itself", "[end_to_end]") {
    // Writing beyond the limit of a file's size then fails as a full disk does, for this process's children.
    std::signal(SIGXFSZ, SIG_IGN);
    World world;
    prepare(world);
    world.write_runbook("talk", runbook_for("Talk"));
    world.start_daemon();
    const auto pid = world.daemon().pid();
    rlimit usual{};
    REQUIRE(::prlimit(pid, RLIMIT_FSIZE, nullptr, &usual) == 0);
    // Room for the daemon's few log lines, none for a transaction.
    const rlimit full{8192, usual.rlim_max};
    REQUIRE(::prlimit(pid, RLIMIT_FSIZE, &full, nullptr) == 0);
    Process asking({RUNBOOKCTL, "--socket", world.socket().string(), "run", "talk"},
                   world.folder.file("asking"));
    REQUIRE(wait_for([&] { return state_of(world) == "degraded"; }));
    CHECK_THAT(problems_of(world), contains("store"));
    CHECK(world.ledger().accepted_count() == 0);
    CHECK(asking.is_running());  // not durable, so not acknowledged

    REQUIRE(::prlimit(pid, RLIMIT_FSIZE, &usual, nullptr) == 0);
    CHECK(asking.wait() == 0);
    const auto run = world.store().text("SELECT run_uid FROM run_history");
    CHECK(world.end_of_run(run) == "completed");
    CHECK(state_of(world) == "running");
    CHECK(world.store().number("SELECT count(*) FROM job_history WHERE length(stdout) = 60000") == 2);
    CHECK(fault_in_chain(world.store()) == "");
}

}  // namespace runbookd::end_to_end
