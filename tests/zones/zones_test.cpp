#include "zones/zones.hpp"

#include <filesystem>

#include "catch.hpp"

using runbookd::ErrorCode;
using runbookd::format_utc;
using runbookd::parse_utc;
using runbookd::zones::Zones;

TEST_CASE("a zone says its offset, and from when to when it holds", "[zones]") {
    Zones zones;
    const auto berlin = zones.find("Europe/Berlin");
    REQUIRE(berlin.has_value());
    CHECK((*berlin)->name() == "Europe/Berlin");
    const auto summer = (*berlin)->at(*parse_utc("2026-07-01"));
    CHECK(summer.offset == std::chrono::hours{2});
    CHECK(format_utc(summer.begin) == "2026-03-29T01:00:00.000Z");
    CHECK(format_utc(summer.end) == "2026-10-25T01:00:00.000Z");
    const auto winter = (*berlin)->at(summer.end);
    CHECK(winter.begin == summer.end);
    CHECK(winter.offset == std::chrono::hours{1});
    CHECK((*berlin)->at(summer.end - runbookd::Millis{1}).offset == std::chrono::hours{2});
}

TEST_CASE("the intervals of a zone follow each other without a hole", "[zones]") {
    Zones zones;
    for (const auto* name : {"America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"}) {
        const auto zone = zones.find(name);
        REQUIRE(zone.has_value());
        auto interval = (*zone)->at(runbookd::UtcTime::min());
        int count = 1;
        while (interval.end < *parse_utc("2100-01-01")) {
            const auto next = (*zone)->at(interval.end);
            REQUIRE(next.begin == interval.end);
            REQUIRE(next.end > interval.end);
            interval = next;
            ++count;
        }
        CHECK(count > 2);
    }
}

TEST_CASE("a zone is made once, and outlives its maker", "[zones]") {
    std::shared_ptr<const runbookd::cron::Zone> kept;
    {
        Zones zones;
        kept = *zones.find("America/St_Johns");
        CHECK(*zones.find("America/St_Johns") == kept);
    }
    CHECK(kept->at(*parse_utc("2026-01-01")).offset == -std::chrono::minutes{210});
}

TEST_CASE("UTC and old names are zones too", "[zones]") {
    Zones zones;
    CHECK(zones.find("UTC").value().get() == &runbookd::cron::utc_zone());
    // Debian 13 keeps the old names in a package of their own (tzdata-legacy).
    if (std::filesystem::exists("/usr/share/zoneinfo/Europe/Kiev"))
        CHECK(zones.find("Europe/Kiev").value()->name() == "Europe/Kiev");
}

TEST_CASE("an unknown zone is an error that names its neighbours", "[zones]") {
    Zones zones;
    const auto typo = zones.find("Europe/Berlln");
    REQUIRE_FALSE(typo.has_value());
    CHECK(typo.error().code == ErrorCode::not_found);
    CHECK(typo.error().message.find("did you mean Europe/Berlin") != std::string::npos);
    CHECK(zones.find("berlin").error().message.find("Europe/Berlin") != std::string::npos);
    CHECK(zones.find("europe/berlin").error().message.find("Europe/Berlin") != std::string::npos);
    for (const auto* name : {"", "localtime", "../etc/passwd", "Mars/Olympus_Mons", "CEST+2"})
        CHECK(zones.find(name).error().code == ErrorCode::not_found);
}
