// Expressions of the whole dialect against a walk over every minute or second around zones' changes. The unit
// run takes a sample; `test_cron "[full]"` takes every change of every zone from 1970 to 2037.
#include "cron/walk.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"
#include "cron/random_expression.hpp"
#include "zones/zone_folder.hpp"
#include "zones/zones.hpp"

using cron_tests::Maker;
using cron_tests::Walk;
using cron_tests::Walked;
using runbookd::from_unix_ms;
using runbookd::to_unix_ms;
using runbookd::UtcTime;
using runbookd::cron::Expression;
using runbookd::cron::Zone;

namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
/// Farther than any zone's clocks have been moved: what is nearer to a walk's ends may have been shown
/// before.
constexpr std::int64_t kMargin = 26 * kHour;

UtcTime utc(std::int64_t seconds) { return from_unix_ms(seconds * 1000); }
std::string shown(UtcTime at) { return runbookd::format_utc(at); }

std::uint64_t seed() {
    const auto* given = std::getenv("RUNBOOKD_CRON_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'261'124;
}

struct Covered {
    std::int64_t zones = 0, changes = 0, expressions = 0, instants = 0, questions = 0;
};

/// Seconds since 1970 at which the zone's offset changes, 1970 to 2037.
std::vector<std::int64_t> changes_of(const Zone& zone) {
    std::vector<std::int64_t> changes;
    const auto last = to_unix_ms(*runbookd::parse_utc("2037-12-31"));
    for (auto at = from_unix_ms(0);;) {
        at = zone.at(at).end;
        if (to_unix_ms(at) > last) return changes;
        changes.push_back(to_unix_ms(at) / 1000);
    }
}

/// Compares one expression with the walk: each instant from the one before, and from random instants between.
void check(const Zone& zone, const cron_tests::RandomExpression& random, const Walk& walk, UtcTime begin,
           UtcTime end, Maker& make, Covered& covered) {
    const auto cron = Expression::parse(random.text, random.options);
    if (!cron) {
        if (cron.error().message.find("never fires") == std::string::npos)
            FAIL(random.text << ": " << cron.error().message);
        return;
    }
    ++covered.expressions;
    std::vector<UtcTime> instants;
    for (const auto seconds : walk.instants(random)) instants.push_back(utc(seconds));
    const auto fail_if_wrong = [&](UtcTime asked, std::optional<UtcTime> expected) {
        ++covered.questions;
        const auto found = cron->next_after(asked, zone);
        const bool is_right = expected ? found == expected : !found || *found >= end;
        if (is_right) return;
        FAIL(random.text << " in " << zone.name() << " (gap " << static_cast<int>(random.gap()) << ", repeat "
                         << static_cast<int>(random.repeat()) << ", offset " << random.options.offset.count()
                         << ", days " << static_cast<int>(random.options.days) << ") after " << shown(asked)
                         << ": expected " << (expected ? shown(*expected) : "none before " + shown(end))
                         << ", found " << (found ? shown(*found) : "none"));
    };
    auto asked = begin;
    auto next = std::upper_bound(instants.begin(), instants.end(), begin);
    for (int n = 0; n < 400 && next != instants.end() && *next < end; ++n, ++next) {
        fail_if_wrong(asked, *next);
        asked = *next;
        ++covered.instants;
    }
    if (next == instants.end() || *next >= end) fail_if_wrong(asked, std::nullopt);
    const auto span = static_cast<int>((end - begin).count() / 1000);
    for (int k = 0; k < 20; ++k) {
        const auto between =
            begin + std::chrono::seconds{make.pick(0, span)} + runbookd::Millis{make.pick(-1, 1)};
        const auto following = std::upper_bound(instants.begin(), instants.end(), between);
        const bool is_known = following != instants.end() && *following < end;
        fail_if_wrong(between, is_known ? std::optional{*following} : std::nullopt);
    }
}

/// Around one instant: expressions with and without seconds.
void check_around(const Zone& zone, std::int64_t middle, int expressions, Maker& make, Covered& covered) {
    const bool whole_minutes = zone.at(utc(middle - kDay)).offset.count() % 60 == 0 &&
                               zone.at(utc(middle + kDay)).offset.count() % 60 == 0;
    if (whole_minutes) {
        const auto first = (middle / 60 - 4 * 24 * 60 - make.pick(0, 60)) * 60;
        const Walked stretch{first, 8 * kDay, 60};
        const Walk walk(zone, stretch);
        for (int n = 0; n < expressions; ++n)
            check(zone, make.expression(Maker::Fields::five), walk, utc(first + kMargin),
                  utc(first + stretch.length - kMargin), make, covered);
    }
    if (whole_minutes && expressions < 4) return;
    const Walked stretch{middle - kMargin - 5 * kHour, 2 * kMargin + 10 * kHour, 1};
    const Walk walk(zone, stretch);
    for (int n = 0; n < std::max(1, expressions / 4); ++n)
        check(zone, make.expression(Maker::Fields::six), walk, utc(stretch.first + kMargin),
              utc(stretch.first + stretch.length - kMargin), make, covered);
}

}  // namespace

