#include "datto/timestamp.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace runbookd;
using datto::read_timestamp;
using nlohmann::json;

TEST_CASE("every form of an instant that the API sends is read", "[datto]") {
    const auto text = GENERATE(
        values<std::string>({"1767225600000", "1767225600", "1767225600.0", "\"1767225600000\"",
                             "\"1767225600\"", "\" 1767225600 \"", "\"2026-01-01T00:00:00Z\"",
                             "\"2026-01-01T00:00:00.000Z\"", "\"2026-01-01T00:00:00\"",
                             "\"2026-01-01 00:00:00\"", "\"2026-01-01T01:00:00+0100\"", "\"2026-01-01\""}));
    CAPTURE(text);
    const auto at = read_timestamp(json::parse(text));
    REQUIRE(at);
    CHECK(format_utc(*at) == "2026-01-01T00:00:00.000Z");
}

TEST_CASE("fractions of seconds keep their milliseconds", "[datto]") {
    CHECK(format_utc(read_timestamp(json::parse("1767225600.123")).value()) == "2026-01-01T00:00:00.123Z");
    CHECK(format_utc(read_timestamp(json::parse("\"1767225600.5\"")).value()) == "2026-01-01T00:00:00.500Z");
}

TEST_CASE("the border between seconds and milliseconds is where the reference puts it", "[datto]") {
    CHECK(to_unix_ms(read_timestamp(json(9'999'999'999)).value()) == 9'999'999'999'000);
    CHECK(to_unix_ms(read_timestamp(json(10'000'000'000)).value()) == 10'000'000'000);
}

TEST_CASE("what is no instant is none", "[datto]") {
    const auto text =
        GENERATE(values<std::string>({"null", "true", "{}", "[]", "\"\"", "\"soon\"", "-62135596800000",
                                      "-62135596800", "\"-62135596800\"", "\"0001-01-01T00:00:00Z\"", "1e300",
                                      "1e17", "\"nan\"", "\"inf\"", "\"2026-13-01\""}));
    CAPTURE(text);
    CHECK_FALSE(read_timestamp(json::parse(text)));
}
