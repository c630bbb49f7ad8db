// Every zone of this machine against two implementations that share no code with ours: the date library
// (which lists changes up to 2037) and the C library (which knows the rules beyond).
#include <date/tz.h>
#include <stdlib.h>
#include <time.h>

#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "zones/zones.hpp"

namespace runbookd::zones {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

constexpr UtcTime kFirst{sys_days{year{1970} / 1 / 1}};
constexpr UtcTime kLastListed{sys_days{year{2037} / 1 / 1}};
constexpr UtcTime kFarFuture{sys_days{year{2900} / 1 / 1}};

std::vector<std::string> all_names() { return ZoneFolder(kSystemFolder).names(); }

/// The interval that holds `at`, with neighbours of equal offset made one, as the date library sees it.
cron::ZoneInterval by_library(const date::time_zone& zone, UtcTime at) {
    const auto info_at = [&](UtcTime t) { return zone.get_info(std::chrono::floor<seconds>(t)); };
    const auto info = info_at(at);
    cron::ZoneInterval merged{info.begin, info.end, info.offset};
    while (merged.begin > kFirst) {
        const auto before = info_at(merged.begin - seconds{1});
        if (before.offset != merged.offset) break;
        merged.begin = before.begin;
    }
    while (merged.end < kLastListed) {
        const auto behind = info_at(merged.end);
        if (behind.offset != merged.offset) break;
        merged.end = behind.end;
    }
    return merged;
}

/// Lets the C library live in another zone for a while.
class Elsewhere {
public:
    explicit Elsewhere(const std::string& zone) {
        ::setenv("TZ", (":" + zone).c_str(), 1);
        ::tzset();
    }
    ~Elsewhere() {
        ::unsetenv("TZ");
        ::tzset();
    }
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;
    [[nodiscard]] static seconds offset_at(UtcTime at) {
        const std::time_t time = std::chrono::floor<seconds>(at).time_since_epoch().count();
        std::tm local{};
        ::localtime_r(&time, &local);
        return seconds{local.tm_gmtoff};
    }
};

}  // namespace

TEST_CASE("every zone changes when the date library says, from 1970 to 2037", "[zones][yardstick]") {
    Zones zones;
    std::size_t changes = 0;
    const auto names = all_names();
    for (const auto& name : names) {
        INFO(name);
        const auto found = zones.find(name);
        REQUIRE(found.has_value());
        const auto& zone = **found;
        const auto& reference = *date::locate_zone(name);
        for (auto at = kFirst; at < kLastListed;) {
            const auto ours = zone.at(at);
            const auto theirs = by_library(reference, at);
            INFO(format_utc(at));
            REQUIRE(ours.offset == theirs.offset);
            if (ours.begin > kFirst) {
                REQUIRE(ours.begin == theirs.begin);
                REQUIRE(zone.at(ours.begin).begin == ours.begin);
                REQUIRE(zone.at(ours.begin - Millis{1}).end == ours.begin);
                ++changes;
            }
            if (ours.end < kLastListed) REQUIRE(ours.end == theirs.end);
            at = std::min(ours.end, kLastListed);
        }
    }
    // With tzdata 2026: 597 zones, 29,748 changes. One that is missing here is missing from the folder.
    CHECK(names.size() > 300);
    CHECK(changes > 10'000);
}

TEST_CASE("every zone follows its rule as the C library does, up to 2900", "[zones][yardstick]") {
    Zones zones;
    std::mt19937_64 random(2037);
    std::size_t compared = 0;
    for (const auto& name : all_names()) {
        INFO(name);
        const auto found = zones.find(name);
        REQUIRE(found.has_value());
        const auto& zone = **found;
        const Elsewhere elsewhere(name);
        const auto compare = [&](UtcTime at) {
            const auto theirs = Elsewhere::offset_at(at);
            if (zone.at(at).offset == theirs) return ++compared;
            FAIL(format_utc(at) << ": ours " << zone.at(at).offset.count() << " s, theirs " << theirs.count()
                                << " s");
            return compared;
        };
        const auto span = static_cast<std::uint64_t>((kFarFuture - kFirst).count());
        for (int i = 0; i < 200; ++i) compare(kFirst + Millis{static_cast<std::int64_t>(random() % span)});
        int changes = 0;
        for (auto end = zone.at(kLastListed).end; end < kFarFuture && changes < 400; ++changes) {
            compare(end - seconds{1});
            compare(end);
            end = zone.at(end).end;
        }
    }
    CHECK(compared > 100'000);
}

}  // namespace runbookd::zones
