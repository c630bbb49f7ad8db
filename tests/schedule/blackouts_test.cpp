#include "schedule/blackouts.hpp"

#include "catch.hpp"
#include "zones/zones.hpp"

namespace runbookd::schedule {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

UtcTime at(const char* text) { return *parse_utc(text); }

std::shared_ptr<const cron::Zone> zone(const char* name) {
    static zones::Zones zones;
    return *zones.find(name);
}

Blackout dates(const char* from, const char* to, const char* in = "UTC", const char* reason = "freeze") {
    const auto day = [](const char* text) {
        return std::chrono::local_days{std::chrono::floor<days>(at(text)).time_since_epoch()};
    };
    return {Dates{day(from), day(to)}, zone(in), reason};
}

Blackout recurring(const char* cron, Millis span, const char* in = "UTC", const char* reason = "hours") {
    return {Recurring{*cron::Expression::parse(cron), span}, zone(in), reason};
}

std::string hold_of(const Blackouts& blackouts, const char* when, UtcTime horizon = at("2030-01-01")) {
    const auto hold = blackouts.at(at(when), horizon);
    return hold ? format_utc(hold->end).substr(0, 19) + " " + hold->reason : "free";
}

}  // namespace

TEST_CASE("nothing is held without blackouts", "[schedule]") {
    const Blackouts none;
    CHECK(none.empty());
    CHECK(hold_of(none, "2026-12-24") == "free");
    CHECK_FALSE(none.covers(at("2026-12-24"), at("2026-12-25")));
}

TEST_CASE("dates hold from the first day's first instant to the last day's last", "[schedule]") {
    const Blackouts blackouts({dates("2026-12-20", "2027-01-03", "Europe/Berlin")});
    CHECK(hold_of(blackouts, "2026-12-19T22:59:59.999Z") == "free");
    CHECK(hold_of(blackouts, "2026-12-19T23:00:00Z") == "2027-01-03T23:00:00 freeze");
    CHECK(hold_of(blackouts, "2027-01-03T22:59:59.999Z") == "2027-01-03T23:00:00 freeze");
    CHECK(hold_of(blackouts, "2027-01-03T23:00:00Z") == "free");
}

