#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"

using runbookd::cron::DayJoin;
using runbookd::cron::Expression;
using runbookd::cron::Options;

namespace {

std::string words(const std::string& text, const Options& options = {}) {
    const auto cron = Expression::parse(text, options);
    INFO(text << ": " << (cron ? "" : cron.error().message));
    REQUIRE(cron.has_value());
    return cron->in_words();
}

struct Row {
    const char* text;
    const char* words;
};

void check(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(words(row.text) == row.words);
    }
}

}  // namespace

TEST_CASE("times of day are said in words", "[cron]") {
    check({
        {"* * * * *", "every minute"},
        {"*/15 * * * *", "every 15 minutes"},
        {"*/7 * * * *", "at every 7th minute from 0 to 56 of every hour"},
        {"0 * * * *", "at minute 0 of every hour"},
        {"5/20 * * * *", "at minute 5, 25 and 45 of every hour"},
        {"10-20 * * * *", "at minutes 10 to 20 of every hour"},
        {"0 2 * * *", "at 02:00 every day"},
        {"30 2,14 * * *", "at 02:30 and 14:30 every day"},
        {"0 */6 * * *", "at 00:00, 06:00, 12:00 and 18:00 every day"},
        {"0 */2 * * *", "at minute 0 of every 2nd hour from 0 to 22 every day"},
        {"*/15 8-17 * * *", "every 15 minutes from 08:00 to 17:45 every day"},
        {"* 2 * * *", "every minute from 02:00 to 02:59 every day"},
        {"*/30 22-2 * * *", "every 30 minutes from 22:00 to 02:30 every day"},
        {"*/20 22-2 * * SUN", "every 20 minutes in hour 0, 1, 2, 22 and 23 on Sundays"},
        {"1-59/2 9-11 * * *", "at every 2nd minute from 1 to 59 of hours 9 to 11 every day"},
    });
}

TEST_CASE("seconds are said in words", "[cron]") {
    check({
        {"* * * * * *", "every second"},
        {"*/20 * * * * *", "at second 0, 20 and 40 of every minute"},
        {"*/10 * * * * *", "every 10 seconds"},
        {"0 */5 * * * *", "every 5 minutes"},
        {"30 * * * * *", "at second 30 of every minute"},
        {"30 0 2 * * *", "at 02:00:30 every day"},
        {"0 0 2 * * *", "at 02:00 every day"},
        {"0,30 0 2 * * *", "at 02:00:00 and 02:00:30 every day"},
        {"* * 8-9 * * *", "every second from 08:00:00 to 09:59:59 every day"},
        {"*/10 * 8 * * *", "every 10 seconds from 08:00:00 to 08:59:50 every day"},
        {"15 * 8 * * *", "at second 15 of every minute from 08:00 to 08:59 every day"},
        {"*/15 0,30 * * * *", "at second 0, 15, 30 and 45 of minute 0 and 30 of every hour"},
    });
}

