#pragma once
// Which times of a day an expression names: a mask each for seconds, minutes and hours. Private to this room.
#include <bit>
#include <cstdint>
#include <optional>

namespace runbookd::cron {

/// Bit n: the value n. None is empty.
struct TimeRule {
    std::uint64_t seconds = 1;
    std::uint64_t minutes = 0;
    std::uint32_t hours = 0;

    /// The first matching second of the day at or after `from` (0 to 86,399).
    [[nodiscard]] std::optional<int> next(int from) const {
        const auto hour = from / 3600;
        const auto minute = from / 60 % 60;
        if ((hours >> hour & 1) != 0) {
            if ((minutes >> minute & 1) != 0) {
                const auto left = seconds >> (from % 60);
                if (left != 0) return from + std::countr_zero(left);
            }
            const auto left = minutes >> minute >> 1;
            if (left != 0) return hour * 3600 + (minute + 1 + std::countr_zero(left)) * 60 + first_second();
        }
        const auto left = hours >> hour >> 1;
        if (left == 0) return std::nullopt;
        return (hour + 1 + std::countr_zero(left)) * 3600 + first_minute() * 60 + first_second();
    }
    [[nodiscard]] int first() const {
        return std::countr_zero(hours) * 3600 + first_minute() * 60 + first_second();
    }

private:
    [[nodiscard]] int first_minute() const { return std::countr_zero(minutes); }
    [[nodiscard]] int first_second() const { return std::countr_zero(seconds); }
};

}  // namespace runbookd::cron
