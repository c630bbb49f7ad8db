#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd;
using namespace runbookd::config;
using namespace runbookd::config::testing;
using runbook::FinishBy;
using runbook::OfflinePolicy;
using runbook::OverlapPolicy;

namespace {

runbook::Runbook good(const std::string& yaml, const std::string& file = "some-file.yaml") {
    auto parsed = parse(yaml, file);
    INFO(yaml);
    CHECK(in_full(parsed.diagnostics).empty());
    REQUIRE(parsed.runbook);
    return std::move(*parsed.runbook);
}

const std::string kLeast = "component: Sweep\ntargets: {include: [{all: true}]}\n";

}  // namespace

TEST_CASE("the least runbook takes its defaults and says which", "[config]") {
    const auto runbook = good(kLeast, "/etc/somewhere/sweep-all.yaml");
    CHECK(runbook.name == "sweep-all");
    CHECK(runbook.file == "/etc/somewhere/sweep-all.yaml");
    CHECK(runbook.enabled);
    CHECK(runbook.account == "main");
    CHECK_FALSE(runbook.schedule);
    CHECK(runbook.window == std::chrono::hours(1));
    CHECK(runbook.timeout == std::chrono::hours(1));
    CHECK(runbook.offline == OfflinePolicy::wait);
    CHECK_FALSE(runbook.guard.max);
    CHECK(runbook.guard.min == 1);
    CHECK_FALSE(runbook.guard.max_change);
    CHECK(runbook.component == "Sweep");
    CHECK(runbook.variables.empty());
    REQUIRE(runbook.targets.include.size() == 1);
    CHECK(runbook.targets.include[0].all);
    CHECK(runbook.yaml == kLeast);
    CHECK(runbook.resolved ==
          R"({"account":"main","finish_by":"none","max_in_flight":"100","offline":"wait",)"
          R"("on_unknown":"hold","one_job_per_device":"true","overlap":"skip",)"
          R"("priority":"normal","timeout":"1h","window":"1h"})");
}

TEST_CASE("every key that is written counts, and is not named as a default", "[config]") {
    const auto runbook = good(
        "name: clear-temp-files\n"
        "description: Weekly, in Berlin\n"
        "enabled: false\n"
        "account: main\n"
        "schedule: {cron: '0 2 * * SUN', timezone: Europe/Berlin, days: and, offset: 1d, jitter: 5m,\n"
        "  catch_up: all, dst: {gap: skip, repeat: both}}\n"
        "window: 90m\n"
        "finish_by: window\n"
        "overlap: queue\n"
        "offline: dispatch\n"
        "timeout: 10m\n"
        "priority: high\n"
        "on_unknown: redispatch\n"
        "one_job_per_device: false\n"
        "rollout: {max_in_flight: 7}\n"
        "collect: rows\n" +
        kLeast);
    CHECK_FALSE(runbook.one_job_per_device);
    CHECK(runbook.collects_rows);
    CHECK_FALSE(good("collect: none\n" + kLeast).collects_rows);
    CHECK(runbook.max_in_flight == 7);
    CHECK(runbook.name == "clear-temp-files");
    CHECK(runbook.description == "Weekly, in Berlin");
    CHECK_FALSE(runbook.enabled);
    REQUIRE(runbook.schedule);
    CHECK(runbook.schedule->text() == "0 2 * * SUN");
    CHECK(runbook.schedule->zone() == "Europe/Berlin");
    CHECK(runbook.window == std::chrono::minutes(90));
    CHECK(runbook.offline == OfflinePolicy::dispatch);
    CHECK(runbook.timeout == std::chrono::minutes(10));
    CHECK(runbook.finish_by == FinishBy::window);
    CHECK(runbook.create_span() == std::chrono::minutes(80));
    CHECK(runbook.overlap == OverlapPolicy::queue);
    const auto& entry = runbook.schedule->entries().front();
    CHECK(entry.jitter == std::chrono::minutes(5));
    CHECK(entry.catch_up == schedule::CatchUp::all);
    REQUIRE(runbook.zones.size() == 1);
    CHECK(runbook.resolved == R"({"zones":{"Europe/Berlin":")" + runbook.zones[0]->digest + R"("}})");
}

