#include "verify/check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "runbook/lane_view.hpp"
#include "verify/evidence.hpp"
#include "verify/lanes.hpp"
#include "verify/stretch.hpp"

namespace runbookd::verify {
namespace {

// Design, promise 2: verdicts come by window end + retries + timeout + 1 h.
constexpr Millis kPromised = std::chrono::hours{1};
// A start may wait 5 min for the kernel's clock before it judges what passed while it was down.
constexpr Millis kSettling = std::chrono::minutes{10};

bool has_instants(const Revision& revision) {
    return revision.book && revision.book->enabled && revision.book->is_scheduled();
}

UtcTime end_of(const Revision& revision) { return revision.until.value_or(UtcTime::max()); }

const Revision* find_revision(std::span<const Revision> revisions, std::int64_t number) {
    const auto found = std::find_if(revisions.begin(), revisions.end(),
                                    [&](const Revision& one) { return one.revision == number; });
    return found == revisions.end() ? nullptr : &*found;
}

std::string in_force(const Revision& revision) {
    return "revision " + std::to_string(revision.revision) + ", in force from " + format_utc(revision.from) +
           (revision.until ? " until " + format_utc(*revision.until) : "");
}

/// The instants that the row covers, computed for it alone.
Covered recount(const Occurrence& row, const Revision& revision) {
    Covered covered{&row, 0, {}, {}};
    if (!has_instants(revision)) return covered;
    const auto& book = *revision.book;
    const auto* const own = book.lanes ? book.lanes->find(row.zone, row.customer) : nullptr;
    if (book.lanes && own == nullptr) return covered;
    const auto& timeline = runbook::LaneView(book, own).timeline();
    const bool is_joint = timeline.zone() == row.zone;
    const auto until = std::min(row.until, end_of(revision));
    auto instant = timeline.next_after(std::max(row.nominal - Millis{1}, revision.from));
    for (; instant && instant->at <= until; instant = timeline.next_after(instant->at))
        if (is_joint || instant->entry->zone->name() == row.zone) covered.take(instant->at);
    return covered;
}

class Check {
public:
    Check(const std::string& runbook, std::span<const Revision> revisions, const Slice& slice,
          Present present, Report& report)
        : runbook_(runbook),
          revisions_(revisions),
          slice_(slice),
          present_(present),
          report_(report),
          lanes_(runbook, slice, report),
          evidence_(runbook, slice, report),
          no_verdict_(runbook, Kind::no_verdict, report),
          accounted_(slice.open_runs.size(), false) {}

    void run() {
        for (const auto& revision : revisions_) walk(revision);
        evidence_.end_row();
        no_verdict_.end();
        for (const auto& lane : lanes_.all())
            for (const auto& covered : lane.rows())
                if (covered.row->nominal > slice_.from) check_row(covered);
        for (std::size_t i = 0; i < accounted_.size(); ++i)
            if (!accounted_[i]) check_stray(slice_.open_runs[i]);
    }

private:
    /// Rows of an entry's instants: under its own zone's name, or that of the schedule's zones together.
    using EntryLanes = std::array<Lane*, 2>;

    void walk(const Revision& revision) {
        if (!has_instants(revision)) return;
        for (const auto& lane : runbook::lanes_of(*revision.book)) {
            walk(revision, lane);
            // Lanes begin anew: what comes next follows on nothing.
            evidence_.end_row();
            no_verdict_.end();
        }
    }

    void walk(const Revision& revision, const runbook::LaneView& view) {
        const auto until = std::min({end_of(revision), slice_.until, present_.now});
        const auto& timeline = view.timeline();
        const auto customer = view.customer();
        const auto& entries = timeline.entries();
        const auto joint_name = timeline.zone();
        std::vector<EntryLanes> lanes;
        for (const auto& entry : entries) {
            auto* const own = lanes_.find(entry.zone->name(), customer);
            auto* const joint = lanes_.find(joint_name, customer);
            lanes.push_back({own, joint == own ? nullptr : joint});
        }
        auto instant = timeline.next_after(std::max(revision.from, slice_.from));
        for (; instant && instant->at <= until; instant = timeline.next_after(instant->at)) {
            ++report_.instants;
            look_at(revision, view, *instant,
                    lanes[static_cast<std::size_t>(instant->entry - entries.data())]);
        }
    }

    void look_at(const Revision& revision, const runbook::LaneView& view, const schedule::Nominal& instant,
                 const EntryLanes& lanes) {
        Covered* found = nullptr;
        for (auto* const lane : lanes) {
            auto* const covered = lane == nullptr ? nullptr : lane->at(instant.at);
            if (covered == nullptr) continue;
            if (found != nullptr)
                report_.add({runbook_, covered->row->zone, covered->row->customer, instant.at, instant.at, 1,
                             Kind::twice, "this instant has two verdicts: one under " + found->row->zone});
            else
                found = covered;
        }
        if (found == nullptr) return undecided(revision, view, instant);
        no_verdict_.end();
        if (found->row->revision != revision.revision) {
            report_.add({runbook_, found->row->zone, found->row->customer, instant.at, instant.at, 1,
                         Kind::not_an_instant,
                         "the verdict names revision " + std::to_string(found->row->revision) +
                             ", and what holds here is " + in_force(revision)});
        }
        found->take(instant.at);
        evidence_.check_instant(*found->row, view, instant);
    }

