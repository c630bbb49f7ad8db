// What starts a runbook besides its schedule: how it is read, and what only all runbooks together show.
#include <variant>

#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;
using namespace runbookd::runbook;
using runbookd::Millis;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const std::string kLeast = "component: Sweep\ntargets: {include: [{all: true}]}\n";

std::string started_by(const std::string& runbook) {
    return kLeast + "triggers: [{outcome: {runbook: " + runbook + ", disposition: [failed]}}]\n";
}

LoadedRunbooks load(const TempFolder& folder, const Settings& settings = settings_for_tests()) {
    runbookd::zones::Zones zones;
    return load_runbooks(folder.path(), settings, zones);
}

std::vector<std::string> lines_of(const LoadedRunbooks& loaded) {
    std::vector<std::string> lines;
    for (const auto& found : loaded.diagnostics)
        lines.push_back(std::filesystem::path(found.file).filename().string() + ":" +
                        std::to_string(found.line) + ":" + std::to_string(found.column) + " " + found.code +
                        " " + found.path + ": " + found.message);
    return lines;
}

}  // namespace

TEST_CASE("triggers are read with their defaults", "[config][triggers]") {
    const auto parsed =
        parse(kLeast +
              "max_per_hour: 7\n"
              "triggers:\n"
              "  - alert: {priority: [Critical, High], class: perf_disk_usage_ctx, resolve: true}\n"
              "  - alert: {class: [a, b], cooldown: 0s}\n"
              "  - outcome: {runbook: check, disposition: [failed, timeout], consecutive: 3}\n"
              "  - online: {}\n"
              "  - discovered: {settle: 5m}\n");
    REQUIRE(parsed.runbook);
    REQUIRE(parsed.runbook->triggers);
    const auto& triggers = *parsed.runbook->triggers;
    CHECK(triggers.max_per_hour == 7);
    REQUIRE(triggers.list.size() == 5);
    CHECK(std::get<AlertTrigger>(triggers.list[0]) ==
          AlertTrigger{{"Critical", "High"}, {"perf_disk_usage_ctx"}, hours{24}, true});
    CHECK(std::get<AlertTrigger>(triggers.list[1]) == AlertTrigger{{}, {"a", "b"}, Millis{0}, false});
    CHECK(std::get<OutcomeTrigger>(triggers.list[2]) == OutcomeTrigger{"check", {"failed", "timeout"}, 3});
    CHECK(std::get<OnlineTrigger>(triggers.list[3]) == OnlineTrigger{hours{24}});
    CHECK(std::get<DiscoveredTrigger>(triggers.list[4]) == DiscoveredTrigger{minutes{5}});
}

TEST_CASE("a runbook without triggers has none, and stays manual only", "[config][triggers]") {
    const auto parsed = parse(kLeast + "triggers: []\nmax_per_hour: 9\n");
    REQUIRE(parsed.runbook);
    CHECK_FALSE(parsed.runbook->triggers);
    CHECK_FALSE(parsed.runbook->is_scheduled());
}

TEST_CASE("runbooks that would start each other for ever are refused, with the way round",
          "[config][triggers]") {
    const TempFolder folder;
    folder.write("a.yaml", started_by("c"));
    folder.write("b.yaml", started_by("a"));
    folder.write("c.yaml", started_by("b"));
    folder.write("d.yaml", started_by("a"));
    const auto loaded = load(folder);
    CHECK(
        lines_of(loaded) ==
        std::vector<std::string>{
            "a.yaml:3:32 trigger_loop triggers[0].outcome.runbook: these runbooks would start each other for "
            "ever: a → b → c → a",
            "b.yaml:3:32 trigger_loop triggers[0].outcome.runbook: these runbooks would start each other for "
            "ever: b → c → a → b",
            "c.yaml:3:32 trigger_loop triggers[0].outcome.runbook: these runbooks would start each other for "
            "ever: c → a → b → c"});
    REQUIRE(loaded.runbooks.size() == 1);
    CHECK(loaded.runbooks[0].name == "d");
    CHECK(loaded.refused.size() == 3);
}

TEST_CASE("a chain of outcomes is no loop", "[config][triggers]") {
    const TempFolder folder;
    folder.write("a.yaml", kLeast);
    folder.write("b.yaml", started_by("a"));
    folder.write("c.yaml", started_by("b"));
    const auto loaded = load(folder);
    CHECK(loaded.diagnostics.empty());
    CHECK(loaded.runbooks.size() == 3);
}

TEST_CASE("an outcome of a runbook that does not exist is a warning, with the nearest name",
          "[config][triggers]") {
    const TempFolder folder;
    folder.write("backup-check.yaml", kLeast);
    folder.write("repair.yaml", started_by("backup-chek"));
    const auto loaded = load(folder);
    CHECK(loaded.runbooks.size() == 2);
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].severity == Severity::warning);
    CHECK(loaded.diagnostics[0].code == "unknown_runbook");
    CHECK(loaded.diagnostics[0].suggestion == "backup-check");
}