TEST_CASE("a day of dates is as long as the zone's clock makes it", "[schedule]") {
    struct Case {
        const char* zone;
        const char* day;
        const char* begin;
        const char* end;
    };
    for (const auto& one :
         {Case{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00"},  // 23 h
          Case{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00"},  // 25 h
          Case{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z",
               "2018-11-05T02:00:00"},  // no midnight
          Case{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z",
               "2024-11-04T05:00:00"},  // midnight twice
          Case{"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00"}}) {
        INFO(one.zone << " " << one.day);
        const Blackouts blackouts({dates(one.day, one.day, one.zone)});
        CHECK(hold_of(blackouts, one.begin) == std::string(one.end) + " freeze");
        CHECK_FALSE(blackouts.at(at(one.begin) - Millis{1}, at("2030-01-01")));
        CHECK_FALSE(blackouts.at(at((std::string(one.end) + "Z").c_str()), at("2030-01-01")));
    }
}

TEST_CASE("a date that a zone has left out holds nothing", "[schedule]") {
    const Blackouts blackouts({dates("2011-12-30", "2011-12-30", "Pacific/Apia")});
    for (auto when = at("2011-12-29"); when < at("2012-01-02"); when += minutes{30})
        CHECK_FALSE(blackouts.at(when, at("2030-01-01")));
}

TEST_CASE("a recurring blackout holds for its span after each instant", "[schedule]") {
    const Blackouts blackouts({recurring("0 8 * * MON-FRI", hours{10}, "Europe/Berlin")});
    CHECK(hold_of(blackouts, "2026-12-01T06:59:59Z") == "free");
    CHECK(hold_of(blackouts, "2026-12-01T07:00:00Z") == "2026-12-01T17:00:00 hours");
    CHECK(hold_of(blackouts, "2026-12-01T16:59:59.999Z") == "2026-12-01T17:00:00 hours");
    CHECK(hold_of(blackouts, "2026-12-01T17:00:00Z") == "free");
    CHECK(hold_of(blackouts, "2026-12-05T10:00:00Z") == "free");  // Saturday
}

TEST_CASE("a span is real time, also over a change of the clock", "[schedule]") {
    const Blackouts blackouts({recurring("0 22 * * SAT", hours{6}, "Europe/Berlin")});
    CHECK(hold_of(blackouts, "2026-03-28T21:00:00Z") ==
          "2026-03-29T03:00:00 hours");  // until 05:00 by the clock
    CHECK(hold_of(blackouts, "2026-10-24T20:00:00Z") == "2026-10-25T02:00:00 hours");  // until 03:00
}

TEST_CASE("spans of one item that overlap or touch are one stretch", "[schedule]") {
    CHECK(hold_of(Blackouts({recurring("0 8,12 * * *", hours{6})}), "2026-12-01T09:00:00Z") ==
          "2026-12-01T18:00:00 hours");
    CHECK(hold_of(Blackouts({recurring("0 8,12 * * *", hours{4})}), "2026-12-01T09:00:00Z") ==
          "2026-12-01T16:00:00 hours");
    CHECK(hold_of(Blackouts({recurring("0 8,12 * * *", hours{4} - Millis{1})}), "2026-12-01T09:00:00Z") ==
          "2026-12-01T11:59:59 hours");
}

TEST_CASE("items that overlap or touch are one stretch, with the reason of the first", "[schedule]") {
    const Blackouts blackouts({recurring("0 8 * * *", hours{4}, "UTC", "morning"),
                               recurring("0 12 * * *", hours{4}, "UTC", "afternoon"),
                               dates("2026-12-02", "2026-12-03", "UTC", "freeze")});
    CHECK(hold_of(blackouts, "2026-12-01T09:00:00Z") == "2026-12-01T16:00:00 morning");
    CHECK(hold_of(blackouts, "2026-12-01T12:00:00Z") == "2026-12-01T16:00:00 afternoon");
    CHECK(hold_of(blackouts, "2026-12-02T13:00:00Z") == "2026-12-04T00:00:00 afternoon");
    CHECK(hold_of(blackouts, "2026-12-04T00:00:00Z") == "free");
}

TEST_CASE("a stretch ends at the horizon, which is not looked beyond", "[schedule]") {
    const Blackouts blackouts({recurring("* * * * *", hours{1})});
    CHECK(hold_of(blackouts, "2026-12-01T09:00:00Z", at("2026-12-05")) == "2026-12-05T00:00:00 hours");
    CHECK(hold_of(blackouts, "2026-12-01T09:00:00Z", at("2026-12-01T09:00:00Z")) ==
          "2026-12-01T09:00:00 hours");
}

TEST_CASE("a stretch of time is covered when no instant of it is free", "[schedule]") {
    const Blackouts blackouts(
        {recurring("0 8 * * *", hours{4}), recurring("0 12 * * *", hours{4}, "UTC", "")});
    CHECK(blackouts.covers(at("2026-12-01T08:00:00Z"), at("2026-12-01T16:00:00Z")) == "hours");
    CHECK(blackouts.covers(at("2026-12-01T12:00:00Z"), at("2026-12-01T13:00:00Z")) == "");
    CHECK_FALSE(blackouts.covers(at("2026-12-01T08:00:00Z"), at("2026-12-01T16:00:00.001Z")));
    CHECK_FALSE(blackouts.covers(at("2026-12-01T07:59:59.999Z"), at("2026-12-01T09:00:00Z")));
    CHECK_FALSE(blackouts.covers(at("2026-12-01T08:00:00Z"), at("2026-12-01T08:00:00Z")));
}

TEST_CASE("dense and long blackouts are answered within the bound", "[schedule]") {
    const auto from = at("2026-12-01");
    const auto until = from + days{31};
    struct Case {
        const char* cron;
        Millis span;
    };
    for (const auto& one :
         {Case{"* * * * * *", hours{10}}, Case{"* * * * *", minutes{1}}, Case{"* * * * * *", minutes{1}},
          Case{"*/7 * * * * *", minutes{1}}, Case{"0 0 29 2 *", days{31}}}) {
        INFO(one.cron);
        const Blackouts blackouts({recurring(one.cron, one.span, "Europe/Berlin")});
        const bool always = std::string(one.cron) != "0 0 29 2 *";
        CHECK(blackouts.covers(from, until).has_value() == always);
    }
}

TEST_CASE("beyond the bound a hold ends early, and never late", "[schedule]") {
    const auto from = at("2026-12-01");
    const Blackouts blackouts({recurring("* * * * * *", seconds{1})});
    const auto hold = blackouts.at(from, from + days{31});
    REQUIRE(hold);
    CHECK(hold->end == from + seconds{Blackouts::kMostLooks});
    CHECK(blackouts.at(hold->end, from + days{31}));
}

TEST_CASE("a hold agrees with a plain walk over the seconds", "[schedule]") {
    struct Item {
        const char* cron;
        int seconds;
    };
    const std::vector<std::vector<Item>> sets{{{"*/7 * * * * *", 3}},
                                              {{"*/5 * * * *", 299}, {"10 */5 * * * *", 2}},
                                              {{"*/5 * * * *", 300}},
                                              {{"3-57/9 * * * * *", 9}, {"0 */3 * * * *", 20}}};
    const auto from = at("2026-12-01T10:00:00Z");
    const auto until = from + minutes{20};
    for (const auto& set : sets) {
        std::vector<Blackout> items;
        for (const auto& item : set) items.push_back(recurring(item.cron, seconds{item.seconds}));
        const Blackouts blackouts(std::move(items));
        std::vector<bool> is_held;
        for (auto when = from - minutes{10}; when < until; when += seconds{1}) {
            bool held = false;
            for (const auto& item : set) {
                const auto cron = *cron::Expression::parse(item.cron);
                const auto begin = cron.next_after(when - seconds{item.seconds}, cron::utc_zone());
                held = held || (begin && *begin <= when);
            }
            is_held.push_back(held);
        }
        const auto held_at = [&](UtcTime when) {
            return is_held.at(static_cast<std::size_t>((when - from + minutes{10}) / seconds{1}));
        };
        for (auto when = from; when < until; when += seconds{1}) {
            auto end = when;
            while (end < until && held_at(end)) end += seconds{1};
            const auto hold = blackouts.at(when, until);
            CHECK((hold ? hold->end : when) == end);
        }
    }
}

}  // namespace runbookd::schedule
