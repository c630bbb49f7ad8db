// Runbooks that must be refused: the whole list of diagnostics is compared, so that none is missing and none
// is extra.
#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

struct Case {
    std::string name;
    std::string yaml;
    std::vector<std::string> expected;
};

/// What every case has besides its own lines: three lines of a good runbook first.
const std::string kGood = "name: sweep\ncomponent: Sweep\ntargets: {include: [{all: true}]}\n";

std::vector<std::string> problems_of(const std::string& yaml) { return in_short(parse(yaml).diagnostics); }

}  // namespace

TEST_CASE("says of every wrong key or value where it is and what kind of mistake", "[config]") {
    const std::vector<Case> cases{
        {"unknown key", "scheduel: '0 2 * * *'", {"4:1 unknown_key scheduel"}},
        {"two unknown keys", "foo: 1\nbar: 2", {"4:1 unknown_key foo", "5:1 unknown_key bar"}},
        {"duplicate key", "window: 1h\nwindow: 2h", {"5:1 duplicate_key window"}},
        {"duplicate key in quotes", "window: 1h\n\"window\": 2h", {"5:1 duplicate_key window"}},
        {"duplicate variable", "variables:\n  days: 1\n  days: 2", {"6:3 duplicate_key variables.days"}},
        {"enabled: yes", "enabled: yes", {"4:10 wrong_type enabled"}},
        {"enabled in quotes", "enabled: \"true\"", {"4:10 wrong_type enabled"}},
        {"enabled: True", "enabled: True", {"4:10 wrong_type enabled"}},
        {"enabled as list", "enabled: [true]", {"4:10 wrong_type enabled"}},
        {"description as map", "description: {a: b}", {"4:14 wrong_type description"}},
        {"description empty", "description:", {"4:1 wrong_type description"}},
        {"another account", "account: mian", {"4:10 bad_value account"}},
        {"window without unit", "window: 60", {"4:9 bad_value window"}},
        {"window as words", "window: one hour", {"4:9 bad_value window"}},
        {"window of nothing", "window: 0s", {"4:9 bad_value window"}},
        {"window too long", "window: 32d", {"4:9 bad_value window"}},
        {"window as list", "window: [1h]", {"4:9 wrong_type window"}},
        {"timeout of nothing", "timeout: 0s", {"4:10 bad_value timeout"}},
        {"timeout too long", "timeout: 31d", {"4:10 bad_value timeout"}},
        {"offline: skipp", "offline: skipp", {"4:10 bad_value offline"}},
        {"cron field", "schedule: \"61 2 * * *\"", {"4:12 cron_syntax schedule"}},
        {"cron hour", "schedule: \"0 25 * * *\"", {"4:14 cron_syntax schedule"}},
        {"cron without quotes", "schedule: 0 25 * * *", {"4:13 cron_syntax schedule"}},
        {"cron behind an anchor", "schedule: {cron: &c '0 25 * * *'}", {"4:24 cron_syntax schedule.cron"}},
        {"cron that never fires", "schedule: '0 0 30 2 *'", {"4:16 cron_syntax schedule"}},
        {"empty cron", "schedule: ''", {"4:11 bad_value schedule"}},
        {"no schedule", "schedule:", {"4:1 wrong_type schedule"}},
        {"schedule without cron", "schedule: {timezone: UTC}", {"4:11 missing_key schedule.cron"}},
        {"a maintenance window that no customer has",
         "schedule: {maintenance: patch}",
         {"4:25 bad_value schedule.maintenance"}},
        {"a maintenance window in a zone",
         "schedule: {maintenance: Patch, timezone: UTC}",
         {"4:25 bad_value schedule.maintenance", "4:42 bad_value schedule.timezone"}},
        {"zones of two kinds",
         "schedule: [{cron: '0 2 * * *', timezone: site}, '0 3 * * *']",
         {"4:49 bad_value schedule[1]"}},
        {"unknown zone",
         "schedule: {cron: '0 2 * * *', timezone: Europe/Berln}",
         {"4:41 unknown_zone schedule.timezone"}},
        {"variables as list", "variables: [a, b]", {"4:12 wrong_type variables"}},
        {"variables of wrong kinds",
         "variables:\n  a:\n  b: ~\n  c: [1]\n  d: {e: 1}",
         {"5:3 wrong_type variables.a", "6:6 wrong_type variables.b", "7:6 wrong_type variables.c",
          "8:6 wrong_type variables.d"}},
        {"unquoted template", "variables:\n  host: {{ device.hostname }}", {"5:10 wrong_type"}},
        {"column counts characters", "variables: {ä: 1, ö: [2]}", {"4:22 wrong_type variables.ö"}},
        {"two merges", "<<: {window: 1h}\n<<: {timeout: 1h}", {"5:1 duplicate_key <<"}},
        {"merge of no map", "<<: 5", {"4:5 wrong_type"}},
        {"map as key", "{a: b}: c", {"4:1 wrong_type"}},
        {"unknown tag", "window: !span 1h", {"4:9 bad_value"}},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        const auto parsed = parse(kGood + one.yaml + "\n");
        CHECK_FALSE(parsed.runbook);
        CHECK(in_short(parsed.diagnostics) == one.expected);
    }
}

