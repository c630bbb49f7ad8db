// `schedule:`, `not_during:`, `finish_by:` and `overlap:`, good and bad; of the bad ones the whole list of
// diagnostics is compared.
#include "catch.hpp"
#include "config/support.hpp"

namespace runbookd::config::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const std::string kGood = "name: sweep\ncomponent: Sweep\ntargets: {include: [{all: true}]}\n";

runbook::Runbook good(const std::string& yaml) {
    auto parsed = parse(kGood + yaml + "\n");
    INFO(yaml);
    CHECK(in_full(parsed.diagnostics).empty());
    REQUIRE(parsed.runbook);
    return std::move(*parsed.runbook);
}

/// The next instants after that time.
std::vector<std::string> coming(const std::string& yaml, const char* after, int count = 3) {
    const auto runbook = good(yaml);
    std::vector<std::string> found;
    auto last = *parse_utc(after);
    for (int i = 0; i < count; ++i) {
        const auto next = runbook.schedule->next_after(last);
        if (!next) break;
        found.push_back(format_utc(next->at).substr(0, 19));
        last = next->at;
    }
    return found;
}

using Lines = std::vector<std::string>;

struct Case {
    std::string yaml;  ///< begins on line 4
    Lines expected;
};

}  // namespace

TEST_CASE("a schedule takes each of its keys", "[config]") {
    CHECK(coming("schedule: {cron: '0 2 13 * FRI'}", "2026-12-01", 2) ==
          Lines{"2026-12-04T02:00:00", "2026-12-11T02:00:00"});
    CHECK(coming("schedule: {cron: '0 2 13 * FRI', days: and}", "2026-12-01", 2) ==
          Lines{"2027-08-13T02:00:00", "2028-10-13T02:00:00"});
    CHECK(coming("schedule: {cron: '0 2 * * TUE#2', offset: 5d}", "2026-12-01", 2) ==
          Lines{"2026-12-13T02:00:00", "2027-01-17T02:00:00"});
    CHECK(coming("schedule: {cron: '30 2 * * *', timezone: Europe/Berlin}", "2026-03-28", 2) ==
          Lines{"2026-03-28T01:30:00", "2026-03-29T01:00:00"});
    CHECK(coming("schedule: {cron: '30 2 * * *', timezone: Europe/Berlin, dst: {gap: skip}}", "2026-03-28",
                 2) == Lines{"2026-03-28T01:30:00", "2026-03-30T00:30:00"});
    CHECK(coming("schedule: {cron: '30 2 * * *', timezone: Europe/Berlin, dst: {repeat: both}}", "2026-10-25",
                 2) == Lines{"2026-10-25T00:30:00", "2026-10-25T01:30:00"});
    CHECK(coming("schedule: {at: 2026-12-01T02:00, timezone: Europe/Berlin}", "2026-01-01") ==
          Lines{"2026-12-01T01:00:00"});
    CHECK(coming("schedule: {at: 2026-12-01 02:00:30}", "2026-01-01") == Lines{"2026-12-01T02:00:30"});
    CHECK(coming("schedule: {at: 2000-02-29T02:00}", "2026-01-01").empty());  // long past is fine
    CHECK(coming("schedule: '@every 15m'", "2026-12-01", 2) ==
          Lines{"2026-12-01T00:15:00", "2026-12-01T00:30:00"});
    CHECK(coming("schedule: '*/20 0 2 * * *'", "2026-12-01", 2) ==
          Lines{"2026-12-01T02:00:00", "2026-12-01T02:00:20"});
}

TEST_CASE("a schedule may be a list, whose entries differ in everything", "[config]") {
    const auto runbook = good(
        "schedule:\n"
        "  - 0 2 * * *\n"
        "  - {cron: '0 3 * * *', timezone: Europe/Berlin, jitter: 10m, catch_up: none}\n"
        "  - {at: 2026-12-01T04:00, catch_up: all}");
    REQUIRE(runbook.schedule);
    const auto& entries = runbook.schedule->entries();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].catch_up == schedule::CatchUp::latest);
    CHECK(entries[0].zone->name() == "UTC");
    CHECK(entries[1].catch_up == schedule::CatchUp::none);
    CHECK(entries[1].jitter == minutes{10});
    CHECK(entries[1].zone->name() == "Europe/Berlin");
    CHECK(entries[2].catch_up == schedule::CatchUp::all);
    // Both at 02:00 UTC in winter: one instant.
    CHECK(coming("schedule: [0 2 * * *, {cron: '0 3 * * *', timezone: Europe/Berlin}]",
                 "2026-12-01T12:00:00Z", 2) == Lines{"2026-12-02T02:00:00", "2026-12-03T02:00:00"});
    REQUIRE(runbook.zones.size() == 1);
    CHECK(runbook.zones[0]->name == "Europe/Berlin");
    CHECK(runbook.zones[0]->tzif->starts_with("TZif"));
}

