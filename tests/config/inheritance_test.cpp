// What runbooks take from the settings: the order, what merges, where diagnostics point, and what a record
// keeps.
#include "config/inheritance.hpp"

#include "catch.hpp"
#include "config/resolved.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

namespace runbook = runbookd::runbook;

const std::string kLeast = "component: Sweep\ntargets: {include: [{all: true}]}\n";

LoadedSettings load(const std::string& yaml) {
    static runbookd::zones::Zones zones;
    const TempFolder folder;
    return load_settings(
        folder.write("runbookd.yaml",
                     "accounts: {main: {api: datto, url: 'https://a.example', key: k, secret: s}}\n"
                     "allow_plaintext_secrets: true\n" +
                         yaml),
        zones);
}

Settings settings_with(const std::string& yaml) {
    auto loaded = load(yaml);
    INFO(yaml);
    CHECK(in_full(loaded.diagnostics).empty());
    REQUIRE(loaded.settings);
    return std::move(*loaded.settings);
}

ParsedRunbook parse_with(const Settings& settings, const std::string& text) {
    static runbookd::zones::Zones zones;
    return parse_runbook(text, "sweep.yaml", settings, zones);
}

runbookd::runbook::Runbook good(const Settings& settings, const std::string& text) {
    auto parsed = parse_with(settings, text);
    INFO(text);
    CHECK(in_full(parsed.diagnostics).empty());
    REQUIRE(parsed.runbook);
    return std::move(*parsed.runbook);
}

const std::string kLevels =
    "defaults: {window: 2h, timeout: 5m, overlap: queue, variables: {a: default, b: default, c: default}}\n"
    "profiles:\n"
    "  slow: {window: 3h, timeout: 20m, variables: {b: slow, c: slow}}\n"
    "  night: {window: 4h, variables: {c: night}, schedule: {timezone: Europe/Berlin, jitter: 5m}}\n";

}  // namespace

TEST_CASE("built-in, defaults, profiles in their order, the runbook: the later wins", "[config]") {
    const auto settings = settings_with(kLevels);
    const auto none = good(settings, kLeast);
    CHECK(none.window == hours(2));
    CHECK(none.timeout == minutes(5));
    CHECK(none.overlap == runbookd::runbook::OverlapPolicy::queue);
    CHECK(none.finish_by == runbookd::runbook::FinishBy::none);

    const auto slow_night = good(settings, "use: [slow, night]\n" + kLeast);
    CHECK(slow_night.window == hours(4));
    CHECK(slow_night.timeout == minutes(20));
    const auto night_slow = good(settings, "use: [night, slow]\n" + kLeast);
    CHECK(night_slow.window == hours(3));

    const auto own = good(settings, "use: [slow]\nwindow: 30m\n" + kLeast);
    CHECK(own.window == minutes(30));
    CHECK(own.timeout == minutes(20));
}

TEST_CASE("maps merge key by key, lists and texts are replaced", "[config]") {
    const auto settings = settings_with(
        "defaults:\n"
        "  targets: {exclude: [{hostname: LAB-1}, {hostname: LAB-2}]}\n"
        "  not_during: [{from: 2026-12-20, to: 2027-01-03}]\n"
        "profiles:\n"
        "  servers: {targets: {include: [{os: \"*Server*\"}]}, component: Sweep}\n");
    const auto taken = good(settings, "use: [servers]\n");
    CHECK(taken.targets.include.size() == 1);
    CHECK(taken.targets.exclude.size() == 2);
    CHECK(taken.component == "Sweep");
    CHECK(taken.not_during.items().size() == 1);
    const auto replaced = good(settings,
                               "use: [servers]\nnot_during: []\n"
                               "targets: {exclude: [{hostname: X}]}\n");
    CHECK(replaced.targets.include.size() == 1);
    CHECK(replaced.targets.exclude.size() == 1);
    CHECK(replaced.not_during.items().empty());
}

