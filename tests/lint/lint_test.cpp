// Runbooks that are valid and not what somebody meant: the whole list of findings is compared.
#include "config/lint.hpp"

#include "catch.hpp"
#include "config/runbooks.hpp"
#include "zones/zones.hpp"

namespace runbookd::lint {
namespace {

using Lines = std::vector<std::string>;

config::Settings settings_in(const char* zone) {
    config::Settings settings;
    settings.account.name = "main";
    settings.account.timezone = zone;
    settings.account.timezone_is_written = true;
    return settings;
}

std::vector<config::Diagnostic> lint(const std::string& yaml, const config::Settings& settings) {
    static zones::Zones zones;
    const auto text = "component: Sweep\ntargets: {include: [{all: true}]}\n" + yaml + "\n";
    const auto parsed = config::parse_runbook(text, "sweep.yaml", settings, zones);
    INFO(yaml);
    for (const auto& found : parsed.diagnostics) CHECK(config::to_line(found).empty());
    REQUIRE(parsed.runbook);
    return config::lint_runbook(*parsed.runbook, settings, *parse_utc("2026-12-01T12:00:00Z"));
}

/// "line:column code path", one of each finding.
Lines codes_of(const std::string& yaml, const config::Settings& settings = settings_in("UTC")) {
    Lines lines;
    for (const auto& found : lint(yaml, settings)) {
        CHECK(found.severity == config::Severity::warning);
        lines.push_back(std::to_string(found.line) + ":" + std::to_string(found.column) + " " + found.code +
                        " " + found.path);
    }
    return lines;
}

/// The message, and behind " -> " the suggestion; of the only finding.
std::string message_of(const std::string& yaml, const config::Settings& settings = settings_in("UTC")) {
    const auto found = lint(yaml, settings);
    REQUIRE(found.size() == 1);
    return found[0].message + (found[0].suggestion.empty() ? "" : " -> " + found[0].suggestion);
}

std::string at_schedule(const char* code) { return "3:11 " + std::string(code) + " schedule"; }

}  // namespace

TEST_CASE("lint has nothing to say of what is clear", "[lint]") {
    for (const auto* schedule :
         {"0 2 * * *", "*/15 * * * *", "0 8-18 * * MON-FRI", "0 0 1 * *", "0 0 15 * *", "30 4 L * *",
          "0 2 * * TUE#2", "* 8-18 * * *", "@daily", "@every 15m", "H H * * *", "0 0 2 1-12 *", "0 0 2 JAN *",
          "0 3 1-31/2 * *", "30 0 2 * * *", "0 2 28 * *"}) {
        INFO(schedule);
        CHECK(codes_of("schedule: '" + std::string(schedule) + "'").empty());
    }
    CHECK(codes_of("window: 1s").empty());  // nothing that runs by itself
}

TEST_CASE("lint knows the days that months lack", "[lint]") {
    CHECK(message_of("schedule: 0 3 31 * *") ==
          "'0 3 31 * *' names the 31st, which February, April, June, September and November do not have: "
          "left out there "
          "-> 0 3 L * *");
    CHECK(message_of("schedule: 0 3 30 * *") ==
          "'0 3 30 * *' names the 30th, which February does not have: left out there -> 0 3 L * *");
    CHECK(message_of("schedule: 0 3 29 2 *") ==
          "'0 3 29 2 *' names the 29th, which February has in leap years only: other years leave it out -> 0 "
          "3 L 2 *");
    CHECK(message_of("schedule: 0 3 1,15,31 4-6 *") ==
          "'0 3 1,15,31 4-6 *' names the 31st, which April and June do not have: left out there");
    CHECK(codes_of("schedule: 0 3 31 1,3,5 *").empty());
    CHECK(codes_of("schedule: 0 3 29 3 *").empty());
    CHECK(codes_of("schedule: 0 3 31W * *") == Lines{at_schedule("missing_day")});
}

TEST_CASE("lint knows how days are joined", "[lint]") {
    CHECK(codes_of("schedule: 0 3 13 * FRI") == Lines{at_schedule("days_either")});
    CHECK(codes_of("schedule: {cron: 0 3 13 * FRI}") == Lines{"3:18 days_either schedule.cron"});
    CHECK(codes_of("schedule: {cron: 0 3 13 * FRI, days: or}").empty());
    CHECK(codes_of("schedule: {cron: 0 3 13 * FRI, days: and}").empty());
    CHECK(codes_of("schedule: '0 3 */2 * FRI'") == Lines{at_schedule("days_both")});
    CHECK(codes_of("schedule: '0 3 13 * */2'") == Lines{at_schedule("days_both")});
    CHECK(codes_of("schedule: {cron: '0 3 */2 * FRI', days: and}").empty());
    CHECK(codes_of("schedule: '0 3 */2 * *'").empty());
    const auto found = lint("schedule: '0 3 13 * FRI'", settings_in("UTC"));
    CHECK(found[0].message.find("either is enough") != std::string::npos);
    CHECK(found[0].expected.find("days: and") != std::string::npos);
}

TEST_CASE("lint knows fields that read like others", "[lint]") {
    CHECK(message_of("schedule: 0 0 2 * *") ==
          "'0 0 2 * *' is midnight on the 2nd of every month, not 2 o'clock every day -> 0 2 * * *");
    CHECK(message_of("schedule: '* 2 * * *'") ==
          "'* 2 * * *' fires every minute of the hours that it names, 60 times a day -> 0 2 * * *");
    CHECK(codes_of("schedule: '* 2,14 * * *'") == Lines{at_schedule("every_minute")});
    CHECK(codes_of("schedule: '* 0 2 * * *'") == Lines{at_schedule("every_second")});
    const auto six = lint("schedule: 0 0 2 * * *", settings_in("UTC"));
    REQUIRE(six.size() == 1);
    CHECK(six[0].code == "six_fields");
    CHECK(six[0].message.find("02:00") != std::string::npos);
    CHECK(six[0].suggestion == "0 2 * * *");
    CHECK(codes_of("schedule: 0 2 * * * *") == Lines{at_schedule("six_fields")});
}

TEST_CASE("lint knows the next hours that the clock skips or repeats", "[lint]") {
    const auto berlin = settings_in("Europe/Berlin");
    const auto both = lint("schedule: 30 2 * * *", berlin);
    REQUIRE(both.size() == 2);
    CHECK(both[0].code == "dst_gap");
    CHECK(both[0].message ==
          "'30 2 * * *': in Europe/Berlin the clock skips 02:00 to 03:00 on 2027-03-28 and 2028-03-26; what "
          "is due then "
          "fires once, at 03:00");
    CHECK(both[1].code == "dst_repeat");
    CHECK(both[1].message ==
          "'30 2 * * *': in Europe/Berlin the clock shows 02:00 to 03:00 twice on 2027-10-31 and 2028-10-29; "
          "what is due "
          "then fires at the first of the two only");
    const auto other = lint("schedule: '*/20 2 * * *'", berlin);
    REQUIRE(other.size() == 2);
    CHECK(other[0].message.find("what is due then does not fire") != std::string::npos);
    CHECK(other[1].message.find("fires both times") != std::string::npos);

    CHECK(codes_of("schedule: 0 2 * * MON", berlin).empty());  // the clock changes on Sundays
    CHECK(codes_of("schedule: 0 3 * * *", berlin).empty());
    CHECK(codes_of("schedule: '*/20 * * * *'", berlin).empty());  // every real hour
    CHECK(codes_of("schedule: 30 2 * * *").empty());              // UTC
    CHECK(codes_of("schedule: {cron: 30 2 * * *, dst: {gap: skip}}", berlin) ==
          Lines{"3:18 dst_repeat schedule.cron"});
    CHECK(codes_of("schedule: {cron: 30 2 * * *, dst: {gap: skip, repeat: both}}", berlin).empty());
    CHECK(codes_of("schedule: {at: 2027-03-28T02:30}", berlin) == Lines{"3:16 dst_gap schedule.at"});
    CHECK(codes_of("schedule: {at: 2027-10-31T02:30}", berlin) == Lines{"3:16 dst_repeat schedule.at"});
    // A change of half an hour, and one at midnight.
    CHECK(message_of("schedule: {cron: 15 2 * * *, timezone: Australia/Lord_Howe, dst: {repeat: first}}") ==
          "'15 2 * * *': in Australia/Lord_Howe the clock skips 02:00 to 02:30 on 2027-10-03 and 2028-10-01; "
          "what is due "
          "then fires once, at 02:30");
    CHECK(codes_of("schedule: {cron: 0 0 * * *, timezone: America/Santiago}") ==
          Lines{"3:18 dst_gap schedule.cron"});
}

TEST_CASE("lint asks for a time zone where one matters", "[lint]") {
    config::Settings nobodys;
    nobodys.account.name = "main";
    const config::Settings unknown;
    CHECK(codes_of("schedule: 0 3 * * *", nobodys) == Lines{at_schedule("no_zone")});
    CHECK(codes_of("schedule: 0 3 * * *", unknown) == Lines{at_schedule("no_zone")});
    CHECK(codes_of("schedule: {cron: 0 3 * * *, timezone: UTC}", nobodys).empty());
    CHECK(codes_of("schedule: {at: 2027-01-01T02:00}", nobodys) == Lines{"3:16 no_zone schedule.at"});
    CHECK(codes_of("schedule: '*/5 * * * *'", nobodys).empty());
    CHECK(codes_of("schedule: '@every 15m'", nobodys).empty());
    CHECK(codes_of("schedule: '0 * * * MON'", nobodys) == Lines{at_schedule("no_zone")});
}

TEST_CASE("lint knows what has passed", "[lint]") {
    CHECK(codes_of("schedule: {at: 2026-11-30T02:00}") == Lines{"3:16 past schedule.at"});
    CHECK(codes_of("schedule: [0 3 * * *, {at: 2026-11-30T02:00}]") == Lines{"3:28 past schedule[1].at"});
}

TEST_CASE("lint compares the window with what it has to hold", "[lint]") {
    CHECK(codes_of("schedule: {cron: 0 3 * * *, jitter: 2h}") == Lines{"3:37 jitter schedule.jitter"});
    CHECK(codes_of("schedule: {cron: 0 3 * * *, jitter: 1h}").empty());
    CHECK(codes_of("schedule: {cron: 0 3 * * *, jitter: 50m}\nfinish_by: window\ntimeout: 30m") ==
          Lines{"3:37 jitter schedule.jitter"});
    CHECK(codes_of("schedule: '*/15 * * * *'\noverlap: allow") == Lines{"4:10 overlapping overlap"});
    CHECK(codes_of("schedule: '*/15 * * * *'\noverlap: queue\nwindow: 15m").empty());
    CHECK(codes_of("schedule: '*/15 * * * *'").empty());  // overlap: skip is safe
    CHECK(codes_of("schedule: {cron: '* * * * *', catch_up: all}\nwindow: 30s") ==
          Lines{"3:41 never_caught_up schedule.catch_up"});
    CHECK(codes_of("schedule: {cron: '* * * * *', catch_up: none}\nwindow: 30s").empty());
}

TEST_CASE("lint knows blackouts that leave nothing", "[lint]") {
    const std::string nightly = "schedule: 0 3 * * *\nwindow: 2h\n";
    CHECK(codes_of(nightly + "not_during: [{cron: 0 1 * * *, for: 5h}]") ==
          Lines{"5:13 always_blacked_out not_during"});
    CHECK(codes_of(nightly + "not_during: [{cron: 0 1 * * *, for: 3h}]").empty());
    CHECK(codes_of(nightly + "not_during: [{from: 2026-12-01, to: 2027-11-01}]").empty());
    CHECK(codes_of(nightly + "not_during: [{from: 2026-12-01, to: 2027-12-31}]") ==
          Lines{"5:13 always_blacked_out not_during"});
    CHECK(codes_of("schedule: '* * * * *'\nnot_during: [{cron: '* * * * * *', for: 10h}]") ==
          Lines{"4:13 always_blacked_out not_during"});
}

TEST_CASE("lint looks at a schedule in its customers' zones once", "[lint]") {
    auto settings = settings_in("UTC");
    for (const auto* name : {"acme", "birch"}) {
        settings.customers[name].name = name;
        settings.customers[name].timezone = "Europe/Berlin";
    }
    CHECK(codes_of("schedule: {cron: '0 3 31 * *', timezone: customer}", settings) ==
          Lines{"3:18 missing_day schedule.cron"});
    CHECK(codes_of("schedule: {cron: '30 2 * * *', timezone: site}", settings) ==
          Lines{"3:18 dst_gap schedule.cron", "3:18 dst_repeat schedule.cron"});
    settings.customers["acme"].windows.emplace(
        "patch", runbook::MaintenanceWindow{*cron::Expression::parse("0 2 * * SUN"), std::chrono::hours{3}});
    settings.customers.erase("birch");
    CHECK(codes_of("schedule: {maintenance: patch}", settings).empty());
}

}  // namespace runbookd::lint
