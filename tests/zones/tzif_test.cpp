#include "zones/tzif.hpp"

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "catch.hpp"
#include "zones/offset_table.hpp"
#include "zones/tzif_builder.hpp"
#include "zones/tzif_zone.hpp"

namespace runbookd::zones {
namespace {

Result<TzifRules> read(const std::string& file) { return read_tzif(std::as_bytes(std::span(file))); }

std::string problem(const std::string& file) {
    const auto rules = read(file);
    return rules ? "" : rules.error().message;
}

/// A zone as busy as they come, with a rule behind it.
TzifBuilder busy() {
    TzifBuilder file;
    file.types = {{-3600, false}, {0, false}, {3600, true}};
    for (int i = 0; i < 200; ++i)
        file.changes.push_back({i * std::int64_t{15'768'000}, static_cast<std::uint8_t>(1 + i % 2)});
    file.footer = "WET0WEST,M3.5.0/1,M10.5.0";
    return file;
}

/// Everything that a zone can be asked, at the places where it would break.
void ask(const TzifRules& rules) {
    const OffsetTable table(rules);
    for (auto at : {UtcTime::min(), from_unix_ms(-1), from_unix_ms(0), from_unix_ms(4'102'444'800'000),
                    from_unix_ms(32'503'680'000'000), UtcTime::max()}) {
        for (int i = 0; i < 3; ++i) {
            const auto interval = table.at(at);
            REQUIRE(interval.begin <= at);
            REQUIRE((interval.end > at || interval.end == UtcTime::max()));
            if (interval.end == UtcTime::max()) break;
            REQUIRE(table.at(interval.end).begin == interval.end);
            at = interval.end;
        }
    }
}

}  // namespace

TEST_CASE("a TZif file gives its changes and its rule", "[zones]") {
    const auto rules = read(busy().build());
    REQUIRE(rules.has_value());
    CHECK(rules->first == std::chrono::hours{-1});
    REQUIRE(rules->changes.size() == 200);
    CHECK(rules->changes[1].at.time_since_epoch() == std::chrono::seconds{15'768'000});
    CHECK(rules->changes[1].offset == std::chrono::hours{1});
    CHECK(rules->rule->daylight->offset == std::chrono::hours{1});
}

TEST_CASE("a file of version 1 has 32 bits and no rule", "[zones]") {
    TzifBuilder file;
    file.version = '\0';
    file.types = {{3600, false}, {7200, true}};
    file.changes = {{-2'000'000'000, 1}, {2'000'000'000, 0}};
    const auto rules = read(file.build());
    REQUIRE(rules.has_value());
    CHECK(rules->changes.front().at.time_since_epoch() == std::chrono::seconds{-2'000'000'000});
    CHECK_FALSE(rules->rule.has_value());
}

TEST_CASE("a change at the Big Bang is how it has always been", "[zones]") {
    TzifBuilder file;
    file.types = {{0, false}, {3600, false}};
    file.changes = {{-(std::int64_t{1} << 59), 1}};
    const auto rules = read(file.build());
    REQUIRE(rules.has_value());
    CHECK(rules->first == std::chrono::hours{1});
    CHECK(rules->changes.empty());
}

TEST_CASE("a damaged TZif file is refused with a reason", "[zones]") {
    const auto changed = [](auto change) {
        auto file = busy();
        change(file);
        return problem(file.build());
    };
    const std::string good = busy().build();
    CHECK(problem(good).empty());
    CHECK(problem("") == "it ends too early");
    CHECK(problem("# version 2026a\n") == "it does not begin with 'TZif'");
    CHECK(problem(good.substr(0, 100)) == "it ends too early");
    CHECK(problem(good.substr(0, good.size() - 1)) == "its footer does not end");
    CHECK(changed([](auto& file) { file.types.clear(); }) == "it has no local time type");
    CHECK(changed([](auto& file) { file.changes[7].type = 3; }).find("local time type") != std::string::npos);
    CHECK(changed([](auto& file) { file.changes[7].at = 0; }) == "its changes are out of order");
    CHECK(changed([](auto& file) { file.changes[199].at = 400'000'000'000; }).find("9999") !=
          std::string::npos);
    CHECK(changed([](auto& file) { file.types[0].offset = 100'000; }).find("offset") != std::string::npos);
    CHECK(changed([](auto& file) { file.footer = "WET0WEST"; }).find("footer") != std::string::npos);
    CHECK(changed([](auto& file) { file.leap_seconds = 27; }).find("leap seconds") != std::string::npos);
    CHECK(changed([](auto& file) { file.version = '4'; }).empty());
    auto many = busy();
    for (int i = 200; i < 10'001; ++i) many.changes.push_back({i * std::int64_t{15'768'000}, 0});
    CHECK(problem(many.build()) == "it has too many changes");
}

TEST_CASE("the copies of zones that count leap seconds are refused", "[zones]") {
    std::ifstream in("/usr/share/zoneinfo/right/Europe/Berlin", std::ios::binary);
    if (!in) return;  // not every machine has them
    const std::string file(std::istreambuf_iterator<char>(in), {});
    CHECK(from_tzif("Europe/Berlin", file).error().message.find("leap seconds") != std::string::npos);
}

TEST_CASE("no mutation of a file does harm", "[zones]") {
    const std::string seeds[] = {busy().build(), [] {
                                     auto file = busy();
                                     file.changes.resize(2);
                                     return file.build();
                                 }()};
    std::mt19937 random(20'261'125);
    const auto below = [&](std::size_t most) { return random() % most; };
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto file = seeds[below(2)];
        for (auto changes = 1 + below(4); changes > 0; --changes) {
            const auto place = below(4) == 0 ? below(file.size()) : std::min(file.size() - 1, below(100));
            switch (below(5)) {
                case 0: file[place] = static_cast<char>(random()); break;
                case 1:
                    file[place] =
                        static_cast<char>(static_cast<unsigned char>(file[place]) ^ (1U << below(8)));
                    break;
                case 2: file.erase(place, 1 + below(8)); break;
                case 3: file.insert(place, 1 + below(8), static_cast<char>(random())); break;
                default:
                    file[file.size() - 1 - below(std::min<std::size_t>(file.size(), 28))] =
                        "0,/M.J:-<9\n"[below(11)];
            }
            if (file.empty()) break;
        }
        const auto rules = read(file);
        if (!rules) {
            REQUIRE_FALSE(rules.error().message.empty());
            continue;
        }
        ++accepted;
        ask(*rules);
    }
    CHECK(accepted > 1000);
}

}  // namespace runbookd::zones
