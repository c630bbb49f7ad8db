#include "cron/once.hpp"

#include <algorithm>
#include <array>

namespace runbookd::cron {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_seconds;
using std::chrono::seconds;

/// No two offsets of a zone lie further apart (the widest: 31 hours, where the date line moved), and none is
/// further from UTC than a day and a bit.
constexpr days kOffsetsApart{2};

local_seconds local(UtcTime at, seconds offset) {
    return local_seconds{floor<seconds>(at).time_since_epoch() + offset};
}

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

Once::Once(local_seconds at, const Options& options)
    : at_(at),
      gap_(options.gap.value_or(GapRule::shift)),
      repeat_(options.repeat.value_or(RepeatRule::first)) {}

std::optional<UtcTime> Once::next_after(UtcTime after, const Zone& zone) const {
    const UtcTime first{at_.time_since_epoch() - kOffsetsApart};
    const UtcTime last{at_.time_since_epoch() + kOffsetsApart};
    int shown = 0;
    std::optional<UtcTime> shifted;
    for (auto interval = zone.at(first);; interval = zone.at(interval.end)) {
        const UtcTime instant{at_.time_since_epoch() - interval.offset};
        if (instant >= interval.begin && instant < interval.end) {
            ++shown;
            const bool fires = repeat_ == RepeatRule::both || shown == (repeat_ == RepeatRule::first ? 1 : 2);
            if (fires && instant > after) return instant;
        }
        if (interval.end > last) break;
        const auto next = zone.at(interval.end);
        if (!shifted && at_ >= local(interval.end, interval.offset) && at_ < local(interval.end, next.offset))
            shifted = interval.end;
    }
    if (shown == 0 && gap_ == GapRule::shift && shifted && *shifted > after) return shifted;
    return std::nullopt;
}

std::string Once::text() const {
    const auto day = floor<days>(at_);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at_ - day};
    return std::to_string(static_cast<int>(date.year())) + "-" +
           two_digits(static_cast<unsigned>(date.month())) + "-" +
           two_digits(static_cast<unsigned>(date.day())) + "T" + two_digits(time.hours().count()) + ":" +
           two_digits(time.minutes().count()) + ":" + two_digits(time.seconds().count());
}

std::string Once::in_words() const {
    static const std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
    const std::chrono::year_month_day date{floor<days>(at_)};
    const auto time = text().substr(text().find('T') + 1);
    return "once, on " + std::to_string(static_cast<unsigned>(date.day())) + " " +
           kMonths.at(static_cast<unsigned>(date.month()) - 1) + " " +
           std::to_string(static_cast<int>(date.year())) + " at " +
           (time.ends_with(":00") ? time.substr(0, 5) : time);
}

}  // namespace runbookd::cron
