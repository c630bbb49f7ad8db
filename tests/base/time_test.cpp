#include "base/time.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "catch.hpp"

using namespace runbookd;

TEST_CASE("a time is printed in UTC with milliseconds", "[base]") {
    CHECK(format_utc(from_unix_ms(0)) == "1970-01-01T00:00:00.000Z");
    CHECK(format_utc(from_unix_ms(1'796'090'400'007)) == "2026-12-01T02:00:00.007Z");
    CHECK(format_utc(from_unix_ms(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a local time carries its offset", "[base]") {
    const auto at = from_unix_ms(1'796'090'400'000);
    CHECK(format_local(at, std::chrono::hours{1}) == "2026-12-01T03:00:00.000+01:00");
    CHECK(format_local(at, std::chrono::seconds{0}) == "2026-12-01T02:00:00.000+00:00");
    CHECK(format_local(at, -std::chrono::minutes{210}) == "2026-11-30T22:30:00.000-03:30");
}

TEST_CASE("ISO times are read with as much as is given", "[base]") {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"2026-12-01", "2026-12-01T00:00:00.000Z"},
        {"2026-12-01T02", "2026-12-01T02:00:00.000Z"},
        {"2026-12-01T02Z", "2026-12-01T02:00:00.000Z"},
        {"2026-12-01 02:03", "2026-12-01T02:03:00.000Z"},
        {"2026-12-01T02:03:04", "2026-12-01T02:03:04.000Z"},
        {"2026-12-01t02:03:04.5z", "2026-12-01T02:03:04.500Z"},
        {"2026-12-01T02:03:04,123456789Z", "2026-12-01T02:03:04.123Z"},
        {"2026-12-01T02:03:04+01:00", "2026-12-01T01:03:04.000Z"},
        {"2026-12-01T02:03:04-0330", "2026-12-01T05:33:04.000Z"},
        {"2026-12-01T02+02", "2026-12-01T00:00:00.000Z"},
        {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"},
    };
    for (const auto& [text, expected] : rows) {
        INFO(text);
        const auto at = parse_utc(text);
        REQUIRE(at.has_value());
        CHECK(format_utc(*at) == expected);
        CHECK(parse_utc(format_utc(*at)) == *at);
    }
}

TEST_CASE("what is no time is refused with an example", "[base]") {
    for (const auto* text : {"",
                             "now",
                             "2026",
                             "2026-12",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-12-01T",
                             "2026-12-01X02:00",
                             "2026-12-01T24:00",
                             "2026-12-01T02:60",
                             "2026-12-01T02:00:60",
                             "2026-12-01T02:00:00.",
                             "2026-12-01T02:00:00ZZ",
                             "2026-12-01T02:00+1",
                             "2026-12-01T02:00+01:",
                             "2026-12-01T02:00+25:00",
                             "2026-12-01T02:00+01:60",
                             " 2026-12-01",
                             "2026-12-01T02:00:00Z ",
                             "-026-12-01"}) {
        INFO(text);
        const auto at = parse_utc(text);
        REQUIRE_FALSE(at.has_value());
        CHECK(at.error().code == ErrorCode::invalid_input);
        CHECK(at.error().message.find("2026-12-01T02:00:00Z") != std::string::npos);
    }
}

TEST_CASE("spans are read in every unit", "[base]") {
    const std::vector<std::pair<std::string, std::int64_t>> rows{{"0s", 0},
                                                                 {"250ms", 250},
                                                                 {"90s", 90'000},
                                                                 {"15m", 900'000},
                                                                 {"1h30m", 5'400'000},
                                                                 {"7d", 604'800'000},
                                                                 {"2w", 1'209'600'000},
                                                                 {"1d2h3m4s5ms", 93'784'005},
                                                                 {"36600d", 3'162'240'000'000}};
    for (const auto& [text, ms] : rows) {
        INFO(text);
        const auto span = parse_duration(text);
        REQUIRE(span.has_value());
        CHECK(span->count() == ms);
        CHECK(parse_duration(format_duration(*span)) == *span);
    }
}

TEST_CASE("what is no span is refused", "[base]") {
    for (const auto* text : {"", "5", "s", "5 m", "-5m", "1.5h", "5M", "5min", "5m ", "36601d",
                             "99999999999999999999s", "36600d1ms", "1h30"}) {
        INFO(text);
        const auto span = parse_duration(text);
        REQUIRE_FALSE(span.has_value());
        CHECK(span.error().code == ErrorCode::invalid_input);
    }
}

TEST_CASE("spans are printed as briefly as they can be", "[base]") {
    CHECK(format_duration(Millis{0}) == "0s");
    CHECK(format_duration(Millis{250}) == "250ms");
    CHECK(format_duration(Millis{5'400'000}) == "1h30m");
    CHECK(format_duration(std::chrono::hours{24 * 14}) == "14d");
    CHECK(format_duration(-Millis{61'000}) == "-1m1s");
    CHECK(format_duration(Millis::min()).front() == '-');
}

TEST_CASE("the machine's clocks do not go back between two readings", "[base]") {
    const SystemClock clock;
    const auto first = clock.now(), second = clock.now();
    CHECK(second.steady >= first.steady);
    CHECK(first.utc > from_unix_ms(0));
}
