#pragma once
// Random expressions beside what they mean, said without the room's code: a plain reading that is asked day
// by day and number by number.
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "cron/options.hpp"

namespace cron_tests {

/// A day of the calendar, reached by counting days and years from 1 January 1970 (or back).
struct Date {
    int year, month, day, weekday;  // weekday 0 is Sunday
    [[nodiscard]] int length_of_month() const;
};
[[nodiscard]] Date date_of(std::int64_t days_since_1970);
void advance(Date& date);

struct RandomExpression {
    struct DayItem {
        enum class Kind { number, before_last, nearest_weekday, last_weekday } kind;
        int number;
    };
    struct WeekdayItem {
        enum class Kind { every, in_week, last } kind;
        int weekday;
        int week;
    };
    std::string text;
    std::array<bool, 60> seconds{}, minutes{};
    std::array<bool, 24> hours{};
    std::array<bool, 13> months{};
    std::vector<DayItem> days;
    std::vector<WeekdayItem> weekdays;
    bool day_open = false, weekday_open = false, is_fixed = false;
    runbookd::cron::Options options;

    [[nodiscard]] bool names(const Date& date) const;
    [[nodiscard]] runbookd::cron::GapRule gap() const;
    [[nodiscard]] runbookd::cron::RepeatRule repeat() const;
};

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    bool chance(int percent) { return pick(1, 100) <= percent; }

    enum class Fields { five, six };
    RandomExpression expression(Fields fields);

private:
    struct Numbers {
        std::string text;
        std::vector<int> values;
        bool open = false;
    };
    Numbers numbers(int low, int high, int open_percent);
    void choose_days(RandomExpression& made, std::string& text);
    void choose_weekdays(RandomExpression& made, std::string& text);
    void choose_options(RandomExpression& made);

    std::mt19937_64 random_;
};

}  // namespace cron_tests