// The table of docs/runbooks.md.
TEST_CASE("a change of the clock does to each kind of schedule what the reference says", "[config]") {
    struct Row {
        const char* keys;            ///< beside the zone
        Lines in_spring, in_autumn;  ///< in UTC; Berlin is an hour ahead in winter, two in summer
    };
    const std::vector<Row> table{
        {"cron: '30 2 * * *'", {"2027-03-28T01:00:00"}, {"2026-10-25T00:30:00"}},
        {"cron: '30 2 * * *', dst: {gap: skip}", {}, {"2026-10-25T00:30:00"}},
        {"cron: '30 2 * * *', dst: {repeat: second}", {"2027-03-28T01:00:00"}, {"2026-10-25T01:30:00"}},
        {"cron: '0 3 * * *'", {"2027-03-28T01:00:00"}, {"2026-10-25T02:00:00"}},
        {"cron: '0,30 2,3 * * *'",
         {"2027-03-28T01:00:00", "2027-03-28T01:30:00"},
         {"2026-10-25T00:00:00", "2026-10-25T00:30:00", "2026-10-25T02:00:00", "2026-10-25T02:30:00"}},
        {"cron: '*/30 2 * * *'",
         {},
         {"2026-10-25T00:00:00", "2026-10-25T00:30:00", "2026-10-25T01:00:00", "2026-10-25T01:30:00"}},
        {"cron: '*/30 2 * * *', dst: {gap: shift, repeat: first}",
         {"2027-03-28T01:00:00"},
         {"2026-10-25T00:00:00", "2026-10-25T00:30:00"}},
        {"at: 2027-03-28T02:30", {"2027-03-28T01:00:00"}, {}},
        {"at: 2026-10-25T02:30", {}, {"2026-10-25T00:30:00"}},
    };
    for (const auto& row : table) {
        const auto yaml = "schedule: {timezone: Europe/Berlin, " + std::string(row.keys) + "}";
        const auto on = [&](const char* day, const char* after) {
            Lines found;
            for (const auto& instant : coming(yaml, after, 9))
                if (instant.starts_with(day)) found.push_back(instant);
            return found;
        };
        INFO(row.keys);
        CHECK(on("2027-03-28", "2027-03-27T23:00:00Z") == row.in_spring);
        CHECK(on("2026-10-25", "2026-10-24T22:00:00Z") == row.in_autumn);
    }
}

TEST_CASE("H is drawn from the runbook's name", "[config]") {
    const auto first = coming("schedule: H H * * *", "2026-12-01", 1);
    CHECK(coming("schedule: H H * * *", "2026-12-01", 1) == first);
    const auto other =
        parse("name: other\ncomponent: S\ntargets: {include: [{all: true}]}\nschedule: H H * * *\n");
    REQUIRE(other.runbook);
    CHECK(format_utc(other.runbook->schedule->next_after(*parse_utc("2026-12-01"))->at).substr(0, 19) !=
          first.front());
}