TEST_CASE("says of every selector what is wrong with it", "[config]") {
    const std::string head = "component: Sweep\ntargets:\n";
    const std::vector<Case> cases{
        {"no include", "  exclude: []", {"3:3 missing_key targets.include"}},
        {"empty include", "  include: []", {"3:12 bad_value targets.include"}},
        {"include as map", "  include: {site: HQ}", {"3:12 wrong_type targets.include"}},
        {"empty selector", "  include: [{}]", {"3:13 bad_value targets.include[0]"}},
        {"text as selector", "  include: [ACME]", {"3:13 wrong_type targets.include[0]"}},
        {"all: false", "  include: [{all: false}]", {"3:19 bad_value targets.include[0].all"}},
        {"all: yes", "  include: [{all: yes}]", {"3:19 wrong_type targets.include[0].all"}},
        {"all and more", "  include: [{all: true, os: x}]", {"3:19 bad_value targets.include[0].all"}},
        {"empty text", "  include: [{site: ''}]", {"3:20 bad_value targets.include[0].site"}},
        {"null", "  include: [{site: }]", {"3:20 wrong_type targets.include[0].site"}},
        {"empty list", "  include: [{site: []}]", {"3:20 bad_value targets.include[0].site"}},
        {"map in list", "  include: [{site: [{not: a}]}]", {"3:21 wrong_type targets.include[0].site[0]"}},
        {"unknown negation",
         "  include: [{site: {nto: a}}]",
         {"3:21 unknown_key targets.include[0].site.nto"}},
        {"empty negation", "  include: [{site: {}}]", {"3:20 missing_key targets.include[0].site.not"}},
        {"negation of nothing", "  include: [{os: {not: []}}]", {"3:24 bad_value targets.include[0].os.not"}},
        {"pattern for a uid",
         "  include: [{device: 'ACME-*'}]",
         {"3:22 bad_value targets.include[0].device"}},
        {"misspelt key", "  include: [{hostnam: a}]", {"3:14 unknown_key targets.include[0].hostnam"}},
        {"a customer that does not exist",
         "  include:\n    - {site: HQ}\n    - {customer: [acme, 'A*'], udf: {5: gold}}\n    - {customer: "
         "{not: x}}",
         {"5:19 bad_value targets.include[1].customer[0]", "5:25 bad_value targets.include[1].customer[1]",
          "6:24 bad_value targets.include[2].customer.not"}},
        {"empty device_type",
         "  include: [{device_type: []}]",
         {"3:27 bad_value targets.include[0].device_type"}},
        {"empty filter", "  include: [{filter: ''}]", {"3:22 bad_value targets.include[0].filter"}},
        {"udf as text", "  include: [{udf: gold}]", {"3:19 wrong_type targets.include[0].udf"}},
        {"empty udf", "  include: [{udf: {}}]", {"3:19 bad_value targets.include[0].udf"}},
        {"udf 0", "  include: [{udf: {0: a}}]", {"3:20 bad_value targets.include[0].udf.0"}},
        {"udf 301", "  include: [{udf: {301: a}}]", {"3:20 bad_value targets.include[0].udf.301"}},
        {"udf by its name", "  include: [{udf: {udf5: a}}]", {"3:20 bad_value targets.include[0].udf.udf5"}},
        {"udf with a zero", "  include: [{udf: {05: a}}]", {"3:20 bad_value targets.include[0].udf.05"}},
        {"udf of a map",
         "  include: [{udf: {5: {nto: a}}}]",
         {"3:24 unknown_key targets.include[0].udf.5.nto"}},
        {"udf twice", "  include: [{udf: {5: a, 5: b}}]", {"3:26 duplicate_key targets.include[0].udf.5"}},
        {"online: yes", "  include: [{online: yes}]", {"3:22 wrong_type targets.include[0].online"}},
        {"online in a list", "  include: [{online: [true]}]", {"3:22 wrong_type targets.include[0].online"}},
        {"not yes", "  include: [{online: {not: yes}}]", {"3:28 wrong_type targets.include[0].online.not"}},
        {"reboot as text",
         "  include: [{reboot_required: 'true'}]",
         {"3:31 wrong_type targets.include[0].reboot_required"}},
        {"span alone", "  include: [{last_seen: 30d}]", {"3:25 wrong_type targets.include[0].last_seen"}},
        {"no span", "  include: [{last_seen: {}}]", {"3:25 missing_key targets.include[0].last_seen.within"}},
        {"no time",
         "  include: [{last_seen: {within: 3}}]",
         {"3:34 bad_value targets.include[0].last_seen.within"}},
        {"too short",
         "  include: [{first_seen: {within: 1s}}]",
         {"3:35 bad_value targets.include[0].first_seen.within"}},
        {"too long",
         "  include: [{first_seen: {not: {within: 4000d}}}]",
         {"3:41 bad_value targets.include[0].first_seen.not.within"}},
        {"misspelt within",
         "  include: [{last_seen: {wihtin: 3d}}]",
         {"3:26 unknown_key targets.include[0].last_seen.wihtin"}},
        {"unknown part", "  include: [{all: true}]\n  exlude: []", {"4:3 unknown_key targets.exlude"}},
        {"null in exclude",
         "  include: [{all: true}]\n  exclude: [null]",
         {"4:13 wrong_type targets.exclude[0]"}},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        CHECK(problems_of(head + one.yaml + "\n") == one.expected);
    }
}