    void undecided(const Revision& revision, const runbook::LaneView& view,
                   const schedule::Nominal& instant) {
        const auto& zone = instant.entry->zone->name();
        const auto& book = *revision.book;
        const auto window_end = view.window_end(instant);
        if (const auto* run = account_for(view, instant.at)) {
            no_verdict_.end();
            return check_open_run(*run, std::max(window_end, run->window_end) + book.ends_within());
        }
        if (may_still_come(instant.at, window_end + book.ends_within())) {
            ++report_.pending;
            return;
        }
        no_verdict_.take(zone, view.customer(), instant.at, [&] {
            return "no verdict and no run (" + in_force(revision) + "); the window closed at " +
                   format_utc(window_end);
        });
    }

    const OpenRun* account_for(const runbook::LaneView& view, UtcTime nominal) {
        const auto& runs = slice_.open_runs;
        auto found = std::partition_point(runs.begin(), runs.end(),
                                          [&](const OpenRun& run) { return run.nominal < nominal; });
        // Lanes may have one instant in common.
        const auto is_of_lane = [&](const OpenRun& run) {
            return view.lane() == nullptr || (run.customer == view.customer() && run.zone == view.zone());
        };
        while (found != runs.end() && found->nominal == nominal && !is_of_lane(*found)) ++found;
        if (found == runs.end() || found->nominal != nominal) return nullptr;
        accounted_[static_cast<std::size_t>(found - runs.begin())] = true;
        return &*found;
    }

    [[nodiscard]] bool may_still_come(UtcTime nominal, UtcTime work_end) const {
        if (present_.now <= work_end + kPromised) return true;
        const bool is_of_downtime = !slice_.judged_until || nominal > *slice_.judged_until;
        return is_of_downtime && present_.now < present_.up_since + kSettling;
    }

    void check_open_run(const OpenRun& run, UtcTime work_end) {
        const auto told = [&](const std::string& what) {
            report_.add({runbook_, run.zone, run.customer, run.nominal, run.nominal, 1, Kind::run_undecided,
                         "run " + run.run_uid + what + ", and the instant has no verdict"});
        };
        if (run.has_finished) return told(" has ended");
        if (run.has_started) return told(" has begun");
        if (may_still_come(run.nominal, work_end))
            ++report_.pending;
        else
            told(" never began, its window closed at " + format_utc(run.window_end));
    }

    void check_row(const Covered& in_walk) {
        const auto& row = *in_walk.row;
        const auto* const revision = find_revision(revisions_, row.revision);
        if (revision != nullptr && !revision->book) return;  // told once, as unreadable_text
        const bool is_whole = row.until <= std::min(slice_.until, present_.now);
        const auto covered = is_whole || revision == nullptr ? in_walk : recount(row, *revision);
        const auto told = [&](Kind kind, std::int64_t count, const std::string& what) {
            const auto whose = revision != nullptr ? " (" + in_force(*revision) + ")" : std::string{};
            report_.add(
                {runbook_, row.zone, row.customer, row.nominal, row.until, count, kind, what + whose});
        };
        if (covered.count == 0) {
            told(Kind::not_an_instant, row.count,
                 "there is a verdict, and no schedule names such an instant");
        } else if (covered.first != row.nominal || covered.last != row.until) {
            told(Kind::not_an_instant, 1,
                 "the verdict covers what no schedule names; the instants there are from " +
                     format_utc(covered.first) + " until " + format_utc(covered.last));
        } else if (covered.count != row.count) {
            told(Kind::wrong_count, std::max<std::int64_t>(std::abs(covered.count - row.count), 1),
                 "the verdict counts " + std::to_string(row.count) + " instants, the schedule names " +
                     std::to_string(covered.count));
        }
        evidence_.check_row(row, revision != nullptr ? revision->book.get() : nullptr);
    }

    /// A run without a verdict that the walk did not meet.
    void check_stray(const OpenRun& run) {
        const auto* const revision = find_revision(revisions_, run.revision);
        if (run.nominal > present_.now || (revision != nullptr && !revision->book)) return;
        report_.add({runbook_, run.zone, run.customer, run.nominal, run.nominal, 1, Kind::not_an_instant,
                     "run " + run.run_uid + " is of an instant that no schedule names" +
                         (revision != nullptr ? " (" + in_force(*revision) + ")" : std::string{})});
    }

    const std::string& runbook_;
    std::span<const Revision> revisions_;
    const Slice& slice_;
    Present present_;
    Report& report_;
    Lanes lanes_;
    Evidence evidence_;
    Stretch no_verdict_;
    std::vector<bool> accounted_;  // of slice_.open_runs: the walk met its instant
};

}  // namespace

void check_texts(const std::string& runbook, std::span<const Revision> revisions, UtcTime from, UtcTime until,
                 Report& report) {
    for (const auto& revision : revisions) {
        if (revision.book || revision.from >= until || end_of(revision) <= from) continue;
        report.add(
            {runbook, "", "", revision.from, std::min(end_of(revision), until), 1, Kind::unreadable_text,
             "revision " + std::to_string(revision.revision) + " cannot be read: " + revision.trouble});
    }
}

void check(const std::string& runbook, std::span<const Revision> revisions, const Slice& slice,
           Present present, Report& report) {
    Check(runbook, revisions, slice, present, report).run();
}

}  // namespace runbookd::verify