TEST_CASE("says of every wrong schedule where it is and what kind of mistake", "[config]") {
    const std::vector<Case> cases{
        {"schedule: []", {"4:11 bad_value schedule"}},
        {"schedule: [[0 2 * * *]]", {"4:12 wrong_type schedule[0]"}},
        {"schedule: ['0 2 * * *', '0 25 * * *']", {"4:28 cron_syntax schedule[1]"}},
        {"schedule: [{cron: '0 25 * * *'}, {at: soon}]",
         {"4:22 cron_syntax schedule[0].cron", "4:39 bad_value schedule[1].at"}},
        {"schedule: {}", {"4:11 missing_key schedule.cron"}},
        {"schedule: {cron: '0 2 * * *', at: 2026-12-01T02:00}", {"4:18 bad_value schedule.cron"}},
        {"schedule: {crom: '0 2 * * *'}",
         {"4:11 missing_key schedule.cron", "4:12 unknown_key schedule.crom"}},
        {"schedule: {at: 2026-12-01T02:00, days: or, offset: 1d}",
         {"4:40 bad_value schedule.days", "4:52 bad_value schedule.offset"}},
        {"schedule: {cron: '0 2 * * *', days: both}", {"4:37 bad_value schedule.days"}},
        {"schedule: {cron: '0 2 * * *', offset: 36h}", {"4:39 bad_value schedule.offset"}},
        {"schedule: {cron: '0 2 * * *', offset: 367d}", {"4:39 bad_value schedule.offset"}},
        {"schedule: {cron: '0 2 * * *', offset: -1d}", {"4:39 bad_value schedule.offset"}},
        {"schedule: {cron: '0 2 * * *', offset: 5}", {"4:39 bad_value schedule.offset"}},
        {"schedule: {cron: '0 2 * * *', jitter: 32d}", {"4:39 bad_value schedule.jitter"}},
        {"schedule: {cron: '0 2 * * *', jitter: [1m]}", {"4:39 wrong_type schedule.jitter"}},
        {"schedule: {cron: '0 2 * * *', dst: shift}", {"4:36 wrong_type schedule.dst"}},
        {"schedule: {cron: '0 2 * * *', dst: {}}", {"4:36 bad_value schedule.dst"}},
        {"schedule: {cron: '0 2 * * *', dst: {gap: jump, repeat: twice, overlap: x}}",
         {"4:42 bad_value schedule.dst.gap", "4:56 bad_value schedule.dst.repeat",
          "4:63 unknown_key schedule.dst.overlap"}},
        {"schedule: {cron: '0 2 * * *', catch_up: newest}", {"4:41 bad_value schedule.catch_up"}},
        {"schedule: {cron: '@every 15m', days: or, offset: 1d, dst: {gap: skip}}",
         {"4:38 bad_value schedule.days", "4:50 bad_value schedule.offset", "4:59 bad_value schedule.dst"}},
        {"schedule: {at: 2026-12-01}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-02-30T02:00}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-13-01T02:00}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-12-01T24:00}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-12-01T2:00}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-12-01T02:00x}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-12-01T02:00Z}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: 2026-12-01T02:00+01:00}", {"4:16 bad_value schedule.at"}},
        {"schedule: {at: [2026-12-01T02:00]}", {"4:16 wrong_type schedule.at"}},
    };
    for (const auto& one : cases) {
        INFO(one.yaml);
        const auto parsed = parse(kGood + one.yaml + "\n");
        CHECK_FALSE(parsed.runbook);
        CHECK(in_short(parsed.diagnostics) == one.expected);
    }
}

TEST_CASE("a list of schedules has an end", "[config]") {
    std::string yaml = "schedule: [";
    for (int i = 0; i < 101; ++i) yaml += "'0 2 * * *',";
    CHECK(in_short(parse(kGood + yaml + "]\n").diagnostics) == Lines{"4:11 bad_value schedule"});
}

TEST_CASE("not_during takes dates and recurring times in the schedule's zone", "[config]") {
    const auto runbook = good(
        "schedule: {cron: '0 2 * * *', timezone: Europe/Berlin}\n"
        "not_during:\n"
        "  - {from: 2026-12-20, to: 2027-01-03, reason: change freeze}\n"
        "  - {cron: '0 8 * * MON-FRI', for: 10h}");
    const auto& items = runbook.not_during.items();
    REQUIRE(items.size() == 2);
    CHECK(items[0].zone->name() == "Europe/Berlin");
    CHECK(items[0].reason == "change freeze");
    CHECK(items[1].reason.empty());
    const auto horizon = *parse_utc("2030-01-01");
    CHECK(runbook.not_during.at(*parse_utc("2026-12-19T23:00:00Z"), horizon)->end ==
          *parse_utc("2027-01-03T23:00:00Z"));
    CHECK(runbook.not_during.at(*parse_utc("2026-12-01T07:00:00Z"), horizon)->end ==
          *parse_utc("2026-12-01T17:00:00Z"));
    CHECK_FALSE(runbook.not_during.at(*parse_utc("2026-12-01T06:59:59Z"), horizon));
}

