#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"
#include "cron/once.hpp"
#include "zones/zones.hpp"

using runbookd::format_local;
using runbookd::parse_utc;
using runbookd::cron::Expression;
using runbookd::cron::GapRule;
using runbookd::cron::Options;
using runbookd::cron::RepeatRule;

namespace {

using Times = std::vector<std::string>;

/// The next instants after `after`, in local time with offset.
Times next(const std::string& text, const std::string& zone_name, const std::string& after, int count,
           const Options& options = {}) {
    static runbookd::zones::Zones zones;
    const auto zone = zones.find(zone_name);
    REQUIRE(zone.has_value());
    const auto cron = Expression::parse(text, options);
    REQUIRE(cron.has_value());
    Times found;
    auto at = *parse_utc(after);
    for (int i = 0; i < count; ++i) {
        at = *cron->next_after(at, **zone);
        const auto local = format_local(at, (*zone)->at(at).offset);
        found.push_back(local.substr(0, 16) + local.substr(23));
    }
    return found;
}

}  // namespace

TEST_CASE("a fixed time in the gap fires once, at the first instant after it", "[cron]") {
    CHECK(next("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00+01:00", 3) ==
          Times{"2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"});
    CHECK(next("0,15,30 2,3 * * *", "Europe/Berlin", "2026-03-29T01:00+01:00", 3) ==
          Times{"2026-03-29T03:00+02:00", "2026-03-29T03:15+02:00", "2026-03-29T03:30+02:00"});
}

TEST_CASE("a fixed time that occurs twice fires at the first", "[cron]") {
    CHECK(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00+02:00", 2) ==
          Times{"2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"});
    CHECK(next("0 2,3 * * *", "Europe/Berlin", "2026-10-25T01:00+02:00", 3) ==
          Times{"2026-10-25T02:00+02:00", "2026-10-25T03:00+01:00", "2026-10-26T02:00+01:00"});
    // Asked in the middle of the second pass: it does not start over.
    CHECK(next("45 2 * * *", "Europe/Berlin", "2026-10-25T02:10+01:00", 1) ==
          Times{"2026-10-26T02:45+01:00"});
}

TEST_CASE("other expressions fire at every real instant whose local time matches", "[cron]") {
    CHECK(next("30 * * * *", "Europe/Berlin", "2026-03-29T01:00+01:00", 2) ==
          Times{"2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"});
    CHECK(next("30 * * * *", "Europe/Berlin", "2026-10-25T02:00+02:00", 3) ==
          Times{"2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"});
    CHECK(next("*/30 2 * * *", "Europe/Berlin", "2026-03-28T02:10+01:00", 2) ==
          Times{"2026-03-28T02:30+01:00", "2026-03-30T02:00+02:00"});
    CHECK(next("*/30 2 * * *", "Europe/Berlin", "2026-10-25T01:00+02:00", 4) ==
          Times{"2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-25T02:00+01:00",
                "2026-10-25T02:30+01:00"});
}

TEST_CASE("half-hour shifts are half an hour", "[cron]") {
    CHECK(next("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00+10:30", 1) ==
          Times{"2026-10-04T02:30+11:00"});
    CHECK(next("45 1 * * *", "Australia/Lord_Howe", "2026-04-05T00:00+11:00", 2) ==
          Times{"2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"});
}

TEST_CASE("a day that begins at one o'clock still runs what was due at midnight", "[cron]") {
    CHECK(next("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00-03:00", 2) ==
          Times{"2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00"});
    CHECK(next("0 0 4 11 *", "America/Sao_Paulo", "2018-11-03T12:00-03:00", 1) ==
          Times{"2018-11-04T01:00-02:00"});
    CHECK(next("30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00-02:00", 2) ==
          Times{"2018-02-17T23:30-02:00", "2018-02-18T23:30-03:00"});
}

TEST_CASE("a day that a zone skipped runs once, at the start of the next", "[cron]") {
    // Samoa had no 30 December 2011.
    CHECK(next("0 9 30 12 *", "Pacific/Apia", "2011-12-29T12:00-10:00", 2) ==
          Times{"2011-12-31T00:00+14:00", "2012-12-30T09:00+14:00"});
    CHECK(next("0 0 * * *", "Pacific/Apia", "2011-12-29T12:00-10:00", 2) ==
          Times{"2011-12-31T00:00+14:00", "2012-01-01T00:00+14:00"});
    CHECK(next("0 */6 30,31 12 *", "Pacific/Apia", "2011-12-29T12:00-10:00", 2) ==
          Times{"2011-12-31T00:00+14:00", "2011-12-31T06:00+14:00"});
}

