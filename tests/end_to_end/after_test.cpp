// Before and after a change: diff, apply, watch; what became of the devices, why, and what is left, again.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kFleet = R"(
pickup: 50ms..200ms
activity_log: {lag: 100ms..500ms}
sites:
  - name: Acme
    devices: [{hostname: PC01}, {hostname: PC02}, {hostname: BAD01}, {hostname: LAB01}, {hostname: MAC01}]
components:
  - name: Greet
    script: |
      [ "$HOSTNAME" != BAD01 ]
)";
constexpr const char* kGreet = R"(
targets: {include: [{hostname: ["PC*", "BAD*", "LAB*"]}], exclude: [{hostname: "LAB*"}]}
component: Greet
)";

void start_world(World& world) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("greet", kGreet);
    world.start_daemon();
    REQUIRE(wait_for([&] { return world.get("/v1/devices").status == 200; }));
    REQUIRE(wait_for([&] {
        const auto components = world.get("/v1/components");
        return components.status == 200 && !components.json().empty();
    }));
}

json operation_of(const World& world, const std::vector<std::string>& words, const std::string& runbook) {
    const auto said = world.ctl(words);
    for (const auto& one : json::parse(said.out))
        if (one.at("runbook") == runbook) return one;
    return nullptr;
}

std::string revision_of(const World& world, const std::string& runbook) {
    for (const auto& one : world.get("/v1/runbooks").json())
        if (one.at("runbook") == runbook) return one.at("revision").dump();
    return "none";
}

}  // namespace