TEST_CASE("a schedule that tells no time is none, and goes with every way to tell one", "[config]") {
    const auto settings = settings_with(
        "defaults: {schedule: {timezone: America/New_York, jitter: 5m}}\n"
        "profiles: {sundays: {schedule: {cron: '0 2 * * SUN', offset: 1d}}}\n");
    CHECK_FALSE(good(settings, kLeast).schedule);
    const auto text = good(settings, "schedule: 0 3 * * *\n" + kLeast);
    CHECK(text.schedule->zone() == "America/New_York");
    CHECK(text.schedule->entries()[0].jitter == minutes(5));
    CHECK(good(settings, "use: [sundays]\n" + kLeast).schedule->zone() == "America/New_York");
    const auto once = good(settings, "use: [sundays]\nschedule: {at: 2026-12-01T02:00}\n" + kLeast);
    CHECK(once.schedule->text().find("2026-12-01") != std::string::npos);
    const auto list = good(settings, "use: [sundays]\nschedule: [0 3 * * *]\n" + kLeast);
    CHECK(list.schedule->zone() == "UTC");
}

TEST_CASE("a mistake that comes about only in a runbook points at the settings and names the runbook",
          "[config]") {
    const auto settings = settings_with("defaults: {finish_by: window}\nprofiles: {a: {timeout: 2h}}\n");
    const auto parsed = parse_with(settings, "use: [a]\n" + kLeast);
    REQUIRE(parsed.diagnostics.size() == 1);
    const auto& found = parsed.diagnostics[0];
    CHECK(found.file == settings.runbook_defaults.file);
    CHECK(found.line == 3);
    CHECK(found.column == 23);
    CHECK(found.path == "finish_by");
    CHECK(found.message.ends_with(", in what sweep.yaml takes from here"));

    const auto both = parse_with(settings, "use: [a]\nwindw: 1h\n" + kLeast);
    CHECK(in_short(both.diagnostics) ==
          std::vector<std::string>{"2:1 unknown_key windw", "3:23 bad_value finish_by"});
    CHECK(both.diagnostics[0].file == "sweep.yaml");
}

TEST_CASE("an unknown profile is an error with the nearest", "[config]") {
    const auto settings = settings_with(kLevels);
    const auto parsed = parse_with(settings, "use: [slow, nigth, [x], '']\n" + kLeast);
    CHECK(in_short(parsed.diagnostics) == std::vector<std::string>{"1:13 unknown_profile use[1]",
                                                                   "1:20 wrong_type use[2]",
                                                                   "1:25 bad_value use[3]"});
    CHECK(parsed.diagnostics[0].suggestion == "night");
    CHECK(parsed.diagnostics[0].expected == "one of night, slow");
    CHECK(in_short(parse_with(settings, "use: slow\n" + kLeast).diagnostics) ==
          std::vector<std::string>{"1:6 wrong_type use"});
    CHECK(in_short(parse_with(settings, "use: [slow, slow]\n" + kLeast).diagnostics) ==
          std::vector<std::string>{"1:13 bad_value use[1]"});
    CHECK(in_short(parse("use: [slow]\n" + kLeast).diagnostics) ==
          std::vector<std::string>{"1:7 unknown_profile use[0]"});
}

TEST_CASE("without settings a profile may hold whatever a runbook lacks", "[config]") {
    runbookd::zones::Zones zones;
    const auto parsed = parse_runbook("use: [servers]\nwindow: 1h\n", "a.yaml", Settings{}, zones);
    CHECK(in_full(parsed.diagnostics).empty());
    CHECK_FALSE(parse_runbook("window: 1h\n", "a.yaml", Settings{}, zones).runbook);
    CHECK_FALSE(
        parse_runbook("use: [servers]\nnot_during: [{from: 2026-12-20}]\n", "a.yaml", Settings{}, zones)
            .runbook);
}