TEST_CASE("a schedule as a text runs in the account's zone", "[config]") {
    zones::Zones zones;
    auto settings = settings_for_tests();
    settings.account.timezone = "Europe/Berlin";
    const auto parsed = parse_runbook("schedule: 0 2 * * *\n" + kLeast, "a.yaml", settings, zones);
    REQUIRE(parsed.runbook);
    CHECK(parsed.runbook->schedule->zone() == "Europe/Berlin");
    CHECK(parsed.runbook->resolved ==
          R"({"account":"main","catch_up":"latest","days":"or","finish_by":"none","jitter":"0s",)"
          R"("max_in_flight":"100","offline":"wait","offset":"0d","on_unknown":"hold",)"
          R"("one_job_per_device":"true","overlap":"skip","priority":"normal",)"
          R"("timeout":"1h",)"
          R"("timezone":"Europe/Berlin",)"
          R"("window":"1h","zones":{"Europe/Berlin":")" +
              zones.rules("Europe/Berlin")->digest + R"("}})");
}

TEST_CASE("an unknown zone of the account refuses what relies on it and nothing else", "[config]") {
    zones::Zones zones;
    auto settings = settings_for_tests();
    settings.account.timezone = "Nowhere/Land";
    const auto bad = parse_runbook("schedule: 0 2 * * *\n" + kLeast, "a.yaml", settings, zones);
    CHECK(in_short(bad.diagnostics) == std::vector<std::string>{"1:11 unknown_zone schedule"});
    CHECK(parse_runbook("schedule: {cron: 0 2 * * *, timezone: UTC}\n" + kLeast, "a.yaml", settings, zones)
              .runbook);
    CHECK(parse_runbook(kLeast, "a.yaml", settings, zones).runbook);
}

TEST_CASE("default-made settings let a runbook name any account", "[config]") {
    zones::Zones zones;
    CHECK(parse_runbook("account: other\n" + kLeast, "a.yaml", Settings{}, zones).runbook);
}

TEST_CASE("selectors take a text, a list or a negation", "[config]") {
    const auto targets = good(
                             "component: Sweep\n"
                             "targets:\n"
                             "  include:\n"
                             "    - {site: Acme HQ, hostname: [\"ACME-*\", b], os: {not: \"*Server*\"}}\n"
                             "    - {device: d4e5f6a7-b8c9-0d1e-2f3a-4b5c6d7e8f9a}\n"
                             "  exclude:\n"
                             "    - hostname: {not: [a, 007]}\n")
                             .targets;
    REQUIRE(targets.include.size() == 2);
    CHECK(targets.include[0].site->any_of == std::vector<std::string>{"Acme HQ"});
    CHECK(targets.include[0].hostname->any_of == std::vector<std::string>{"ACME-*", "b"});
    CHECK_FALSE(targets.include[0].hostname->negated);
    CHECK(targets.include[0].os->negated);
    CHECK_FALSE(targets.include[0].device);
    CHECK(targets.include[1].device->any_of.size() == 1);
    REQUIRE(targets.exclude.size() == 1);
    CHECK(targets.exclude[0].hostname->negated);
    CHECK(targets.exclude[0].hostname->any_of == std::vector<std::string>{"a", "007"});
}

TEST_CASE("every key of a selector is read", "[config]") {
    const auto targets =
        good(
            "component: Sweep\n"
            "targets:\n"
            "  include:\n"
            "    - {device_type: [Server, Desktop], class: device, domain: {not: corp}}\n"
            "    - {udf: {5: gold, 300: {not: [a, b]}}, online: true, filter: All Servers}\n"
            "    - {last_seen: {within: 30d}, first_seen: {not: {within: 7d}}}\n"
            "    - {reboot_required: {not: false}, patch_status: RebootRequired, filter: [17]}\n")
            .targets;
    REQUIRE(targets.include.size() == 4);
    using runbook::TextMatch;
    const auto& include = targets.include;
    CHECK(include[0].device_type == TextMatch{{"Server", "Desktop"}});
    CHECK(include[0].device_class == TextMatch{{"device"}});
    CHECK(include[0].domain == TextMatch{{"corp"}, true});
    CHECK(*include[1].udf == std::map<int, TextMatch>{{5, {{"gold"}}}, {300, {{"a", "b"}, true}}});
    CHECK(include[1].online == runbook::FlagMatch{true});
    CHECK(include[1].filter == TextMatch{{"All Servers"}});
    CHECK(include[2].last_seen == runbook::TimeMatch{std::chrono::hours{24 * 30}});
    CHECK(include[2].first_seen == runbook::TimeMatch{std::chrono::hours{24 * 7}, true});
    CHECK(include[3].reboot_required == runbook::FlagMatch{false, true});
    CHECK(include[3].patch_status == TextMatch{{"RebootRequired"}});
    CHECK(targets.filters() == std::vector<std::string>{"17", "All Servers"});
}

