#include "cron/expression.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using runbookd::format_utc;
using runbookd::parse_utc;
using runbookd::UtcTime;
using runbookd::cron::Expression;
using runbookd::cron::SyntaxError;

namespace {

Expression expression(const std::string& text) {
    auto parsed = Expression::parse(text);
    INFO(text << ": " << (parsed ? "" : parsed.error().message));
    REQUIRE(parsed.has_value());
    return *parsed;
}

SyntaxError error_of(const std::string& text) {
    auto parsed = Expression::parse(text);
    INFO(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

/// The next `count` instants in UTC, without seconds.
std::vector<std::string> next(const std::string& text, const std::string& after, int count = 1) {
    const auto cron = expression(text);
    std::vector<std::string> found;
    auto at = *parse_utc(after);
    for (int i = 0; i < count; ++i) {
        const auto next_at = cron.next_after(at, runbookd::cron::utc_zone());
        if (!next_at) break;
        at = *next_at;
        found.push_back(format_utc(at).substr(0, 16));
    }
    return found;
}

using Times = std::vector<std::string>;

}  // namespace

TEST_CASE("every kind of field names the instants that it should", "[cron]") {
    struct Row {
        const char* text;
        const char* after;
        Times expected;
    };
    const std::vector<Row> rows{
        {"* * * * *", "2026-01-01T00:00:30Z", {"2026-01-01T00:01", "2026-01-01T00:02"}},
        {"*/15 * * * *", "2026-01-01T00:00Z", {"2026-01-01T00:15", "2026-01-01T00:30"}},
        {"5/20 * * * *", "2026-01-01T00:05Z", {"2026-01-01T00:25", "2026-01-01T00:45", "2026-01-01T01:05"}},
        {"1-30/10 3 * * *",
         "2026-01-01T00:00Z",
         {"2026-01-01T03:01", "2026-01-01T03:11", "2026-01-01T03:21"}},
        {"0,30 22-2 * * *",
         "2026-01-01T22:30Z",
         {"2026-01-01T23:00", "2026-01-01T23:30", "2026-01-02T00:00"}},
        {"0 22-2/2 * * *", "2026-01-01T12:00Z", {"2026-01-01T22:00", "2026-01-02T00:00", "2026-01-02T02:00"}},
        {"0 0 31 * *", "2026-01-31T00:00Z", {"2026-03-31T00:00", "2026-05-31T00:00"}},
        {"0 0 30-2 jan *", "2026-01-01T00:00Z", {"2026-01-02T00:00", "2026-01-30T00:00", "2026-01-31T00:00"}},
        {"0 0 1 Nov-feb *",
         "2026-01-01T00:00Z",
         {"2026-02-01T00:00", "2026-11-01T00:00", "2026-12-01T00:00"}},
        {"0 2 * * SUN", "2026-01-01T00:00Z", {"2026-01-04T02:00", "2026-01-11T02:00"}},
        {"0 2 * * 7", "2026-01-01T00:00Z", {"2026-01-04T02:00"}},
        {"0 2 * * 0", "2026-01-01T00:00Z", {"2026-01-04T02:00"}},
        {"0 2 * * fri-MON",
         "2026-01-01T00:00Z",
         {"2026-01-02T02:00", "2026-01-03T02:00", "2026-01-04T02:00", "2026-01-05T02:00",
          "2026-01-09T02:00"}},
        {"0 2 * * 6-7", "2026-01-01T00:00Z", {"2026-01-03T02:00", "2026-01-04T02:00", "2026-01-10T02:00"}},
        {"0 2 * * 7-1", "2026-01-01T00:00Z", {"2026-01-04T02:00", "2026-01-05T02:00", "2026-01-11T02:00"}},
        {"0 2 * * 0-7", "2026-01-01T00:00Z", {"2026-01-01T02:00", "2026-01-02T02:00"}},
        {"0 2 ? * MON", "2026-01-01T00:00Z", {"2026-01-05T02:00"}},
        {"0 2 5 * ?", "2026-01-01T00:00Z", {"2026-01-05T02:00", "2026-02-05T02:00"}},
        {"  0\t2 * * *  ", "2026-01-01T00:00Z", {"2026-01-01T02:00"}},
        {"00 02 01 01 *", "2026-01-01T02:00Z", {"2027-01-01T02:00"}},
        {"59 23 31 12 *", "2026-01-01T00:00Z", {"2026-12-31T23:59", "2027-12-31T23:59"}},
        {"0 0 1 * *", "1969-12-31T23:59:59.999Z", {"1970-01-01T00:00"}},
    };
    for (const auto& row : rows) {
        INFO(row.text << " after " << row.after);
        CHECK(next(row.text, row.after, static_cast<int>(row.expected.size())) == row.expected);
    }
}

TEST_CASE("day of month and day of week: both restricted, either matches", "[cron]") {
    CHECK(next("0 0 13 * FRI", "2026-02-01T00:00Z", 4) ==
          Times{"2026-02-06T00:00", "2026-02-13T00:00", "2026-02-20T00:00", "2026-02-27T00:00"});
    CHECK(next("0 0 13,14 * FRI", "2026-01-09T00:00Z", 3) ==
          Times{"2026-01-13T00:00", "2026-01-14T00:00", "2026-01-16T00:00"});
}

TEST_CASE("a day field that begins with a star still filters, and then both must match", "[cron]") {
    CHECK(next("0 0 */2 * MON", "2026-01-01T00:00Z", 3) ==
          Times{"2026-01-05T00:00", "2026-01-19T00:00", "2026-02-09T00:00"});
    CHECK(next("0 0 13 * */5", "2026-01-01T00:00Z", 2) == Times{"2026-02-13T00:00", "2026-03-13T00:00"});
}

TEST_CASE("leap days on a Sunday are found across decades", "[cron]") {
    CHECK(next("0 0 29 2 */7", "2026-01-01T00:00Z", 4) ==
          Times{"2032-02-29T00:00", "2060-02-29T00:00", "2088-02-29T00:00", "2128-02-29T00:00"});
    CHECK(next("0 0 29 2 *", "2096-03-01T00:00Z") == Times{"2104-02-29T00:00"});
}

TEST_CASE("dates that never come are an error at once", "[cron]") {
    for (const auto* text : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 FEB ?", "0 0 30,31 2 */7"}) {
        const auto error = error_of(text);
        INFO(text << ": " << error.message);
        CHECK(error.field == "day of month");
        CHECK(error.column == 5);
        CHECK(error.message.find("never fires") != std::string::npos);
        CHECK_FALSE(error.not_supported);
    }
    CHECK(next("0 0 30 2 MON", "2026-01-31T00:00Z") == Times{"2026-02-02T00:00"});  // either matches
}

TEST_CASE("errors name the field and the column, and what would be valid", "[cron]") {
    struct Row {
        const char* text;
        std::size_t column;
        const char* field;
        const char* message;  // a part of it
    };
    const std::vector<Row> rows{
        {"60 * * * *", 1, "minute", "'60' is out of range"},
        {"0 24 * * *", 3, "hour", "'24' is out of range"},
        {"0 0 0 * *", 5, "day of month", "'0' is out of range"},
        {"0 0 * 13 *", 7, "month", "'13' is out of range"},
        {"0 0 * * 8", 9, "day of week", "'8' is out of range"},
        {"0 0 * * 1,2,99999999999", 13, "day of week", "'99999999999'"},
        {"0 0 * * MON-FRU", 13, "day of week", "did you mean FRI?"},
        {"0 0 * * Monday", 9, "day of week", "did you mean MON?"},
        {"0 0 * JNA *", 7, "month", "did you mean JAN?"},
        {"0 0 * MON *", 7, "month", "'MON' is not a month"},
        {"0,,5 * * * *", 3, "minute", "a value is missing"},
        {"0, * * * *", 3, "minute", "a value is missing"},
        {"-5 * * * *", 1, "minute", "a value is missing"},
        {"1- * * * *", 3, "minute", "a value is missing"},
        {"*/0 * * * *", 3, "minute", "'0' is not a step"},
        {"*/61 * * * *", 3, "minute", "'61' is not a step"},
        {"*/ * * * *", 3, "minute", "a step is missing"},
        {"*5 * * * *", 2, "minute", "unexpected '5'"},
        {"1-5-7 * * * *", 4, "minute", "unexpected '-7'"},
        {"? * * * *", 1, "minute", "day fields only"},
        {"0 0 1.5 * *", 6, "day of month", "unexpected '.5'"},
        {"0 0 * *", 8, "day of week", "the day of week is missing"},
        {"", 1, "", "empty"},
        {"   ", 1, "", "empty"},
        {"0 0 1 1 1 1 1", 13, "", "7 fields"},
        {"@dayly", 1, "", "did you mean @daily?"},
    };
    for (const auto& row : rows) {
        const auto error = error_of(row.text);
        INFO(row.text << ": " << error.message);
        CHECK(error.column == row.column);
        CHECK(error.field == row.field);
        CHECK(error.message.find(row.message) != std::string::npos);
        CHECK_FALSE(error.expected.empty());
        CHECK_FALSE(error.not_supported);
    }
    CHECK(error_of("0 0 * * x").expected.rfind("0-7 or SUN-SAT", 0) == 0);
}

TEST_CASE("names whose letters are also marks of the dialect are still names", "[cron]") {
    for (const auto* text : {"0 0 * JUL *", "0 0 * * WED", "0 0 * * THU", "0 0 * MAR thu-wed"})
        CHECK(Expression::parse(text).has_value());
}

TEST_CASE("the text is kept as it was written", "[cron]") {
    CHECK(expression("0  2 * * sun").text() == "0  2 * * sun");
}

TEST_CASE("the ends of the calendar are answered, not crashed into", "[cron]") {
    const auto cron = expression("0 0 1 1 *");
    const auto& utc = runbookd::cron::utc_zone();
    CHECK(cron.next_after(UtcTime::min(), utc).has_value());
    CHECK_FALSE(cron.next_after(UtcTime::max(), utc).has_value());
}