TEST_CASE("defaults and profiles are judged once, where they stand", "[config]") {
    struct Case {
        std::string yaml;
        std::vector<std::string> expected;
    };
    const std::vector<Case> cases{
        {"defaults: {windw: 1h}", {"3:12 unknown_key defaults.windw"}},
        {"defaults: {window: soon, offline: skipp}",
         {"3:20 bad_value defaults.window", "3:35 bad_value defaults.offline"}},
        {"defaults: []", {"3:11 wrong_type defaults"}},
        {"defaults: {name: x}", {"3:12 bad_value defaults.name"}},
        {"defaults: {use: [x]}", {"3:12 bad_value defaults.use"}},
        {"defaults: {targets: {include: [{all: true}]}}", {"3:22 bad_value defaults.targets.include"}},
        {"defaults: {not_during: [{from: 2026-12-20}]}", {"3:25 missing_key defaults.not_during[0].to"}},
        {"defaults: {guard: {max: 250}}", {}},
        {"defaults: {guard: {max: none}}", {"3:25 bad_value defaults.guard.max"}},
        {"defaults: {window: 1h, window: 2h}", {"3:24 duplicate_key defaults.window"}},
        {"profiles: [a]", {"3:11 wrong_type profiles"}},
        {"profiles: {A: {}}", {"3:12 bad_value profiles.A"}},
        {"profiles: {a: 5}", {"3:15 wrong_type profiles.a"}},
        {"profiles: {a: {rollout: {waves: [1, 10%, 100%]}}}", {}},
        {"profiles: {a: {notify: [{to: x, on: [failed]}]}}", {"3:30 bad_value profiles.a.notify[0].to"}},
        {"profiles: {a: {schedule: {timezone: Nowhere}}}",
         {"3:37 unknown_zone profiles.a.schedule.timezone"}},
        {"profiles: {a: {targets: {include: [{all: true}]}, schedule: {jitter: 1m}, retry: {delay: 5m}}}",
         {}},
    };
    for (const auto& one : cases) {
        INFO(one.yaml);
        const auto loaded = load(one.yaml + "\n");
        CHECK(in_short(loaded.diagnostics) == one.expected);
        CHECK(loaded.settings.has_value() == one.expected.empty());
    }
}

TEST_CASE("notices in the defaults are every runbook's that has none", "[config]") {
    const std::string notices = "defaults: {notify: [{to: oncall, on: [failed, unknown], per: customer}]}\n";
    const auto target = [](const std::string& name) {
        return "notify: {" + name + ": {webhook: 'https://a.example/secret', format: slack}}\n";
    };
    const auto loaded = load(notices + target("oncall"));
    INFO(in_full(loaded.diagnostics).size());
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->notices.at("oncall").webhook.reveal() == "https://a.example/secret");
    CHECK(loaded.settings->notices.at("oncall").format == NoticeFormat::slack);
    const runbook::NotifyRule rule{
        "oncall", {runbook::Condition::failed, runbook::Condition::unknown}, runbook::NoticesPer::customer};
    const auto plain = good(*loaded.settings, kLeast);
    REQUIRE(plain.notify);
    CHECK(*plain.notify == runbook::NotifyRules{rule});
    CHECK(plain.resolved.find("oncall") != std::string::npos);

    const auto own = good(*loaded.settings, "notify: [{to: oncall, on: [late]}]\n" + kLeast);
    REQUIRE(own.notify);
    CHECK(*own.notify == runbook::NotifyRules{{"oncall", {runbook::Condition::late}}});
    CHECK_FALSE(good(*loaded.settings, "notify: []\n" + kLeast).notify);

    const auto misspelt = load(notices + target("oncal"));
    CHECK_FALSE(misspelt.settings);
    REQUIRE(misspelt.diagnostics.size() == 1);
    CHECK(misspelt.diagnostics[0].path == "defaults.notify[0].to");
    CHECK(misspelt.diagnostics[0].suggestion == "oncal");
    CHECK(in_full(misspelt.diagnostics)[0].find("secret") == std::string::npos);
    CHECK_FALSE(load(notices).settings);
}