TEST_CASE("a word that Datto is not known to use is taken, with a warning that offers the nearest",
          "[config]") {
    const auto parsed = parse(
        "component: S\ntargets: {include: [{patch_status: RebootRequird}, {class: '*'}, {class: devise}]}\n");
    CHECK(parsed.runbook);
    REQUIRE(parsed.diagnostics.size() == 2);
    CHECK(parsed.diagnostics[0].severity == Severity::warning);
    CHECK(parsed.diagnostics[0].code == "unknown_value");
    CHECK(parsed.diagnostics[0].suggestion == "RebootRequired");
    CHECK(parsed.diagnostics[1].path == "targets.include[2].class");
}

TEST_CASE("variables keep the text as typed", "[config]") {
    const auto runbook = good(kLeast +
                              "variables:\n"
                              "  zeros: 007\n"
                              "  price: 1.50\n"
                              "  flag: true\n"
                              "  old: yes\n"
                              "  date: 2026-12-01\n"
                              "  hex: 0x1F\n"
                              "  empty: ''\n"
                              "  quoted: \"a\\tb\"\n"
                              "  lines: |\n"
                              "    one\n"
                              "    two\n"
                              "  tagged: !!str null\n"
                              "  5: five\n");
    const std::map<std::string, std::string> expected{
        {"zeros", "007"},       {"price", "1.50"},       {"flag", "true"}, {"old", "yes"},
        {"date", "2026-12-01"}, {"hex", "0x1F"},         {"empty", ""},    {"quoted", "a\tb"},
        {"tagged", "null"},     {"lines", "one\ntwo\n"}, {"5", "five"}};
    std::map<std::string, std::string> sent;
    for (const auto& [name, value] : runbook.variables)
        sent[name] = value.constant().value_or("(no constant)");
    CHECK(sent == expected);
}

TEST_CASE("anchors, aliases and merges are applied", "[config]") {
    const auto runbook = good(
        "component: &what Sweep\n"
        "description: *what\n"
        "targets:\n"
        "  include:\n"
        "    - &windows {os: \"*Windows*\", site: A}\n"
        "    - {<<: *windows, site: B}\n"
        "    - {<<: [{site: C}, *windows]}\n");
    CHECK(runbook.description == "Sweep");
    REQUIRE(runbook.targets.include.size() == 3);
    CHECK(runbook.targets.include[1].site->any_of[0] == "B");
    CHECK(runbook.targets.include[1].os->any_of[0] == "*Windows*");
    CHECK(runbook.targets.include[2].site->any_of[0] == "C");
    CHECK(runbook.targets.include[2].os->any_of[0] == "*Windows*");
}

TEST_CASE("a mistake inside a merged map is reported where it is written", "[config]") {
    const auto found = parse(
                           "component: Sweep\n"
                           "targets:\n"
                           "  include:\n"
                           "    - &a {sites: A, site: X}\n")
                           .diagnostics;
    CHECK(in_short(found) == std::vector<std::string>{"4:11 unknown_key targets.include[0].sites"});
}

TEST_CASE("byte order mark, CRLF and comments change nothing", "[config]") {
    const auto runbook =
        good("\xEF\xBB\xBF# hello\r\ncomponent: Sweep # what\r\ntargets: {include: [{all: true}]}\r\n");
    CHECK(runbook.component == "Sweep");
}

TEST_CASE("excluding everything is allowed and warned of", "[config]") {
    const auto parsed = parse("component: S\ntargets: {include: [{all: true}], exclude: [{all: true}]}\n");
    CHECK(parsed.runbook);
    REQUIRE(parsed.diagnostics.size() == 1);
    CHECK(parsed.diagnostics[0].severity == Severity::warning);
    CHECK(parsed.diagnostics[0].code == "selects_nothing");
}
