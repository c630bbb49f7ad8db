#include "cron/once.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "cron/showings.hpp"

namespace runbookd::cron {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_seconds;

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

Once::Once(local_seconds at, const Options& options)
    : at_(at),
      gap_(options.gap.value_or(GapRule::shift)),
      repeat_(options.repeat.value_or(RepeatRule::first)) {}

std::optional<UtcTime> Once::next_after(UtcTime after, const Zone& zone) const {
    const auto first = utc(at_, kOffsetsApart), last = utc(at_, -kOffsetsApart);
    std::vector<UtcTime> shown;
    std::optional<UtcTime> gap_end;
    for (auto interval = zone.at(first);;) {
        const auto instant = utc(at_, interval.offset);
        if (instant >= interval.begin && instant < interval.end) shown.push_back(instant);
        if (interval.end > last) break;
        const auto next = zone.at(interval.end);
        const auto gap = left_out(interval, next);
        if (!gap_end && at_ >= gap.begin && at_ < gap.end) gap_end = interval.end;
        interval = next;
    }
    if (shown.empty()) return gap_ == GapRule::shift && gap_end && *gap_end > after ? gap_end : std::nullopt;
    if (repeat_ == RepeatRule::first) shown.resize(1);
    if (repeat_ == RepeatRule::second) shown.erase(shown.begin(), shown.end() - 1);
    const auto found = std::upper_bound(shown.begin(), shown.end(), after);
    return found != shown.end() ? std::optional{*found} : std::nullopt;
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
