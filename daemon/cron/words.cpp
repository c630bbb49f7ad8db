#include "cron/words.hpp"

#include <bit>

#include "cron/expression.hpp"

namespace runbookd::cron {
namespace {

/// "15 minutes", "minute"; a span of several units as it is written: "1h30m".
std::string span_words(std::chrono::seconds span) {
    struct Unit {
        std::int64_t seconds;
        const char* name;
    };
    for (const auto& [size, name] :
         {Unit{86'400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}, Unit{1, "second"}}) {
        if (span.count() < size) continue;
        if (span.count() % size != 0) break;
        if (span.count() == size) return name;
        return std::to_string(span.count() / size) + " " + name + "s";
    }
    return format_duration(span);
}

}  // namespace

std::string Expression::in_words() const {
    if (every_ != 0)
        return "every " + span_words(std::chrono::seconds{every_}) + ", counted from 1970-01-01 00:00 UTC";
    const bool any_day = names_every_day(days_);
    const auto months = in_months(days_);
    auto words = time_words(times_, any_day && months.empty() ? Midnight::crossed : Midnight::not_crossed);
    constexpr std::uint32_t kAllHours = 0xFF'FFFF;
    if (!any_day)
        words += " " + day_words(days_);
    else if (times_.hours != kAllHours)
        words += " every day" + months;
    else
        words += months;
    if (offset_ != 0 && !(any_day && months.empty()))
        words += ", " + std::to_string(offset_) + (offset_ == 1 ? " day later" : " days later");
    return words;
}

std::vector<int> numbers_in(std::uint64_t mask) {
    std::vector<int> numbers;
    for (; mask != 0; mask &= mask - 1) numbers.push_back(std::countr_zero(mask));
    return numbers;
}

bool is_progression(std::span<const int> numbers, int step) {
    for (std::size_t i = 1; i < numbers.size(); ++i)
        if (numbers[i] != numbers[i - 1] + step) return false;
    return true;
}

std::string listed(std::span<const std::string> items, std::string_view last_joint) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) text += i + 1 == items.size() ? last_joint : ", ";
        text += items[i];
    }
    return text;
}

std::string ordinal(int number) {
    const auto* suffix = "th";
    if (number / 10 % 10 != 1) {
        if (number % 10 == 1) suffix = "st";
        if (number % 10 == 2) suffix = "nd";
        if (number % 10 == 3) suffix = "rd";
    }
    return std::to_string(number) + suffix;
}

std::string set_words(std::string_view noun, std::span<const int> numbers) {
    const std::string name(noun);
    const auto from_to = [&] {
        return std::to_string(numbers.front()) + " to " + std::to_string(numbers.back());
    };
    if (numbers.size() > 2 && is_progression(numbers, 1)) return name + "s " + from_to();
    if (numbers.size() > 4 && is_progression(numbers, numbers[1] - numbers[0]))
        return "every " + ordinal(numbers[1] - numbers[0]) + " " + name + " from " + from_to();
    std::vector<std::string> items;
    for (const auto number : numbers) items.push_back(std::to_string(number));
    return name + " " + listed(items);
}

}  // namespace runbookd::cron
