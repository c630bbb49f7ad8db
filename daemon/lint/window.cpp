// The window against what it has to hold: jitter, the next occurrence, catch_up, blackouts.
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/time.hpp"
#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr days kYear{366};
constexpr int kMostOccurrences = 1000;
/// No start of the daemon is quicker than that in practice: a reboot, an update.
constexpr Millis kShortestDowntime = minutes{1};

/// The shortest time between two of the next occurrences.
std::optional<Millis> shortest_interval(const schedule::Timeline& timeline, UtcTime now) {
    std::optional<Millis> shortest;
    auto last = timeline.next_after(now);
    for (int i = 0; last && i < kMostOccurrences && last->at < now + kYear; ++i) {
        const auto next = timeline.next_after(last->at);
        if (next) shortest = std::min(shortest.value_or(Millis::max()), next->at - last->at);
        last = next;
    }
    return shortest;
}

/// With these policies more than one run of the runbook is at work on a device, or waits for it.
void check_overlap(const Subject& subject, Findings& findings) {
    const auto& runbook = subject.runbook;
    const bool piles_up =
        runbook.overlap == runbook::OverlapPolicy::allow || runbook.overlap == runbook::OverlapPolicy::queue;
    const auto interval = piles_up ? shortest_interval(*runbook.schedule, subject.now) : std::nullopt;
    if (!interval || *interval >= runbook.window) return;
    const bool allows = runbook.overlap == runbook::OverlapPolicy::allow;
    findings.push_back(
        {"overlap", "overlapping",
         "occurrences come every " + format_duration(*interval) + " and stay open for " +
             format_duration(runbook.window) + " (window), so " +
             (allows ? "several jobs may be at work on one device" : "jobs may line up on one device"),
         "a window of at most " + format_duration(*interval) + ", or overlap: skip"});
}

/// Bounded: from one blacked-out occurrence it goes on at the last that the same stretch can cover.
bool is_always_blacked_out(const runbook::Runbook& runbook, UtcTime now) {
    const auto span = runbook.create_span();
    const auto until = now + kYear;
    bool has_one = false;
    auto after = now;
    for (int i = 0; i < kMostOccurrences; ++i) {
        const auto next = runbook.schedule->next_after(after);
        if (!next || next->at >= until) return has_one;
        if (!runbook.not_during.covers(next->at, next->at + span)) return false;
        has_one = true;
        const auto hold = runbook.not_during.at(next->at, until);
        after = std::max(next->at, hold ? hold->end - span - Millis{1} : next->at);
    }
    return has_one;
}

void check_blackouts(const Subject& subject, Findings& findings) {
    if (subject.runbook.not_during.empty() || !is_always_blacked_out(subject.runbook, subject.now)) return;
    findings.push_back(
        {"not_during", "always_blacked_out",
         "every occurrence of the next year lies inside it, whole window and all: nothing will run",
         "blackouts that leave a part of the window open"});
}

void check_jitter(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    const auto span = subject.runbook.create_span();
    if (entry.entry.jitter <= span) return;
    findings.push_back({entry.path + ".jitter", "jitter",
                        "the start is put off by up to " + format_duration(entry.entry.jitter) +
                            ", and jobs may be created for " + format_duration(span) +
                            " only: the window is shorter than the jitter",
                        "a jitter well below " + format_duration(span) + ", or a longer window"});
}

void check_catch_up(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    const bool is_asked_for =
        subject.is_written(entry.path + ".catch_up") && entry.entry.catch_up != schedule::CatchUp::none;
    if (!is_asked_for || subject.runbook.create_span() >= kShortestDowntime) return;
    findings.push_back({entry.path + ".catch_up", "never_caught_up",
                        "there is nothing to catch up: after a restart no window of " +
                            format_duration(subject.runbook.create_span()) + " is still open",
                        "a longer window, or catch_up: none"});
}

}  // namespace

void check_entry_window(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    check_jitter(subject, entry, findings);
    check_catch_up(subject, entry, findings);
}

void check_window(const Subject& subject, Findings& findings) {
    check_overlap(subject, findings);
    check_blackouts(subject, findings);
}

}  // namespace runbookd::lint