TEST_CASE("diff tells, apply does, and a bad file keeps its last good revision", "[end_to_end]") {
    World world;
    start_world(world);
    CHECK(world.ctl({"diff"}).out == "nothing to do: 1 runbook is unchanged\n");

    world.write_runbook("greet", std::string(kGreet) + "window: 2h\n");
    world.write_runbook("fresh", kGreet);
    const auto change = operation_of(world, {"diff", "--json"}, "greet");
    CHECK(change.at("operation") == "change");
    CHECK(change.at("changes").dump() == R"([{"key":"window","new":"2h","old":"1h"}])");
    CHECK(operation_of(world, {"diff", "--json"}, "fresh").at("operation") == "add");
    CHECK(revision_of(world, "greet") == "1");

    const auto applied = world.ctl({"apply", "--note", "ticket 4711"});
    CHECK(applied.status == 0);
    CHECK_THAT(applied.out, contains("add         fresh") && contains("window: 1h -> 2h"));
    CHECK(revision_of(world, "greet") == "2");
    // What it says is durable.
    CHECK(world.store().text("SELECT note FROM runbook_revisions WHERE runbook = 'greet' AND revision = 2") ==
          "ticket 4711");
    CHECK(
        world.store().text("SELECT actor <> '' AND actor <> 'SIGHUP' FROM runbook_revisions WHERE runbook = "
                           "'greet' AND revision = 2") == "1");
    CHECK(world.store().text("SELECT data ->> 'note' FROM event_trail WHERE kind = 'reload.done'") ==
          "ticket 4711");

    world.write_runbook("greet", "targets: {include: [{all: yes please}]}\ncomponent: Greet\n");
    std::filesystem::remove(world.folder.file("runbooks.d/fresh.yaml"));
    const auto bad = world.ctl({"apply"});
    CHECK(bad.status == 1);
    CHECK_THAT(bad.out, contains("keep        greet, stays at revision 2") &&
                            contains("retire      fresh, revision 1"));
    CHECK(revision_of(world, "greet") == "2");
    CHECK_THAT(world.ctl({"runbooks"}).out, contains("greet.yaml"));
    CHECK(world.ctl({"diff"}).status == 1);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("a watched folder is taken as soon as it changes", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    const auto settings = text_of(world.settings_file());
    const std::string plain = "runbooks: runbooks.d\n";
    world.folder.write("runbookd.yaml",
                       std::string(settings).replace(settings.find(plain), plain.size(),
                                                     "runbooks: {dir: runbooks.d, apply: watch}\n"));
    world.write_runbook("greet", kGreet);
    world.start_daemon();
    CHECK(revision_of(world, "greet") == "1");
    world.folder.write("next", std::string(kGreet) + "window: 3h\n");
    std::filesystem::rename(world.folder.file("next"), world.folder.file("runbooks.d/greet.yaml"));
    CHECK(wait_for([&] { return revision_of(world, "greet") == "2"; }));
    world.write_runbook("greet", "targets: [\n");
    CHECK(wait_for(
        [&] { return world.status().at("problems").dump().find("greet.yaml") != std::string::npos; }));
    CHECK(revision_of(world, "greet") == "2");
    std::filesystem::rename(world.folder.file("runbooks.d"), world.folder.file("away"));
    CHECK(wait_for([&] {
        return world.status().at("problems").dump().find("folder cannot be read") != std::string::npos;
    }));
    CHECK(revision_of(world, "greet") == "2");
    world.folder.write("away/greet.yaml", std::string(kGreet) + "window: 4h\n");
    std::filesystem::rename(world.folder.file("away"), world.folder.file("runbooks.d"));
    CHECK(wait_for([&] { return revision_of(world, "greet") == "3"; }));
    // In force before it is durable: nobody waits for a watched change.
    CHECK(wait_for([&] {
        return world.store().text(
                   "SELECT actor FROM runbook_revisions WHERE runbook = 'greet' AND revision = 3") == "watch";
    }));
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("what became of each device, why, and what is left, again", "[end_to_end]") {
    World world;
    start_world(world);
    const auto run = world.start_run("greet");
    CHECK(world.end_of_run(run) == "failed");

    const auto covered = json::parse(world.ctl({"coverage", "greet", "--json"}).out);
    REQUIRE(covered.size() == 4);
    for (const auto& device : covered) {
        const auto hostname = device.at("hostname").get<std::string>();
        INFO(hostname);
        CHECK(device.at("covered") == hostname.starts_with("PC"));
        CHECK(device.at("misses") == (hostname == "BAD01" ? 1 : 0));
        if (hostname == "LAB01")
            CHECK(device.at("excluded_by") == "exclude");
        else
            CHECK(device.at("last_disposition") == (hostname == "BAD01" ? "failed" : "succeeded"));
    }

    const auto why = [&](const std::string& device) {
        return json::parse(world.ctl({"why", "greet", device, "--json"}).out).at("rule").get<std::string>();
    };
    CHECK(why("PC01") == "succeeded");
    CHECK(why("bad01") == "datto_failure");
    CHECK(why("LAB01") == "exclude");
    CHECK(why("MAC01") == "not_selected");
    CHECK_THAT(world.ctl({"why", "greet", "BAD01"}).out,
               contains("greet failed on BAD01 in run " + run) && contains("target.decided"));
    CHECK(world.ctl({"why", "greet", "NOBODY"}).status == 1);
    CHECK(world.ctl({"why", "great", "PC01"}).status == 1);
    CHECK_THAT(world.ctl({"why", "greet", "PC01", "--at", "2020-01-01"}).out, contains("did not exist at"));

    const auto again = json::parse(world.ctl({"retarget", run, "--only", "failed", "--json"}).out);
    CHECK(again.at("targets") == 1);
    CHECK(again.at("cause_uid") == run);
    const auto second = again.at("run_uid").get<std::string>();
    CHECK(world.end_of_run(second) == "failed");
    CHECK(world.store().text("SELECT group_concat(hostname) FROM target_ledger WHERE run_uid = '" + second +
                             "'") == "BAD01");
    CHECK(world.store().text("SELECT \"trigger\" || ' ' || cause_uid FROM run_history WHERE run_uid = '" +
                             second + "'") == "retarget " + run);
    const auto nothing = world.ctl({"retarget", run, "--only", "expired"});
    CHECK(nothing.status == 0);
    CHECK_THAT(nothing.out, contains("nothing is left of run " + run));
    CHECK(world.ctl({"retarget", run, "--at", "next-window"}).status == 1);
    CHECK(world.ctl({"pause", "greet", "--for", "1h", "--reason", "x"}).status == 0);
    CHECK(world.ctl({"retarget", run}).status == 4);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