TEST_CASE("says of the whole document what is wrong with it", "[config]") {
    const std::vector<Case> cases{
        {"empty", "", {"0:0 yaml_syntax"}},
        {"comments only", "# nothing\n", {"0:0 yaml_syntax"}},
        {"a list", "- a\n- b\n", {"1:1 wrong_type"}},
        {"a text", "sweep\n", {"1:1 wrong_type"}},
        {"empty map", "{}\n", {"1:1 missing_key targets", "1:1 missing_key component"}},
        {"two documents", kGood + "---\n" + kGood, {"4:1 yaml_syntax"}},
        {"unquoted star", kGood + "schedule: * * * * *\n", {"4:12 yaml_syntax"}},
        {"unknown alias", kGood + "window: *w\n", {"4:9 yaml_syntax"}},
        {"unclosed flow", "targets: {include: [\n", {"2:1 yaml_syntax"}},
        {"bad name", "name: Clear Temp\n" + kGood.substr(12), {"1:7 bad_value name"}},
        {"reserved name", "name: quickjob\n" + kGood.substr(12), {"1:7 bad_value name"}},
        {"name as list", "name: [a]\n" + kGood.substr(12), {"1:7 wrong_type name"}},
        {"control character", "name: a\x01\n", {"1:8 yaml_syntax"}},
        {"end-of-file byte of the library", "name: a\x04\n", {"1:8 yaml_syntax"}},
        {"not UTF-8", "name: \xC3\xA9\xFF\xFE\n", {"1:8 yaml_syntax"}},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        CHECK(problems_of(one.yaml) == one.expected);
    }
}

TEST_CASE("a message names what was expected and the nearest spelling", "[config]") {
    const auto lines =
        in_full(parse(kGood + "scheduel: x\nenabled: yes\noffline: dispach\ncollect: row\n").diagnostics);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] ==
          "some-file.yaml:4:1: error: scheduel: unknown key 'scheduel' (expected one of name, description, "
          "enabled, "
          "account, use, tags, priority, schedule, triggers, max_per_hour, window, finish_by, not_during, "
          "offline, "
          "overlap, one_job_per_device, guard, approval, targets, once, ramp, component, variables, steps, "
          "timeout, "
          "success, collect, retry, on_unknown, tolerate, rollout, notify; did you mean schedule?)");
    CHECK(lines[1] ==
          "some-file.yaml:5:10: error: enabled: 'yes' is a text, not a boolean (expected true or false, "
          "without quotes; did "
          "you mean true?)");
    CHECK(lines[2] ==
          "some-file.yaml:6:10: error: offline: 'dispach' is not a choice here (expected one of wait, "
          "skip, dispatch; did you mean "
          "dispatch?)");
    CHECK(lines[3] ==
          "some-file.yaml:7:10: error: collect: 'row' is not a choice here (expected one of none, rows; did "
          "you "
          "mean rows?)");
}

TEST_CASE("a duplicate key names both lines", "[config]") {
    const auto found = parse(kGood + "window: 1h\n\nwindow: 2h\n").diagnostics;
    REQUIRE(found.size() == 1);
    CHECK(found[0].message == "'window' stands on line 4 and again on line 6");
}

TEST_CASE("an unquoted star is explained", "[config]") {
    const auto found = parse("targets:\n  include: [{hostname: *SQL*}]\n").diagnostics;
    REQUIRE(found.size() == 1);
    CHECK(found[0].expected.find("quotes") != std::string::npos);
}

TEST_CASE("a tab as indentation is explained", "[config]") {
    const auto found = parse("targets:\n\tinclude: [{all: true}]\n").diagnostics;
    REQUIRE(found.size() == 1);
    CHECK(found[0].expected.find("tabs") != std::string::npos);
}

TEST_CASE("a long value is cut between characters in messages", "[config]") {
    std::string umlauts = "x";
    for (int i = 0; i < 100; ++i) umlauts += "ä";
    const auto found = parse(kGood + "window: " + umlauts + "\n" + umlauts + ": 1\n").diagnostics;
    REQUIRE(found.size() == 2);
    CHECK(found[0].message.size() < 100);
    CHECK(found[0].message.find("ä…'") != std::string::npos);
    CHECK(found[1].path.ends_with("ä…"));
}
