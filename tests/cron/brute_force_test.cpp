// Expressions against a walk over every minute. The walk sees sets of numbers, not text, and shares no code
// with the room: local days and times come from counting minutes since a day whose weekday is known.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"
#include "zones/zones.hpp"

using runbookd::format_utc;
using runbookd::from_unix_ms;
using runbookd::to_unix_ms;
using runbookd::UtcTime;
using runbookd::cron::Expression;
using runbookd::cron::Zone;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kMinutesPerDay = 24 * 60;

struct RandomField {
    std::string text;
    std::set<int> values;
    bool star = false;
};

struct RandomExpression {
    RandomField minute, hour, day, month, weekday;
    [[nodiscard]] std::string text() const {
        return minute.text + " " + hour.text + " " + day.text + " " + month.text + " " + weekday.text;
    }
    [[nodiscard]] bool is_fixed() const { return !minute.star && !hour.star; }
};

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

    RandomField field(int low, int high, int star_percent) {
        RandomField made;
        const int kind = pick(1, 100) <= star_percent ? pick(0, 1) : pick(2, 5);
        const auto step = pick(1, (high - low + 1) / 2);
        auto from = pick(low, high), to = pick(low, high);
        if (kind == 0) {
            made.star = true;
            made.text = "*";
            for (int v = low; v <= high; ++v) made.values.insert(v);
        } else if (kind == 1) {
            made.star = true;
            made.text = "*/" + std::to_string(step);
            for (int v = low; v <= high; v += step) made.values.insert(v);
        } else if (kind == 2) {  // a range, often one that wraps
            made.text = std::to_string(from) + "-" + std::to_string(to);
            for (int v = from;; v = v == high ? low : v + 1) {
                made.values.insert(v);
                if (v == to) break;
            }
        } else if (kind == 3) {
            made.text = std::to_string(from) + "/" + std::to_string(step);
            for (int v = from; v <= high; v += step) made.values.insert(v);
        } else {
            for (int n = pick(1, 3); n > 0; --n) {
                const int v = pick(low, high);
                made.text += (made.text.empty() ? "" : ",") + std::to_string(v);
                made.values.insert(v);
            }
        }
        return made;
    }

    RandomExpression expression() {
        RandomExpression made{field(0, 59, 40), field(0, 23, 40), field(1, 31, 60), field(1, 12, 80),
                              field(0, 6, 60)};
        if (pick(0, 1) == 0) {  // most shifts happen in the small hours
            const int hour = pick(0, 3);
            made.hour = {std::to_string(hour), {hour}, false};
        }
        return made;
    }

private:
    std::mt19937_64 random_;
};

