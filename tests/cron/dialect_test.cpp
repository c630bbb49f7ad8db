// What the dialect has beyond the five fields of crontab: seconds, L, W, #, H, macros, joins and offsets.
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"

using runbookd::format_utc;
using runbookd::parse_utc;
using runbookd::cron::DayJoin;
using runbookd::cron::Expression;
using runbookd::cron::Options;
using runbookd::cron::SyntaxError;

namespace {

using Times = std::vector<std::string>;

/// The next instants in UTC, as far as the row's first expected text is precise.
Times next(const std::string& text, const std::string& after, std::size_t count, std::size_t precision = 16,
           const Options& options = {}) {
    const auto cron = Expression::parse(text, options);
    INFO(text << ": " << (cron ? "" : cron.error().message));
    REQUIRE(cron.has_value());
    Times found;
    auto at = *parse_utc(after);
    while (found.size() < count) {
        const auto next_at = cron->next_after(at, runbookd::cron::utc_zone());
        if (!next_at) break;
        at = *next_at;
        found.push_back(format_utc(at).substr(0, precision));
    }
    return found;
}

struct Row {
    const char* text;
    const char* after;
    Times expected;
};

void check(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        INFO(row.text << " after " << row.after);
        CHECK(next(row.text, row.after, row.expected.size(), row.expected.front().size()) == row.expected);
    }
}

