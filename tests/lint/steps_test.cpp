// Steps that are valid and not what somebody meant.
#include "catch.hpp"
#include "config/lint.hpp"
#include "config/runbooks.hpp"
#include "zones/zones.hpp"

namespace runbookd::lint {
namespace {

/// "code path", one of each finding.
std::vector<std::string> findings_of(const std::string& steps) {
    static zones::Zones zones;
    config::Settings settings;
    settings.account.name = "main";
    settings.account.timezone = "UTC";
    settings.account.timezone_is_written = true;
    const auto parsed = config::parse_runbook(
        "targets: {include: [{all: true}]}\nwindow: 1h\nsteps:\n" + steps, "mend.yaml", settings, zones);
    REQUIRE(parsed.runbook);
    std::vector<std::string> lines;
    for (const auto& found :
         config::lint_runbook(*parsed.runbook, settings, *parse_utc("2026-12-01T12:00:00Z")))
        lines.push_back(found.code + " " + found.path);
    return lines;
}

}  // namespace

TEST_CASE("lint knows steps that the window leaves no time for", "[lint]") {
    const std::string restart = "  - {name: a, component: A}\n  - {expect: {rebooted: true, within: 40m}}\n";
    const std::string again = "  - {name: b, component: B}\n  - {expect: {rebooted: true, within: 40m}}\n";
    CHECK(findings_of(restart + again).empty());  // the last return is no job
    CHECK(findings_of(restart + again + "  - {name: c, component: C}\n") ==
          std::vector<std::string>{"no_time_for_steps steps"});
}

TEST_CASE("lint knows returns that are seen before the device has gone", "[lint]") {
    CHECK(findings_of("  - {name: a, component: A}\n  - {expect: {online: true}}\n") ==
          std::vector<std::string>{"not_away_yet steps[1].expect"});
}

}  // namespace runbookd::lint