TEST_CASE("days are said in words", "[cron]") {
    check({
        {"0 2 * * SUN", "at 02:00 on Sundays"},
        {"0 2 * * MON-FRI", "at 02:00 from Monday to Friday"},
        {"0 2 * * FRI-MON", "at 02:00 on Sundays, Mondays, Fridays and Saturdays"},
        {"0 2 * JAN,JUL MON,FRI", "at 02:00 on Mondays and Fridays in January and July"},
        {"0 2 * JAN *", "at 02:00 every day in January"},
        {"* * * FEB *", "every minute in February"},
        {"0 2 13 * *", "at 02:00 on the 13th of every month"},
        {"0 2 1,15 * *", "at 02:00 on the 1st and the 15th of every month"},
        {"0 2 1-7 * *", "at 02:00 on the 1st to the 7th of every month"},
        {"0 2 31 * *", "at 02:00 on the 31st of every month, where it exists"},
        {"0 2 28-31 * *", "at 02:00 on the 28th to the 31st of every month, where they exist"},
        {"0 2 31 JAN,MAR *", "at 02:00 on the 31st of January and March"},
        {"0 2 31 APR,MAY *", "at 02:00 on the 31st of April and May, where it exists"},
        {"0 2 29 FEB *", "at 02:00 on the 29th of February, where it exists"},
        {"0 2 */2 * *",
         "at 02:00 on every 2nd day from the 1st to the 31st of every month, where they exist"},
        {"0 2 L * *", "at 02:00 on the last day of every month"},
        {"0 2 L-1,L-2 * *",
         "at 02:00 on the day 2 days before the last and the day before the last of every month"},
        {"0 2 L-30 * *", "at 02:00 on the day 30 days before the last of every month, where it exists"},
        {"0 2 1,15,L * *", "at 02:00 on the 1st, the 15th and the last day of every month"},
        {"0 2 15W * *", "at 02:00 on the weekday (Monday to Friday) nearest to the 15th of every month"},
        {"0 2 LW * *", "at 02:00 on the last weekday (Monday to Friday) of every month"},
        {"30 9 * JAN,JUL TUE#2", "at 09:30 on the second Tuesday of January and July"},
        {"0 2 * * MON#1,MON#3", "at 02:00 on the first Monday and the third Monday of every month"},
        {"0 2 * * MON#5", "at 02:00 on the fifth Monday of every month, where it exists"},
        {"0 2 * * MON#1,MON#2,MON#3,MON#4,MON#5", "at 02:00 on Mondays"},
        {"0 2 * * FRIL", "at 02:00 on the last Friday of every month"},
        {"0 2 * * MON,FRIL", "at 02:00 on Mondays and on the last Friday of the month"},
        {"0 2 * MAR MON,FRIL", "at 02:00 on Mondays and on the last Friday of the month, in March"},
        {"*/5 * * * SAT", "every 5 minutes on Saturdays"},
    });
}

TEST_CASE("how the two kinds of day go together is said in words", "[cron]") {
    check({
        {"0 2 13 * FRI", "at 02:00 on the 13th of the month or on Fridays"},
        {"0 2 13 MAY FRI", "at 02:00 on the 13th of the month or on Fridays, in May"},
        {"0 2 1 * TUE#2", "at 02:00 on the 1st of the month or on the second Tuesday of the month"},
        {"0 2 1-31 * FRI", "at 02:00 every day"},
        {"0 2 */2 * MON",
         "at 02:00 on every 2nd day from the 1st to the 31st of the month, when that is a Monday"},
    });
    Options both;
    both.days = DayJoin::both;
    CHECK(words("0 2 13 * FRI", both) == "at 02:00 on the 13th of the month, when that is a Friday");
    CHECK(words("0 2 8-14 JAN,JUL TUE,THU", both) ==
          "at 02:00 on the 8th to the 14th of the month, when that is a Tuesday or a Thursday, in January "
          "and July");
    CHECK(words("0 2 L * FRIL", both) ==
          "at 02:00 on the last day of the month, when that is the last Friday");
}

TEST_CASE("macros and offsets are said in words", "[cron]") {
    check({
        {"@yearly", "at 00:00 on the 1st of January"},
        {"@monthly", "at 00:00 on the 1st of every month"},
        {"@weekly", "at 00:00 on Sundays"},
        {"@daily", "at 00:00 every day"},
        {"@hourly", "at minute 0 of every hour"},
        {"@every 15m", "every 15 minutes, counted from 1970-01-01 00:00 UTC"},
        {"@every 1h", "every hour, counted from 1970-01-01 00:00 UTC"},
        {"@every 90m", "every 1h30m, counted from 1970-01-01 00:00 UTC"},
        {"@every 1h30m10s", "every 1h30m10s, counted from 1970-01-01 00:00 UTC"},
    });
    Options later;
    later.offset = std::chrono::days{5};
    CHECK(words("0 3 * * TUE#2", later) == "at 03:00 on the second Tuesday of every month, 5 days later");
    later.offset = std::chrono::days{1};
    CHECK(words("0 3 L * *", later) == "at 03:00 on the last day of every month, 1 day later");
    CHECK(words("0 3 * * *", later) == "at 03:00 every day");
}

TEST_CASE("the examples in docs/cron.md say what the program says", "[cron]") {
    std::ifstream page("docs/cron.md");  // tests run in the repository's root
    int examples = 0;
    bool is_among_examples = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## ")) is_among_examples = line == "## Examples";
        if (!is_among_examples || !line.starts_with("| `")) continue;
        const auto end = line.find('`', 3);
        INFO(line);
        CHECK(line.substr(end) == "` | " + words(line.substr(3, end - 3)) + " |");
        ++examples;
    }
    CHECK(examples >= 10);
}