TEST_CASE("not_during without a schedule is in the account's zone", "[config]") {
    zones::Zones zones;
    auto settings = settings_for_tests();
    settings.account.timezone = "America/New_York";
    const auto text = kGood + "not_during: [{from: 2026-12-24, to: 2026-12-24}]\n";
    const auto parsed = parse_runbook(text, "a.yaml", settings, zones);
    REQUIRE(parsed.runbook);
    CHECK(parsed.runbook->not_during.items()[0].zone->name() == "America/New_York");
    REQUIRE(parsed.runbook->zones.size() == 1);
    CHECK(parsed.runbook->zones[0]->name == "America/New_York");
    settings.account.timezone = "Nowhere/Land";
    CHECK(in_short(parse_runbook(text, "a.yaml", settings, zones).diagnostics) ==
          Lines{"4:13 unknown_zone not_during"});
    CHECK(parse_runbook(kGood + "not_during: []\n", "a.yaml", settings, zones).runbook);
}

TEST_CASE("says of every wrong rule where it is and what kind of mistake", "[config]") {
    const std::vector<Case> cases{
        {"not_during: {from: 2026-12-20, to: 2027-01-03}", {"4:13 wrong_type not_during"}},
        {"not_during: [{}]", {"4:14 bad_value not_during[0]"}},
        {"not_during: [{reason: because}]", {"4:14 bad_value not_during[0]"}},
        {"not_during: [christmas]", {"4:14 wrong_type not_during[0]"}},
        {"not_during: [{from: 2026-12-20}]", {"4:14 missing_key not_during[0].to"}},
        {"not_during: [{to: 2026-12-20}]", {"4:14 missing_key not_during[0].from"}},
        {"not_during: [{from: 2027-01-03, to: 2026-12-20}]", {"4:37 bad_value not_during[0].to"}},
        {"not_during: [{from: 2026-02-29, to: 2026-03-01T00:00}]",
         {"4:21 bad_value not_during[0].from", "4:37 bad_value not_during[0].to"}},
        {"not_during: [{cron: '0 8 * * *'}]", {"4:14 missing_key not_during[0].for"}},
        {"not_during: [{for: 10h}]", {"4:14 missing_key not_during[0].cron"}},
        {"not_during: [{cron: '0 25 * * *', for: 0s}]",
         {"4:24 cron_syntax not_during[0].cron", "4:40 bad_value not_during[0].for"}},
        {"not_during: [{cron: '0 8 * * *', for: 32d}]", {"4:39 bad_value not_during[0].for"}},
        {"not_during: [{cron: '0 8 * * *', for: 10h, to: 2026-12-20}]", {"4:14 bad_value not_during[0]"}},
        {"not_during: [{form: 2026-12-20, to: 2026-12-21}]",
         {"4:14 missing_key not_during[0].from", "4:15 unknown_key not_during[0].form"}},
        {"finish_by: end", {"4:12 bad_value finish_by"}},
        {"finish_by: window", {"4:12 bad_value finish_by"}},  // both spans are 1 h by default
        {"finish_by: window\nwindow: 30m\ntimeout: 31m", {"4:12 bad_value finish_by"}},
        {"overlap: skip-run", {"4:10 bad_value overlap"}},
    };
    for (const auto& one : cases) {
        INFO(one.yaml);
        const auto parsed = parse(kGood + one.yaml + "\n");
        CHECK_FALSE(parsed.runbook);
        CHECK(in_short(parsed.diagnostics) == one.expected);
    }
}

TEST_CASE("finish_by, overlap, priority and on_unknown take each of their words", "[config]") {
    CHECK(good("on_unknown: hold").on_unknown == runbook::OnUnknown::hold);
    CHECK(good("on_unknown: redispatch").on_unknown == runbook::OnUnknown::redispatch);
    CHECK(good("priority: high").priority == runbook::Priority::high);
    CHECK(good("priority: normal").priority == runbook::Priority::normal);
    CHECK(good("priority: low").priority == runbook::Priority::low);
    CHECK(good("finish_by: none").create_span() == hours{1});
    CHECK(good("finish_by: window\nwindow: 3h").create_span() == hours{2});
    CHECK(good("overlap: skip").overlap == runbook::OverlapPolicy::skip);
    CHECK(good("overlap: queue").overlap == runbook::OverlapPolicy::queue);
    CHECK(good("overlap: allow").overlap == runbook::OverlapPolicy::allow);
    CHECK(good("overlap: skip_run").overlap == runbook::OverlapPolicy::skip_run);
}

