#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "cron/words.hpp"

namespace runbookd::cron {
namespace {

constexpr int kHoursPerDay = 24;
constexpr int kPerHour = 60;
constexpr std::size_t kMostTimes = 8;  // more than these are not listed one by one

/// Of one field: its numbers, and whether they are all there are.
struct Part {
    std::vector<int> numbers;
    bool is_all;

    Part(std::uint64_t mask, int period)
        : numbers(numbers_in(mask)), is_all(numbers.size() == static_cast<std::size_t>(period)) {}

    [[nodiscard]] bool is_only(int number) const { return numbers.size() == 1 && numbers[0] == number; }
    /// The step where they go round the hour evenly: 0, 15, 30, 45.
    [[nodiscard]] std::optional<int> even_step() const {
        if (numbers.size() < 2 || numbers[0] != 0) return std::nullopt;
        const auto step = numbers[1];
        const bool is_even = is_progression(numbers, step) && numbers.back() + step == kPerHour;
        return is_even ? std::optional{step} : std::nullopt;
    }
};

struct Hours {
    int first;
    int last;
};

/// The hours as one stretch, perhaps over midnight.
std::optional<Hours> one_stretch(const Part& hours, Midnight midnight) {
    const auto& numbers = hours.numbers;
    if (is_progression(numbers, 1)) return Hours{numbers.front(), numbers.back()};
    if (midnight == Midnight::not_crossed || numbers.front() != 0 || numbers.back() != kHoursPerDay - 1)
        return std::nullopt;
    const auto hole =
        std::adjacent_find(numbers.begin(), numbers.end(), [](int a, int b) { return b != a + 1; });
    const auto behind = static_cast<std::size_t>(hole - numbers.begin()) + 1;
    if (!is_progression(std::span(numbers).subspan(behind), 1)) return std::nullopt;
    return Hours{numbers[behind], *hole};
}

std::string clock(int hour, int minute, std::optional<int> second = std::nullopt) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", hour, minute);
    std::string shown = text.data();
    if (second) {
        std::snprintf(text.data(), text.size(), ":%02d", *second);
        shown += text.data();
    }
    return shown;
}

std::string listed_times(const Part& seconds, const Part& minutes, const Part& hours) {
    std::vector<std::string> times;
    for (const auto hour : hours.numbers)
        for (const auto minute : minutes.numbers)
            for (const auto second : seconds.numbers)
                times.push_back(
                    clock(hour, minute, seconds.is_only(0) ? std::nullopt : std::optional{second}));
    return "at " + listed(times);
}

/// What happens in equal steps ("every 15 minutes"), within which hours.
std::string in_hours(const Part& hours, Midnight midnight, const std::string& first,
                     const std::string& last) {
    if (hours.is_all) return "";
    if (const auto stretch = one_stretch(hours, midnight))
        return " from " + clock(stretch->first, 0).substr(0, 3) + first + " to " +
               clock(stretch->last, 0).substr(0, 3) + last;
    return " in " + set_words("hour", hours.numbers);
}
/// The same for what happens at given minutes.
std::string of_hours(const Part& hours) {
    return hours.is_all ? " of every hour" : " of " + set_words("hour", hours.numbers);
}

std::string at_whole_minutes(const Part& minutes, const Part& hours, Midnight midnight) {
    if (minutes.is_all) return "every minute" + in_hours(hours, midnight, "00", "59");
    if (const auto step = minutes.even_step()) {
        const auto last = clock(0, minutes.numbers.back()).substr(3);
        return "every " + std::to_string(*step) + " minutes" + in_hours(hours, midnight, "00", last);
    }
    return "at " + set_words("minute", minutes.numbers) + of_hours(hours);
}

}  // namespace

std::string time_words(const TimeRule& times, Midnight midnight) {
    const Part seconds(times.seconds, kPerHour);
    const Part minutes(times.minutes, kPerHour);
    const Part hours(times.hours, kHoursPerDay);
    if (seconds.numbers.size() * minutes.numbers.size() * hours.numbers.size() <= kMostTimes)
        return listed_times(seconds, minutes, hours);
    if (seconds.is_only(0)) return at_whole_minutes(minutes, hours, midnight);

    constexpr std::size_t kListed = 4;
    const auto step = seconds.numbers.size() > kListed ? seconds.even_step() : std::nullopt;
    const auto in_steps = seconds.is_all ? "every second"
                          : step         ? "every " + std::to_string(*step) + " seconds"
                                         : "";
    if (!in_steps.empty() && minutes.is_all) {
        const auto last = clock(0, 0, seconds.numbers.back()).substr(5);
        return in_steps + in_hours(hours, midnight, "00:00", "59" + last);
    }
    const auto begin = in_steps.empty() ? "at " + set_words("second", seconds.numbers) : in_steps;
    if (minutes.is_all) return begin + " of every minute" + in_hours(hours, midnight, "00", "59");
    return begin + " of " + set_words("minute", minutes.numbers) + of_hours(hours);
}

}  // namespace runbookd::cron
