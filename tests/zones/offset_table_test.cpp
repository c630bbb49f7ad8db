#include "zones/offset_table.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

namespace runbookd::zones {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kCycle = std::chrono::days{146'097};

UtcTime utc(const std::string& text) { return *parse_utc(text); }

TzifRules only_rule(const std::string& text) { return {seconds{0}, {}, *parse_tz_string(text)}; }

/// "2026-03-29T01:00 +120": the changes of a year, in minutes ahead of UTC.
std::vector<std::string> changes_in(const OffsetTable& table, int year) {
    std::vector<std::string> changes;
    const UtcTime begin{std::chrono::sys_days{std::chrono::year{year} / 1 / 1}};
    const UtcTime end{std::chrono::sys_days{std::chrono::year{year + 1} / 1 / 1}};
    for (auto interval = table.at(begin); interval.end < end;) {
        interval = table.at(interval.end);
        changes.push_back(format_utc(interval.begin).substr(0, 16) + " " +
                          std::to_string(interval.offset / minutes{1}));
    }
    return changes;
}

using Changes = std::vector<std::string>;

}  // namespace

TEST_CASE("without changes and without a rule one offset holds for ever", "[zones]") {
    const OffsetTable table({hours{-3}, {}, std::nullopt});
    for (const auto at : {UtcTime::min(), UtcTime{}, UtcTime::max()}) {
        CHECK(table.at(at).offset == hours{-3});
        CHECK(table.at(at).begin == UtcTime::min());
        CHECK(table.at(at).end == UtcTime::max());
    }
}

TEST_CASE("without a rule the last offset stays", "[zones]") {
    const OffsetTable table({seconds{3208},
                             {{std::chrono::sys_days{std::chrono::year{1893} / 4 / 1}, hours{1}},
                              {std::chrono::sys_days{std::chrono::year{1980} / 4 / 6}, hours{2}}},
                             std::nullopt});
    CHECK(table.at(UtcTime::min()).offset == seconds{3208});
    CHECK(table.at(UtcTime::min()).end == utc("1893-04-01"));
    CHECK(table.at(utc("1900-01-01")).offset == hours{1});
    CHECK(table.at(utc("1980-04-06") - Millis{1}).offset == hours{1});
    CHECK(table.at(utc("1980-04-06")).offset == hours{2});
    CHECK(table.at(utc("9000-01-01")).offset == hours{2});
    CHECK(table.at(UtcTime::max()).end == UtcTime::max());
}

TEST_CASE("neighbours of equal offset are one stretch", "[zones]") {
    const OffsetTable table({hours{1},
                             {{std::chrono::sys_days{std::chrono::year{1980} / 1 / 1}, hours{1}},
                              {std::chrono::sys_days{std::chrono::year{1990} / 1 / 1}, hours{2}},
                              {std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}, hours{2}}},
                             std::nullopt});
    CHECK(table.at(utc("1985-01-01")).begin == UtcTime::min());
    CHECK(table.at(utc("1985-01-01")).end == utc("1990-01-01"));
    CHECK(table.at(utc("1995-01-01")).end == UtcTime::max());
}

TEST_CASE("the rules of the world's corners", "[zones]") {
    const auto in_2090 = [](const std::string& rule) {
        return changes_in(OffsetTable(only_rule(rule)), 2090);
    };
    CHECK(in_2090("CET-1CEST,M3.5.0,M10.5.0/3") == Changes{"2090-03-26T01:00 120", "2090-10-29T01:00 60"});
    CHECK(in_2090("NZST-12NZDT,M9.5.0,M4.1.0/3") == Changes{"2090-04-01T14:00 720", "2090-09-23T14:00 780"});
    CHECK(in_2090("IST-1GMT0,M10.5.0,M3.5.0/1") == Changes{"2090-03-26T01:00 60", "2090-10-29T01:00 0"});
    CHECK(in_2090("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0") ==
          Changes{"2090-04-01T15:00 630", "2090-09-30T15:30 660"});
    CHECK(in_2090("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1") ==
          Changes{"2090-03-26T01:00 -120", "2090-10-29T01:00 -180"});
    CHECK(in_2090("EST5EDT,M3.2.0,M11.1.0") == Changes{"2090-03-12T07:00 -240", "2090-11-05T06:00 -300"});
    CHECK(in_2090("EET-2EEST,M3.4.4/50,M10.4.4/50") ==
          Changes{"2090-03-25T00:00 180", "2090-10-27T23:00 120"});
}

TEST_CASE("daylight time all the year is no change at all", "[zones]") {
    for (const auto* rule : {"EST5EDT,0/0,J365/25", "XXX3EDT4,0/0,J365/23"}) {
        INFO(rule);
        const OffsetTable table(only_rule(rule));
        CHECK(table.at(UtcTime{}).offset == hours{-4});
        CHECK(changes_in(table, 2090).empty());
        CHECK(table.at(utc("2090-01-01")).end == UtcTime::max());
    }
}

TEST_CASE("a rule without any listed change holds before 1970 too", "[zones]") {
    const OffsetTable table(only_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
    CHECK(changes_in(table, 1950) == Changes{"1950-03-26T01:00 120", "1950-10-29T01:00 60"});
    CHECK(changes_in(table, 1550) == changes_in(OffsetTable(only_rule("CET-1CEST,M3.5.0,M10.5.0/3")), 1550));
    CHECK(changes_in(table, -4000).size() == 2);
}

TEST_CASE("the rule begins behind the last listed change, whatever that is", "[zones]") {
    const OffsetTable table({hours{0},
                             {{std::chrono::sys_days{std::chrono::year{2030} / 6 / 15}, hours{5}}},
                             *parse_tz_string("CET-1CEST,M3.5.0,M10.5.0/3")});
    CHECK(changes_in(table, 2029).empty());
    CHECK(changes_in(table, 2030) == Changes{"2030-06-15T00:00 300", "2030-10-27T01:00 60"});
    CHECK(changes_in(table, 2031) == Changes{"2031-03-30T01:00 120", "2031-10-26T01:00 60"});
    CHECK(changes_in(table, 2430) == Changes{"2430-03-31T01:00 120", "2430-10-27T01:00 60"});
}

TEST_CASE("the years repeat after 400, for ever and without a seam", "[zones]") {
    const OffsetTable table(only_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
    auto interval = table.at(utc("1960-01-01"));
    while (interval.end < utc("9990-01-01")) {
        const auto next = table.at(interval.end);
        REQUIRE(next.begin == interval.end);
        REQUIRE(next.offset != interval.offset);
        REQUIRE(table.at(interval.end - Millis{1}).end == interval.end);
        const auto later = table.at(interval.begin + kCycle);
        REQUIRE(later.begin == interval.begin + kCycle);
        REQUIRE(later.end == interval.end + kCycle);
        REQUIRE(later.offset == interval.offset);
        interval = next;
    }
}

TEST_CASE("the ends of time are inside an interval", "[zones]") {
    const OffsetTable table(only_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
    CHECK(table.at(UtcTime::min()).begin == UtcTime::min());
    CHECK(table.at(table.at(UtcTime::min()).end).begin == table.at(UtcTime::min()).end);
    CHECK(table.at(UtcTime::max()).end == UtcTime::max());
    CHECK(table.at(table.at(UtcTime::max()).begin - Millis{1}).end == table.at(UtcTime::max()).begin);
}

}  // namespace runbookd::zones
