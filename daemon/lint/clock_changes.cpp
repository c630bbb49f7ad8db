// Local times that the zone's clock skips or shows twice, and what becomes of them.
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/time.hpp"
#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr days kLookAhead{20 * 366};
constexpr std::size_t kMostDates = 2;
constexpr std::uint32_t kEveryHour = (std::uint32_t{1} << 24) - 1;

/// A stretch of local times, written as if they were UTC: [begin, end).
struct LocalStretch {
    UtcTime begin{};
    UtcTime end{};
};

/// How the rule takes local times that do not exist, or exist twice.
struct ClockRules {
    cron::GapRule gap = cron::GapRule::shift;
    cron::RepeatRule repeat = cron::RepeatRule::first;
};

/// nullopt: a change of the clock does not matter to it.
std::optional<ClockRules> rules_of(const schedule::Entry& entry) {
    const auto* expression = std::get_if<cron::Expression>(&entry.rule);
    if (expression == nullptr) return ClockRules{};
    const auto traits = expression->traits();
    // What fires in every hour does so in every real hour.
    const bool is_every_hour = !traits.is_fixed_time && traits.hours == kEveryHour;
    if (traits.every || is_every_hour) return std::nullopt;
    return ClockRules{traits.gap, traits.repeat};
}

/// Whether the rule names a local time of the stretch: asked in UTC, whose clock shows all of them, once.
bool names_one_of(const schedule::Entry& entry, const LocalStretch& stretch) {
    const auto next = std::visit(
        [&](const auto& rule) { return rule.next_after(stretch.begin - Millis{1}, cron::utc_zone()); },
        entry.rule);
    return next && *next < stretch.end;
}

std::string date_of(UtcTime local) { return format_utc(local).substr(0, 10); }
std::string time_of(UtcTime local) {
    const auto time = format_utc(local).substr(11, 8);
    return time.ends_with(":00") ? time.substr(0, 5) : time;
}

/// The next changes of one kind that hit the rule.
struct Hits {
    std::vector<std::string> dates;
    LocalStretch first{};
    void take(const LocalStretch& stretch) {
        if (dates.empty()) first = stretch;
        if (dates.size() < kMostDates) dates.push_back(date_of(stretch.begin));
    }
    [[nodiscard]] std::string times() const { return time_of(first.begin) + " to " + time_of(first.end); }
};

struct Changes {
    Hits gaps, repeats;
};

Changes find_changes(const schedule::Entry& entry, UtcTime now) {
    Changes found;
    const auto horizon = now + kLookAhead;
    for (auto interval = entry.zone->at(now); interval.end < horizon;) {
        const auto change = interval.end;
        const auto next = entry.zone->at(change);
        const auto before = change + interval.offset;
        const auto after = change + next.offset;
        const LocalStretch stretch{std::min(before, after), std::max(before, after)};
        if (before != after && names_one_of(entry, stretch))
            (before < after ? found.gaps : found.repeats).take(stretch);
        if (found.gaps.dates.size() == kMostDates && found.repeats.dates.size() == kMostDates) break;
        interval = next;
    }
    return found;
}

const char* in_repeat(cron::RepeatRule rule) {
    switch (rule) {
        case cron::RepeatRule::first: return "fires at the first of the two only";
        case cron::RepeatRule::second: return "fires at the second of the two only";
        case cron::RepeatRule::both: break;
    }
    return "fires both times";
}

}  // namespace

void check_clock_changes(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    const auto rules = rules_of(entry.entry);
    if (!rules) return;
    const auto found = find_changes(entry.entry, subject.now);
    const auto start = "'" + entry.entry.text() + "': in " + entry.entry.zone->name() + " the clock ";
    if (!found.gaps.dates.empty() && !subject.is_written(entry.path + ".dst.gap")) {
        const bool shifts = rules->gap == cron::GapRule::shift;
        findings.push_back(
            {entry.rule_path, "dst_gap",
             start + "skips " + found.gaps.times() + " on " + list_of(found.gaps.dates) +
                 "; what is due then " +
                 (shifts ? "fires once, at " + time_of(found.gaps.first.end) : "does not fire"),
             "another time of day, or dst: {gap: shift | skip} to say what is meant"});
    }
    if (!found.repeats.dates.empty() && !subject.is_written(entry.path + ".dst.repeat")) {
        findings.push_back(
            {entry.rule_path, "dst_repeat",
             start + "shows " + found.repeats.times() + " twice on " + list_of(found.repeats.dates) +
                 "; what is due then " + in_repeat(rules->repeat),
             "another time of day, or dst: {repeat: first | second | both} to say what is meant"});
    }
}

}  // namespace runbookd::lint