struct LocalDate {
    int year, month, day, weekday;
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/// By walking the years and months from Thursday, 1 January 1970.
LocalDate date_of(std::int64_t day) {
    static const int kLengths[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    LocalDate date{1970, 1, 1, static_cast<int>(((day + 4) % 7 + 7) % 7)};
    while (day >= (is_leap(date.year) ? 366 : 365)) day -= is_leap(date.year++) ? 366 : 365;
    for (;; ++date.month) {
        const int length = kLengths[date.month - 1] + (date.month == 2 && is_leap(date.year) ? 1 : 0);
        if (day < length) break;
        day -= length;
    }
    date.day = static_cast<int>(day) + 1;
    return date;
}

bool matches(const RandomExpression& e, std::int64_t local_minute, std::map<std::int64_t, LocalDate>& dates) {
    const auto day = local_minute / kMinutesPerDay;
    const auto known = dates.try_emplace(day);
    if (known.second) known.first->second = date_of(day);
    const auto& date = known.first->second;
    const auto time = static_cast<int>(local_minute % kMinutesPerDay);
    const bool by_day = e.day.values.contains(date.day), by_weekday = e.weekday.values.contains(date.weekday);
    const bool both_restricted = !e.day.star && !e.weekday.star;
    return e.minute.values.contains(time % 60) && e.hour.values.contains(time / 60) &&
           e.month.values.contains(date.month) &&
           (both_restricted ? by_day || by_weekday : by_day && by_weekday);
}

/// What a zone's clocks showed at every UTC minute of a stretch of time.
class Walk {
public:
    Walk(const Zone& zone, std::int64_t first_minute, int count) : first_(first_minute) {
        for (int i = 0; i < count; ++i) {
            const auto offset = zone.at(from_unix_ms((first_ + i) * kMinuteMs)).offset.count();
            shown_.push_back(first_ + i + offset / 60);
        }
    }

    [[nodiscard]] std::set<UtcTime> instants(const RandomExpression& e) {
        return e.is_fixed() ? fixed(e) : real(e);
    }

private:
    [[nodiscard]] UtcTime at(std::size_t i) const {
        return from_unix_ms((first_ + static_cast<std::int64_t>(i)) * kMinuteMs);
    }
    std::set<UtcTime> real(const RandomExpression& e) {
        std::set<UtcTime> found;
        for (std::size_t i = 0; i < shown_.size(); ++i)
            if (matches(e, shown_[i], dates_)) found.insert(at(i));
        return found;
    }
    /// Minute by minute of the calendar, existing or not.
    std::set<UtcTime> fixed(const RandomExpression& e) {
        std::map<std::int64_t, std::size_t> first_shown;
        for (std::size_t i = 0; i < shown_.size(); ++i) first_shown.try_emplace(shown_[i], i);
        std::set<UtcTime> found;
        for (auto local = shown_.front(); local <= shown_.back(); ++local) {
            if (!matches(e, local, dates_)) continue;
            const auto when = first_shown.lower_bound(local);  // itself, or in a gap the first one after
            if (when != first_shown.end()) found.insert(at(when->second));
        }
        return found;
    }

    std::int64_t first_;
    std::vector<std::int64_t> shown_;
    std::map<std::int64_t, LocalDate> dates_;
};

/// The middles of a few stretches worth walking: changes of offset between 1975 and 2037.
std::vector<std::int64_t> changes_of(const Zone& zone) {
    std::vector<std::int64_t> minutes;
    const auto last = runbookd::parse_utc("2037-12-01")->time_since_epoch().count();
    auto at = *runbookd::parse_utc("1975-01-01");
    for (;;) {
        const auto end = zone.at(at).end;
        if (to_unix_ms(end) > last) break;
        minutes.push_back(to_unix_ms(end) / kMinuteMs);
        at = end;
    }
    if (minutes.empty()) minutes.push_back(last / 2 / kMinuteMs);
    return minutes;
}

void check_stretch(const Zone& zone, std::int64_t first, int length, Maker& make, int expressions) {
    Walk walk(zone, first, length);
    // What lies before the stretch is unknown to the walk, and so is which of its first day's times are
    // repeats.
    const auto begin = from_unix_ms((first + kMinutesPerDay) * kMinuteMs);
    const auto end = from_unix_ms((first + length - kMinutesPerDay) * kMinuteMs);
    for (int n = 0; n < expressions; ++n) {
        const auto random = make.expression();
        const auto cron = Expression::parse(random.text());
        if (!cron) continue;  // never fires
        const auto instants = walk.instants(random);
        auto after = begin;
        INFO(random.text() << " in " << zone.name() << " after " << format_utc(after));
        for (auto expected = instants.upper_bound(begin); expected != instants.end() && *expected < end;
             ++expected) {
            const auto found = cron->next_after(after, zone);
            if (found != *expected) {
                INFO("after " << format_utc(after) << " expected " << format_utc(*expected));
                FAIL("found " << (found ? format_utc(*found) : "none"));
            }
            after = *found;
        }
        const auto later = cron->next_after(after, zone);
        REQUIRE((!later || *later >= end));
        // From any instant between two, the answer is the second.
        const auto span = (end - begin).count() / kMinuteMs;
        for (int k = 0; k < 20; ++k) {
            const auto asked =
                begin + runbookd::Millis{make.pick(0, static_cast<int>(span)) * kMinuteMs + make.pick(-1, 1)};
            const auto expected = instants.upper_bound(asked);
            if (expected == instants.end()) break;
            if (cron->next_after(asked, zone) != *expected) FAIL("wrong when asked at " << format_utc(asked));
        }
    }
}

}  // namespace

TEST_CASE("the next instant is the one that a walk over every minute finds", "[cron]") {
    const auto seed = static_cast<std::uint64_t>(std::random_device{}());
    INFO("seed " << seed);
    Maker make(seed);
    runbookd::zones::Zones zones;
    for (const auto* name :
         {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
          "Pacific/Apia", "Africa/Casablanca", "America/St_Johns", "Asia/Kolkata"}) {
        const auto zone = zones.find(name);
        REQUIRE(zone.has_value());
        const auto changes = changes_of(**zone);
        for (int n = 0; n < 8; ++n) {
            const auto change =
                changes[static_cast<std::size_t>(make.pick(0, static_cast<int>(changes.size()) - 1))];
            check_stretch(**zone, change - 3 * kMinutesPerDay - make.pick(0, 60), 6 * kMinutesPerDay, make,
                          12);
        }
    }
}

TEST_CASE("Samoa's missing day agrees with the walk", "[cron]") {
    const auto seed = static_cast<std::uint64_t>(std::random_device{}());
    INFO("seed " << seed);
    Maker make(seed);
    runbookd::zones::Zones zones;
    const auto zone = zones.find("Pacific/Apia");
    REQUIRE(zone.has_value());
    const auto first = to_unix_ms(*runbookd::parse_utc("2011-12-27")) / kMinuteMs;
    check_stretch(**zone, first, 7 * kMinutesPerDay, make, 40);
}