TEST_CASE("a revision is what it resolved to, and only that", "[config]") {
    const auto text = "use: [slow]\nwindow: 30m\n" + kLeast;
    const auto one = good(settings_with(kLevels), text);
    CHECK(one.resolved ==
          R"({"account":"main","finish_by":"none","inherited":{"overlap":"queue","timeout":"20m",)"
          R"("variables":{"a":"default","b":"slow","c":"slow"}},"max_in_flight":"100","offline":"wait",)"
          R"("on_unknown":"hold","one_job_per_device":"true","priority":"normal"})");
    // A change that the runbook does not take changes nothing; one that it takes is a new revision.
    auto other = kLevels;
    other.replace(other.find("window: 3h"), 10, "window: 9h");
    CHECK(good(settings_with(other), text).resolved == one.resolved);
    other.replace(other.find("timeout: 20m"), 12, "timeout: 25m");
    CHECK(good(settings_with(other), text).resolved != one.resolved);
}

TEST_CASE("a stored revision takes what it took then, not what the settings say today", "[config]") {
    runbookd::zones::Zones zones;
    const auto none = [](const std::string&) { return nullptr; };
    const auto text = "use: [slow, night]\nschedule: 0 2 * * *\n" + kLeast;
    const auto then = good(settings_with(kLevels), text);
    const auto today = settings_with("defaults: {window: 1m, offline: dispatch}\n");
    const auto again = parse_revision({"sweep", text, then.resolved}, today, zones, none);
    REQUIRE(again.runbook);
    CHECK(again.runbook->window == hours(4));
    CHECK(again.runbook->timeout == minutes(20));
    CHECK(again.runbook->offline == then.offline);
    CHECK(again.runbook->overlap == then.overlap);
    REQUIRE(again.runbook->variables.size() == then.variables.size());
    for (const auto& [name, value] : then.variables)
        CHECK(again.runbook->variables.at(name).shown() == value.shown());
    CHECK(again.runbook->schedule->zone() == "Europe/Berlin");
    CHECK(again.runbook->resolved == then.resolved);
    CHECK(again.runbook->account == then.account);

    // When it took effect, offline devices were skipped where a runbook did not say.
    const auto earlier =
        parse_revision({"sweep", kLeast, R"({"account":"main","offline":"skip"})"}, today, zones, none);
    REQUIRE(earlier.runbook);
    CHECK(earlier.runbook->offline == runbookd::runbook::OfflinePolicy::skip);

    // A record from before there were defaults took none.
    const auto old =
        parse_revision({"sweep", kLeast, R"({"account":"main","window":"1h"})"}, today, zones, none);
    REQUIRE(old.runbook);
    CHECK(old.runbook->window == hours(1));
}

TEST_CASE("a tree survives its record", "[config]") {
    const std::string json =
        R"({"a":{"b":["x",null,{"c":true}],"d":"true"},"e":"007","f":"\"\\ü\n","g":[],"h":{}})";
    const auto tree = tree_from_json(json);
    REQUIRE(tree);
    CHECK(to_json(*tree) == json);
    CHECK(tree->find("a")->value->find("b")->value->items[2]->find("c")->value->plain);
    CHECK_FALSE(tree->find("a")->value->find("d")->value->plain);
    CHECK_FALSE(tree_from_json("[1]"));
    CHECK_FALSE(tree_from_json("{"));
    CHECK_FALSE(ResolvedThen::read(R"({"inherited":5})").inherited);
}

TEST_CASE("to take and then to merge is to merge", "[config]") {
    // Property: what a record keeps is enough, whatever the two trees hold.
    const auto lower = tree_from_json(
        R"({"schedule":{"cron":"a","days":"b","jitter":"c"},"component":"x","targets":{"exclude":["l"]},"w":"1"})");
    for (const auto* text : {R"({})", R"({"schedule":{"at":"z"}})", R"({"schedule":"z"})",
                             R"({"schedule":["z"]})", R"({"steps":[]})", R"({"targets":{"include":["m"]}})",
                             R"({"targets":{"exclude":[]}})", R"({"w":{"x":"y"},"schedule":null})",
                             R"({"schedule":{"maintenance":"p","jitter":"q"},"component":"y"})"}) {
        const auto upper = tree_from_json(text);
        INFO(text);
        CHECK(to_json(*merged(taken(lower, upper), upper)) == to_json(*merged(lower, upper)));
    }
    CHECK(taken(nullptr, lower) == nullptr);
    CHECK(taken(lower, lower) == nullptr);
    CHECK(merged(nullptr, lower) == lower);
}