TEST_CASE("messages about time say what would be right", "[config]") {
    const auto line_of = [](const std::string& yaml) {
        const auto lines = in_full(parse(kGood + yaml + "\n").diagnostics);
        return lines.size() == 1 ? lines.front().substr(lines.front().find("error: ") + 7) : "";
    };
    CHECK(line_of("schedule: {at: 2026-12-01T02:00Z}") ==
          "schedule.at: '2026-12-01T02:00Z' says how far it is from UTC, and 'at' is the local time of the "
          "schedule's "
          "zone (expected a local time such as 2026-12-01T02:00, with timezone: UTC beside it where UTC is "
          "meant; did "
          "you mean 2026-12-01T02:00?)");
    CHECK(line_of("schedule: {at: 2026-02-30T02:00}") ==
          "schedule.at: there is no date 2026-02-30 (expected February 2026 has 28 days)");
    CHECK(line_of("schedule: {at: 2026-12-01}") ==
          "schedule.at: '2026-12-01' has no time of day (expected a local time such as 2026-12-01T02:00)");
    CHECK(line_of("schedule: {cron: '0 2 * * *', catch_up: latst}") ==
          "schedule.catch_up: 'latst' is not a choice here (expected one of none, latest, all; did you mean "
          "latest?)");
    CHECK(line_of("finish_by: window\nwindow: 30m") ==
          "finish_by: nothing could ever be created: the last create is 'timeout' (1h) before the end of "
          "'window' (30m) "
          "(expected a timeout shorter than the window, or finish_by: none)");
    CHECK(line_of("not_during: [{from: 2027-01-03, to: 2026-12-20}]") ==
          "not_during[0].to: it ends before it begins, on '2027-01-03' (expected that day or a later one; "
          "both days are "
          "in)");
}

TEST_CASE("a stored revision is understood as it was resolved", "[config]") {
    zones::Zones zones;
    auto settings = settings_for_tests();
    settings.account.timezone = "Europe/Berlin";
    const auto text = kGood + "schedule: 0 2 * * *\n";
    const auto then = parse_runbook(text, "sweep.yaml", settings, zones);
    REQUIRE(then.runbook);

    // Since then the account has moved, and the recorded rules of Berlin are not today's: here, New York's.
    settings.account.timezone = "Asia/Tokyo";
    REQUIRE(zones.find("America/New_York"));
    const auto rules = zones.rules("America/New_York");
    auto resolved = then.runbook->resolved;
    const auto digest = then.runbook->zones[0]->digest;
    resolved.replace(resolved.find(digest), digest.size(), rules->digest);
    const StoredRevision stored{"sweep", text, resolved};
    const auto recorded = [&](const std::string& wanted) {
        return wanted == rules->digest ? rules : nullptr;
    };
    const auto again = parse_revision(stored, settings, zones, recorded);
    REQUIRE(again.runbook);
    CHECK(again.runbook->resolved == resolved);
    CHECK(again.runbook->schedule->zone() == "Europe/Berlin");
    CHECK(format_utc(again.runbook->schedule->next_after(*parse_utc("2026-12-01"))->at) ==
          "2026-12-01T07:00:00.000Z");
    REQUIRE(again.runbook->zones.size() == 1);
    CHECK(again.runbook->zones[0]->name == "Europe/Berlin");
    CHECK(again.runbook->zones[0]->digest == rules->digest);

    // What was not recorded is taken from today's rules; a text that is no JSON says nothing.
    const auto unrecorded =
        parse_revision(stored, settings, zones, [](const std::string&) { return nullptr; });
    REQUIRE(unrecorded.runbook);
    CHECK(format_utc(unrecorded.runbook->schedule->next_after(*parse_utc("2026-12-01"))->at) ==
          "2026-12-01T01:00:00.000Z");
    const auto bare = parse_revision({"sweep", text, "?"}, settings, zones, recorded);
    REQUIRE(bare.runbook);
    CHECK(bare.runbook->schedule->zone() == "Asia/Tokyo");
}

}  // namespace runbookd::config::testing