SyntaxError error_of(const std::string& text, const Options& options = {}) {
    const auto parsed = Expression::parse(text, options);
    INFO(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

}  // namespace

TEST_CASE("six fields begin with seconds", "[cron]") {
    check({
        {"0 0 2 * * *", "2026-01-01", {"2026-01-01T02:00:00", "2026-01-02T02:00:00"}},
        {"*/20 * * * * *",
         "2026-01-01T00:00:10",
         {"2026-01-01T00:00:20", "2026-01-01T00:00:40", "2026-01-01T00:01:00"}},
        {"30 59 23 31 12 ?", "2026-01-01", {"2026-12-31T23:59:30"}},
        {"50-10/10 0 0 1 * *",
         "2026-01-01T00:00:05",
         {"2026-01-01T00:00:10", "2026-01-01T00:00:50", "2026-02-01T00:00:00"}},
        {"59 * * * * *", "2026-01-01T00:00:59.500", {"2026-01-01T00:01:59"}},
        {"* * * * * *", "2026-01-01T00:00:58.999", {"2026-01-01T00:00:59", "2026-01-01T00:01:00"}},
    });
}

TEST_CASE("L and W in the day of the month", "[cron]") {
    check({
        {"0 0 L * *", "2028-01-15", {"2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"}},
        {"0 0 l-3 * *", "2026-02-01", {"2026-02-25", "2026-03-28", "2026-04-27"}},
        {"0 0 L-30 * *", "2026-01-02", {"2026-03-01", "2026-05-01"}},
        {"0 0 L-28 2 *", "2026-01-01", {"2028-02-01", "2032-02-01"}},
        {"0 0 15W * *", "2026-01-16", {"2026-02-16", "2026-03-16", "2026-04-15", "2026-05-15", "2026-06-15"}},
        {"0 0 15w 8 *", "2026-01-01", {"2026-08-14"}},  // a Saturday
        {"0 0 1W 8 *", "2026-01-01", {"2026-08-03"}},   // Saturday the 1st stays in its month
        {"0 0 1W 11 *", "2026-01-01", {"2026-11-02"}},  // Sunday the 1st
        {"0 0 31W 5 *", "2026-01-01", {"2026-05-29"}},  // Sunday the 31st stays in its month
        {"0 0 31W * *", "2026-02-01", {"2026-03-31", "2026-05-29", "2026-07-31"}},
        {"0 0 29W 2 *", "2026-01-01", {"2028-02-29", "2032-02-27"}},
        {"0 0 LW * *", "2026-01-01", {"2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"}},
        {"0 0 1,15,L * *", "2026-02-10", {"2026-02-15", "2026-02-28", "2026-03-01"}},
        {"0 0 LW,1W * *", "2026-05-15", {"2026-05-29", "2026-06-01", "2026-06-30"}},
        {"0 0 L * FRI", "2026-01-24", {"2026-01-30", "2026-01-31", "2026-02-06"}},  // either
    });
}

TEST_CASE("L and # in the day of the week", "[cron]") {
    check({
        {"0 0 * * FRIL", "2026-01-01", {"2026-01-30", "2026-02-27", "2026-03-27"}},
        {"0 0 * * 5l", "2026-01-01", {"2026-01-30"}},
        {"0 0 * * 7L", "2026-01-01", {"2026-01-25"}},
        {"0 0 * * 0L,SATL", "2026-01-01", {"2026-01-25", "2026-01-31"}},
        {"0 0 * * TUE#2", "2026-01-01", {"2026-01-13", "2026-02-10", "2026-03-10"}},
        {"0 0 * * 2#5", "2026-01-01", {"2026-03-31", "2026-06-30"}},
        {"0 0 * 2 MON#5", "2026-01-01", {"2044-02-29", "2072-02-29"}},
        {"0 0 * * 7#1", "2026-01-01", {"2026-01-04"}},
        {"0 0 * * MON#1,MON#3", "2026-01-01", {"2026-01-05", "2026-01-19", "2026-02-02"}},
        {"0 0 * * WED,FRI#1", "2026-01-01", {"2026-01-02", "2026-01-07", "2026-01-14"}},
        {"0 0 1 * MON#1", "2026-01-01T01:00", {"2026-01-05", "2026-02-01", "2026-02-02"}},
    });
}

TEST_CASE("macros stand for their fields, in any case of letters", "[cron]") {
    check({
        {"@yearly", "2026-05-05", {"2027-01-01T00:00"}},
        {"@annually", "2026-05-05", {"2027-01-01T00:00"}},
        {"@monthly", "2026-05-05", {"2026-06-01T00:00"}},
        {"@weekly", "2026-05-05", {"2026-05-10T00:00"}},
        {" @Daily ", "2026-05-05", {"2026-05-06T00:00"}},
        {"@midnight", "2026-05-05", {"2026-05-06T00:00"}},
        {"@hourly", "2026-05-05T00:30", {"2026-05-05T01:00", "2026-05-05T02:00"}},
    });
    CHECK(Expression::parse("@daily")->text() == "@daily");
}

TEST_CASE("@every counts from the Unix epoch", "[cron]") {
    check({
        {"@every 15m", "2026-01-01T00:07", {"2026-01-01T00:15:00", "2026-01-01T00:30:00"}},
        {"@EVERY 7s", "1970-01-01", {"1970-01-01T00:00:07", "1970-01-01T00:00:14"}},
        {"@every 7s", "1969-12-31T23:59:50", {"1969-12-31T23:59:53", "1970-01-01T00:00:00"}},
        {"@every 7s", "1969-12-31T23:59:59.999", {"1970-01-01T00:00:00"}},
        {"@every 36h", "1970-01-01", {"1970-01-02T12:00", "1970-01-04T00:00"}},
        {"@every 400d", "1970-01-01", {"1971-02-05T00:00"}},
        {"@every 1s", "2026-01-01T00:00:00.001", {"2026-01-01T00:00:01"}},
    });
    for (const auto& [text, column] :
         std::vector<std::pair<std::string, std::size_t>>{{"@every", 7},
                                                          {"@every 0s", 8},
                                                          {"@every 500ms", 8},
                                                          {"@every 1500ms", 8},
                                                          {"@every 401d", 8},
                                                          {"@every fortnight", 8},
                                                          {"@every 5", 8},
                                                          {"@every 5m 3s", 11}}) {
        const auto error = error_of(text);
        INFO(text << ": " << error.message);
        CHECK(error.column == column);
        CHECK_FALSE(error.expected.empty());
    }
    Options later;
    later.offset = std::chrono::days{1};
    CHECK(error_of("@every 15m", later).message.find("offset") != std::string::npos);
}

TEST_CASE("H takes the hash of the scope and the field's name", "[cron]") {
    // The first eight bytes of SHA-256("backup" NUL field), worked out by other means.
    Options backup;
    backup.scope = "backup";
    const auto traits = [&](const std::string& text) {
        const auto cron = Expression::parse(text, backup);
        INFO(text << ": " << (cron ? "" : cron.error().message));
        REQUIRE(cron.has_value());
        return cron->traits();
    };
    const auto all = traits("H H H H H H");
    CHECK(all.seconds == std::uint64_t{1} << 33);
    CHECK(all.minutes == std::uint64_t{1} << 34);
    CHECK(all.hours == 1U << 8);
    CHECK(all.days == 1U << (1 + 27));
    CHECK(all.months == 1U << (1 + 9));
    CHECK(all.weekdays == 1U << 4);
    CHECK(all.is_fixed_time);
    CHECK(all.restricts_day);
    CHECK(traits("h H(1-4) * * *").hours == 1U << (1 + 0));
    CHECK(traits("0 H(22-2) * * *").hours == 1U << ((22 + 3) % 24));
    std::uint64_t expected = 0;
    for (unsigned minute = 4; minute < 60; minute += 15) expected |= std::uint64_t{1} << minute;
    CHECK(traits("H/15 * * * *").minutes == expected);
    expected = 0;
    for (unsigned minute = 10 + 6; minute <= 30; minute += 7) expected |= std::uint64_t{1} << minute;
    CHECK(traits("H(10-30)/7,59 * * * *").minutes == (expected | std::uint64_t{1} << 59));
    Options other;
    other.scope = "backup-2";
    CHECK(Expression::parse("H H * * *", other)->traits().minutes != all.minutes);
}

TEST_CASE("H never names a day that a month may lack, unless it is told to", "[cron]") {
    for (int n = 0; n < 200; ++n) {
        const auto name = "runbook-" + std::to_string(n);
        Options options;
        options.scope = name;
        CHECK(Expression::parse("0 0 H * *", options)->traits().days <= 1U << 28);
        CHECK(Expression::parse("0 0 H/9 * *", options)->traits().days <= (1U << 29) - 1);
    }
}

TEST_CASE("days: and asks for both kinds of day", "[cron]") {
    Options both;
    both.days = DayJoin::both;
    CHECK(next("0 0 13 * FRI", "2026-01-01", 3, 10, both) == Times{"2026-02-13", "2026-03-13", "2026-11-13"});
    CHECK(next("0 0 8-14 * TUE", "2026-01-01", 2, 10, both) == Times{"2026-01-13", "2026-02-10"});
    CHECK(next("0 0 L 2 SUN", "2026-01-01", 3, 10, both) == Times{"2027-02-28", "2032-02-29", "2038-02-28"});
}

TEST_CASE("an offset moves the day that the fields name, the time stays", "[cron]") {
    Options later;
    later.offset = std::chrono::days{5};
    CHECK(next("0 2 * * TUE#2", "2026-01-13T03:00", 3, 16, later) ==
          Times{"2026-01-18T02:00", "2026-02-15T02:00", "2026-03-15T02:00"});
    // Asked between the day and its offset: still to come.
    CHECK(next("0 2 28 2 *", "2026-03-01", 1, 16, later) == Times{"2026-03-05T02:00"});
    later.offset = std::chrono::days{1};
    CHECK(next("0 2 L * *", "2026-01-31T12:00", 2, 16, later) ==
          Times{"2026-02-01T02:00", "2026-03-01T02:00"});
    later.offset = std::chrono::days{-1};
    CHECK(error_of("0 2 L * *", later).expected == "0 to 400 days");
}

TEST_CASE("what can never be is refused, with the field at fault", "[cron]") {
    struct Wrong {
        const char* text;
        std::size_t column;
        const char* field;
        const char* message;
    };
    const std::vector<Wrong> rows{
        {"* * 30W 2 *", 5, "day of month", "never fires"},
        {"0 0 L-29 2 *", 5, "day of month", "never fires"},
        {"0 0 0 31W 4,6 *", 7, "day of month", "never fires"},
        {"0 0 */31 2 MON#2", 12, "day of week", "never fires"},
        {"0 0 L-31 * *", 7, "day of month", "'31' is not a number of days before the last"},
        {"0 0 L-0 * *", 7, "day of month", "'0' is not a number of days before the last"},
        {"0 0 L- * *", 7, "day of month", "is missing after 'L-'"},
        {"0 0 32W * *", 5, "day of month", "'32W' is out of range"},
        {"0 0 0W * *", 5, "day of month", "'0W' is out of range"},
        {"0 0 1W-5 * *", 7, "day of month", "not with a range"},
        {"0 0 WL * *", 5, "day of month", "did you mean LW?"},
        {"0 0 L/2 * *", 6, "day of month", "unexpected '/2'"},
        {"0 0 * * MON#6", 13, "day of week", "at most five"},
        {"0 0 * * MON#0", 13, "day of week", "at most five"},
        {"0 0 * * MON#", 13, "day of week", "the week is missing"},
        {"0 0 * * MON-FRI#2", 16, "day of week", "not with a range"},
        {"0 0 * * L", 9, "day of week", "FRIL is the last Friday"},
        {"0 0 * * 8L", 9, "day of week", "out of range"},
        {"0 0 * * LW", 9, "day of week", "L and W belong to the days"},
        {"L * * * *", 1, "minute", "L and W belong to the days"},
        {"5#2 * * * *", 2, "minute", "unexpected '#2'"},
        {"60 0 0 * * *", 1, "second", "'60' is out of range"},
        {"0 60 0 * * *", 3, "minute", "'60' is out of range"},
        {"H(1) * * * *", 4, "minute", "a range is missing"},
        {"H(1-4 * * * *", 6, "minute", "')' is missing"},
        {"H(1-99) * * * *", 5, "minute", "out of range"},
        {"H(0-9)/11 * * * *", 8, "minute", "'11' is not a step"},
        {"H-5 * * * *", 2, "minute", "unexpected '-5'"},
        {"@reboot", 1, "", "not a macro"},
        {"@daily 5", 8, "", "unexpected '5'"},
        {"0 0 2 * * * 2026", 13, "", "no year"},
    };
    for (const auto& row : rows) {
        const auto error = error_of(row.text);
        INFO(row.text << ": " << error.message);
        CHECK(error.column == row.column);
        CHECK(error.field == row.field);
        CHECK(error.message.find(row.message) != std::string::npos);
        CHECK_FALSE(error.expected.empty());
    }
    Options both;
    both.days = DayJoin::both;
    CHECK(error_of("0 0 1-7 * MON#2", both).field == "day of week");
    CHECK(error_of("0 0 L-28 2 MON#5", both).field == "day of week");
}

TEST_CASE("an expression tells what it consists of", "[cron]") {
    const auto traits = Expression::parse("0 30 2,3 15W,31 1-2 FRI#1,SUNL")->traits();
    CHECK(traits.has_seconds);
    CHECK(traits.is_fixed_time);
    CHECK(traits.minutes == std::uint64_t{1} << 30);
    CHECK(traits.hours == 0b1100);
    CHECK(traits.days == (1U << 15 | 1U << 31));
    CHECK(traits.months == 0b110);
    CHECK(traits.weekdays == 0b10'0001);
    CHECK(traits.restricts_day);
    CHECK(traits.restricts_weekday);
    CHECK(traits.gap == runbookd::cron::GapRule::shift);
    const auto open = Expression::parse("*/5 2 */2 * ?")->traits();
    CHECK_FALSE(open.has_seconds);
    CHECK_FALSE(open.is_fixed_time);
    CHECK_FALSE(open.restricts_day);
    CHECK_FALSE(open.restricts_weekday);
    CHECK(open.repeat == runbookd::cron::RepeatRule::both);
    CHECK(Expression::parse("@every 15m")->traits().every == runbookd::Millis{900'000});
}