TEST_CASE("the next instant is the one that a walk over every minute finds", "[cron]") {
    INFO("RUNBOOKD_CRON_SEED=" << seed());
    Maker make(seed());
    Covered covered;
    runbookd::zones::Zones zones;
    for (const auto* name :
         {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
          "Pacific/Apia", "Africa/Casablanca", "America/St_Johns", "Asia/Kolkata", "Antarctica/Troll"}) {
        const auto zone = zones.find(name);
        REQUIRE(zone.has_value());
        const auto changes = changes_of(**zone);
        for (int n = 0; n < 2; ++n) {
            const auto middle =
                changes.empty()
                    ? n * 1000 * kDay
                    : changes[static_cast<std::size_t>(make.pick(0, static_cast<int>(changes.size()) - 1))];
            check_around(**zone, middle, 3, make, covered);
        }
    }
    CHECK(covered.expressions > 0);
}

TEST_CASE("expressions with seconds agree with a walk over every second", "[cron]") {
    INFO("RUNBOOKD_CRON_SEED=" << seed());
    Maker make(seed());
    Covered covered;
    runbookd::zones::Zones zones;
    const auto zone = zones.find("Europe/Berlin");
    REQUIRE(zone.has_value());
    for (const auto* change : {"2026-03-29T01:00", "2026-10-25T01:00"})
        check_around(**zone, to_unix_ms(*runbookd::parse_utc(change)) / 1000, 4, make, covered);
    CHECK(covered.expressions > 0);
}

TEST_CASE("days that a zone skipped or had twice agree with the walk", "[cron]") {
    INFO("RUNBOOKD_CRON_SEED=" << seed());
    Maker make(seed());
    Covered covered;
    runbookd::zones::Zones zones;
    // Samoa skipped a day, Kwajalein too; Monrovia's offset had seconds until 1972.
    for (const auto& [name, change] : {std::pair{"Pacific/Apia", "2011-12-30T10:00"},
                                       std::pair{"Pacific/Kwajalein", "1993-08-21T12:00"}}) {
        const auto zone = zones.find(name);
        REQUIRE(zone.has_value());
        check_around(**zone, to_unix_ms(*runbookd::parse_utc(change)) / 1000, 3, make, covered);
    }
    CHECK(covered.expressions > 0);
}

TEST_CASE("sparse expressions agree with a walk over every day of forty years", "[cron]") {
    INFO("RUNBOOKD_CRON_SEED=" << seed());
    Maker make(seed());
    constexpr int kYears = 41;
    for (int n = 0; n < 150; ++n) {
        auto random = make.expression(Maker::Fields::five);
        random.text = "0 0" + random.text.substr(random.text.find(' ', random.text.find(' ') + 1));
        const auto cron = Expression::parse(random.text, random.options);
        const std::int64_t first = make.pick(-200'000, 200'000);
        const auto offset = random.options.offset.count();
        auto date = cron_tests::date_of(first - offset);
        std::optional<UtcTime> expected;
        for (std::int64_t day = first; !expected && day < first + kYears * 366; ++day, advance(date))
            if (random.names(date)) expected = utc(day * kDay);
        INFO(random.text << " from " << shown(utc(first * kDay)));
        REQUIRE(cron.has_value() == expected.has_value());
        if (cron) CHECK(cron->next_after(utc(first * kDay - 1), runbookd::cron::utc_zone()) == expected);
    }
}

TEST_CASE("every change of every zone from 1970 to 2037 agrees with the walk", "[.full][cron]") {
    INFO("RUNBOOKD_CRON_SEED=" << seed());
    Maker make(seed());
    Covered covered;
    runbookd::zones::Zones zones;
    const runbookd::zones::ZoneFolder folder(runbookd::zones::kSystemFolder);
    for (const auto& name : folder.names()) {
        const auto zone = zones.find(name);
        REQUIRE(zone.has_value());
        ++covered.zones;
        for (const auto change : changes_of(**zone)) {
            ++covered.changes;
            // Seconds cost sixty times as much: at one change in eight.
            check_around(**zone, change, covered.changes % 8 == 0 ? 8 : 3, make, covered);
        }
    }
    std::cout << covered.zones << " zones, " << covered.changes << " changes, " << covered.expressions
              << " expressions, " << covered.instants << " instants, " << covered.questions
              << " questions; seed " << seed() << '\n';
    CHECK(covered.zones > 300);
}