TEST_CASE("gap and repeat, where given, hold for both kinds of expression", "[cron]") {
    const auto with = [](std::optional<GapRule> gap, std::optional<RepeatRule> repeat) {
        Options options;
        options.gap = gap;
        options.repeat = repeat;
        return options;
    };
    const auto* spring = "2026-03-29T00:30+01:00";
    const auto* autumn = "2026-10-25T01:30+02:00";
    // A fixed time, which shifts and fires at the first where nothing is said.
    CHECK(next("30 2 * * *", "Europe/Berlin", spring, 1, with(GapRule::skip, {})) ==
          Times{"2026-03-30T02:30+02:00"});
    CHECK(next("30 2 * * *", "Europe/Berlin", autumn, 2, with({}, RepeatRule::second)) ==
          Times{"2026-10-25T02:30+01:00", "2026-10-26T02:30+01:00"});
    CHECK(next("30 2 * * *", "Europe/Berlin", autumn, 3, with({}, RepeatRule::both)) ==
          Times{"2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-26T02:30+01:00"});
    // Any other, which skips and fires at both.
    CHECK(next("*/30 * * * *", "Europe/Berlin", "2026-03-29T01:30+01:00", 2, with(GapRule::shift, {})) ==
          Times{"2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"});
    CHECK(next("15 * * * *", "Europe/Berlin", "2026-03-29T01:15+01:00", 2, with(GapRule::shift, {})) ==
          Times{"2026-03-29T03:00+02:00", "2026-03-29T03:15+02:00"});
    CHECK(next("30 * * * *", "Europe/Berlin", autumn, 2, with({}, RepeatRule::first)) ==
          Times{"2026-10-25T02:30+02:00", "2026-10-25T03:30+01:00"});
    CHECK(next("30 * * * *", "Europe/Berlin", autumn, 2, with({}, RepeatRule::second)) ==
          Times{"2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"});
    // One key leaves the other as the kind of expression has it.
    CHECK(next("30 2 * * *", "Europe/Berlin", autumn, 2, with(GapRule::skip, {})) ==
          Times{"2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"});
}

TEST_CASE("an offset lands in the gap like any other local time", "[cron]") {
    Options later;
    later.offset = std::chrono::days{1};
    CHECK(next("30 2 28 3 *", "Europe/Berlin", "2026-03-28T12:00+01:00", 1, later) ==
          Times{"2026-03-29T03:00+02:00"});
}

TEST_CASE("@every is blind to the zone", "[cron]") {
    CHECK(next("@every 30m", "Europe/Berlin", "2026-03-29T01:30+01:00", 2) ==
          Times{"2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"});
}

TEST_CASE("seconds fall into a gap too", "[cron]") {
    CHECK(next("30 0,15 2,3 * * *", "Europe/Berlin", "2026-03-29T01:00+01:00", 3) ==
          Times{"2026-03-29T03:00+02:00", "2026-03-29T03:00+02:00", "2026-03-29T03:15+02:00"});
}

TEST_CASE("a single time follows the same rules", "[cron]") {
    runbookd::zones::Zones zones;
    const auto zone = *zones.find("Europe/Berlin");
    const auto all = [&](const std::string& at, std::optional<GapRule> gap,
                         std::optional<RepeatRule> repeat) {
        Options options;
        options.gap = gap;
        options.repeat = repeat;
        const runbookd::cron::Once once(
            std::chrono::local_seconds{
                std::chrono::floor<std::chrono::seconds>(*parse_utc(at)).time_since_epoch()},
            options);
        Times found;
        auto after = *parse_utc("2026-01-01");
        while (const auto next_at = once.next_after(after, *zone)) {
            after = *next_at;
            found.push_back(runbookd::format_utc(after).substr(0, 16));
        }
        return found;
    };
    for (const auto repeat : {RepeatRule::first, RepeatRule::second, RepeatRule::both})
        CHECK(all("2026-12-01T02:00", {}, repeat) == Times{"2026-12-01T01:00"});
    CHECK(all("2026-03-29T02:30", {}, {}) == Times{"2026-03-29T01:00"});
    CHECK(all("2026-03-29T02:30", GapRule::skip, {}).empty());
    CHECK(all("2026-10-25T02:30", {}, {}) == Times{"2026-10-25T00:30"});
    CHECK(all("2026-10-25T02:30", {}, RepeatRule::second) == Times{"2026-10-25T01:30"});
    CHECK(all("2026-10-25T02:30", {}, RepeatRule::both) == Times{"2026-10-25T00:30", "2026-10-25T01:30"});
}

namespace {

/// UTC, but ahead by an hour for half an hour: clocks go from 02:00 to 03:00, and at 03:30 back to 02:30.
class BriefZone final : public runbookd::cron::Zone {
public:
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] runbookd::cron::ZoneInterval at(runbookd::UtcTime at) const override {
        if (at < forward_) return {runbookd::UtcTime::min(), forward_, std::chrono::seconds{0}};
        if (at < back_) return {forward_, back_, std::chrono::hours{1}};
        return {back_, runbookd::UtcTime::max(), std::chrono::seconds{0}};
    }

private:
    const std::string name_ = "Test/Brief";
    const runbookd::UtcTime forward_ = *parse_utc("2026-05-05T02:00");
    const runbookd::UtcTime back_ = *parse_utc("2026-05-05T02:30");
};

}  // namespace

TEST_CASE("what is left out and shown soon after is not left out", "[cron]") {
    const BriefZone zone;
    const auto first_after = [&](const char* text, const char* after) {
        const auto cron = Expression::parse(text);
        REQUIRE(cron.has_value());
        return runbookd::format_utc(*cron->next_after(*parse_utc(after), zone)).substr(0, 16);
    };
    const auto* before = "2026-05-05T01:59";
    CHECK(first_after("15 2 5 5 *", before) == "2026-05-05T02:00");  // never shown: the gap's end
    CHECK(first_after("45 2 5 5 *", before) == "2026-05-05T02:45");  // shown in the end
    CHECK(first_after("15 3 5 5 *", before) == "2026-05-05T02:15");  // shown twice: the first
    CHECK(first_after("15 3 5 5 *", "2026-05-05T02:15") == "2027-05-05T03:15");
}
