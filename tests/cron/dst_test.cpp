#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"
#include "zones/zones.hpp"

using runbookd::format_local;
using runbookd::parse_utc;
using runbookd::cron::Expression;

namespace {

using Times = std::vector<std::string>;

/// The next instants after `after`, in local time with offset.
Times next(const std::string& text, const std::string& zone_name, const std::string& after, int count) {
    static runbookd::zones::Zones zones;
    const auto zone = zones.find(zone_name);
    REQUIRE(zone.has_value());
    const auto cron = Expression::parse(text);
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
