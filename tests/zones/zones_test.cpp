#include "zones/zones.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "zones/tzif_builder.hpp"

using runbookd::ErrorCode;
using runbookd::format_utc;
using runbookd::parse_utc;
using runbookd::zones::from_tzif;
using runbookd::zones::TzifBuilder;
using runbookd::zones::Zones;
namespace fs = std::filesystem;

namespace {

/// A folder of zones of our own, gone with the test.
class OwnZones {
public:
    OwnZones() : folder_(fs::temp_directory_path() / ("runbookd-zones-" + std::to_string(::getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "Own");
    }
    ~OwnZones() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    OwnZones(const OwnZones&) = delete;
    OwnZones& operator=(const OwnZones&) = delete;
    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << bytes;
    }
    void remove(const std::string& name) const { fs::remove(folder_ / name); }
    [[nodiscard]] const fs::path& folder() const { return folder_; }

private:
    fs::path folder_;
};

std::string file_with(const std::string& rule) {
    TzifBuilder file;
    file.footer = rule;
    return file.build();
}

}  // namespace

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

TEST_CASE("what is in the folder and is no zone is not found", "[zones]") {
    const OwnZones own;
    own.write("Own/Town", file_with("TWN-1"));
    own.write("Own/notes.tab", "text");
    own.write("Own/Text", "text");
    own.write("localtime", file_with("TWN-1"));
    own.write("posixrules", file_with("TWN-1"));
    fs::create_directories(own.folder() / "right");
    own.write("right/Town", file_with("TWN-1"));
    fs::create_symlink("/etc/hostname", own.folder() / "Own" / "Outside");
    fs::create_symlink("Town", own.folder() / "Own" / "Village");
    Zones zones(own.folder());
    CHECK(zones.find("Own/Town").has_value());
    CHECK(zones.find("Own/Village").has_value());
    for (const auto* name : {"own/town", "Own", "Own/", "/Own/Town", "Own//Town", "./Own/Town",
                             "Own/../Own/Town", "Own/notes.tab", "Own/Text", "localtime", "posixrules",
                             "right/Town", "Own/Outside", "Own/Town\n"}) {
        INFO(name);
        const auto found = zones.find(name);
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().code == ErrorCode::not_found);
    }
    CHECK(zones.find("Own/Towm").error().message ==
          "there is no time zone 'Own/Towm'; expected an IANA name; did you mean Own/Town");
}

TEST_CASE("a zone that cannot be read says what to do", "[zones]") {
    Zones nowhere("/nonexistent");
    CHECK(nowhere.find("UTC").has_value());
    const auto missing = nowhere.find("Europe/Berlin");
    CHECK(missing.error().code == ErrorCode::unavailable);
    CHECK(missing.error().message.find("install the package tzdata") != std::string::npos);

    const OwnZones own;
    own.write("Own/Damaged", file_with("no rule"));
    own.write("Own/Huge", file_with("TWN-1") + std::string(std::size_t{1} << 20U, 'x'));
    Zones zones(own.folder());
    for (const auto* name : {"Own/Damaged", "Own/Huge"}) {
        INFO(name);
        const auto found = zones.find(name);
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().code == ErrorCode::unavailable);
        CHECK(found.error().message.find(name) != std::string::npos);
    }
}

TEST_CASE("an old name whose file is in another package is explained", "[zones]") {
    const OwnZones own;
    own.write("Own/Town", file_with("TWN-1"));
    own.write("tzdata.zi", "# version 2026x\nR C 1916 only - Jul 23 23 1 S\nL Own/Town Old/Town\n");
    Zones zones(own.folder());
    const auto message = zones.find("Old/Town").error().message;
    CHECK(message.find("old name of the time zone Own/Town") != std::string::npos);
    CHECK(message.find("tzdata-legacy") != std::string::npos);
}

TEST_CASE("changed rules are taken up when the files are read again, and only then", "[zones]") {
    const OwnZones own;
    own.write("Own/Town", file_with("TWN-1"));
    own.write("Own/Same", file_with("SAM-1"));
    own.write("tzdata.zi", "# version 2026x\n");
    Zones zones(own.folder());
    const auto town = zones.find("Own/Town").value();
    const auto same = zones.find("Own/Same").value();

    own.write("Own/Town", file_with("TWN-2"));
    own.write("tzdata.zi", "# version 2026y\n");
    CHECK(zones.find("Own/Town").value() == town);
    CHECK(zones.rules("Own/Town")->tzdata_version == "2026x");

    zones.reread();
    const auto changed = zones.find("Own/Town").value();
    CHECK(changed != town);
    CHECK(changed->digest() != town->digest());
    CHECK(changed->at({}).offset == std::chrono::hours{2});
    CHECK(town->at({}).offset == std::chrono::hours{1});
    CHECK(zones.rules("Own/Town")->tzdata_version == "2026y");
    CHECK(zones.find("Own/Same").value() == same);
    CHECK(zones.find("Own/Town").value() == changed);
}

TEST_CASE("a zone whose file went away is an error, until it is back", "[zones]") {
    const OwnZones own;
    own.write("Own/Town", file_with("TWN-1"));
    own.write("Own/Other", file_with("OTH-1"));
    Zones zones(own.folder());
    const auto town = zones.find("Own/Town").value();
    own.remove("Own/Town");
    zones.reread();
    CHECK(zones.find("Own/Town").error().code == ErrorCode::not_found);
    own.write("Own/Town", file_with("TWN-1"));
    CHECK(zones.find("Own/Town").value() == town);
}

TEST_CASE("the rules on record make the same zone again", "[zones]") {
    Zones zones;
    const auto berlin = zones.find("Europe/Berlin").value();
    const auto rules = zones.rules("Europe/Berlin");
    REQUIRE(rules != nullptr);
    CHECK(rules->name == "Europe/Berlin");
    CHECK(rules->digest == berlin->digest());
    CHECK(rules->digest.size() == 64);
    CHECK(rules->tzdata_version.starts_with("20"));
    const auto again = from_tzif(rules->name, *rules->tzif).value();
    CHECK(again->digest() == berlin->digest());
    CHECK(again->at(*parse_utc("2055-07-01")).end == berlin->at(*parse_utc("2055-07-01")).end);
    CHECK(zones.rules("Europe/Paris") == nullptr);
    CHECK(zones.find("UTC").value()->digest().empty());
    CHECK(zones.rules("UTC") == nullptr);
}

TEST_CASE("the days and hours that zones skipped", "[zones]") {
    Zones zones;
    const auto offset = [&](const char* name, const char* at) {
        return zones.find(name).value()->at(*parse_utc(at)).offset / std::chrono::minutes{1};
    };
    CHECK(offset("Pacific/Apia", "2011-12-30T09:59:59") == -10 * 60);
    CHECK(offset("Pacific/Apia", "2011-12-30T10:00") == 14 * 60);  // there was no 30 December
    CHECK(offset("America/Sao_Paulo", "2018-11-04T02:59:59") == -180);
    CHECK(offset("America/Sao_Paulo", "2018-11-04T03:00") == -120);  // midnight was skipped
    CHECK(offset("Australia/Lord_Howe", "2026-04-04T14:59:59") == 11 * 60);
    CHECK(offset("Australia/Lord_Howe", "2026-04-04T15:00") == 10 * 60 + 30);
    CHECK(offset("Europe/Dublin", "2026-01-01") == 0);
    CHECK(offset("Europe/Dublin", "2026-07-01") == 60);
    CHECK(offset("Asia/Kathmandu", "2050-01-01") == 5 * 60 + 45);
}
