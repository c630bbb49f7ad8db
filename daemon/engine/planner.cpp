#include "engine/planner.hpp"

#include <algorithm>
#include <utility>

#include "base/spelling.hpp"
#include "engine/lane_record.hpp"
#include "engine/walk.hpp"
#include "runbook/reload_plan.hpp"

namespace runbookd::engine {

Error unknown_runbook(const std::string& name, const std::vector<std::string>& in_force) {
    const auto close = nearest(name, in_force, 1);
    return {ErrorCode::not_found, "runbook '" + name + "' does not exist" +
                                      (close.empty() ? "; `runbookctl runbooks` lists them"
                                                     : "; did you mean '" + close.front() + "'?")};
}

Planner::Planner(std::string account, AlarmClock& clock, Outbox& outbox, const Pauses& pauses, IsOpen is_open,
                 OnDue on_due)
    : account_(std::move(account)),
      clock_(clock),
      outbox_(outbox),
      pauses_(pauses),
      is_open_(std::move(is_open)),
      on_due_(std::move(on_due)) {}

const Planner::InForce* Planner::find(const std::string& name) const {
    const auto found = in_force_.find(name);
    return found == in_force_.end() ? nullptr : &found->second;
}

void Planner::recover(const std::vector<RecoveredRunbook>& runbooks,
                      const std::vector<std::string>& zone_digests, const ReadRevision& read, Instant now) {
    known_zones_.insert(zone_digests.begin(), zone_digests.end());
    for (const auto& stored : runbooks) {
        auto book = stored.retired ? nullptr : read(stored.runbook, {stored.yaml, stored.resolved});
        if (book == nullptr) {
            auto& retired = retired_[stored.runbook];
            retired.last_revision = stored.revision;
            retired.past.restore(stored);
            for (const auto& lane : stored.lanes) retired.lanes[key_of(lane)].restore(as_recovered(lane));
            if (!stored.retired)
                outbox_.write(Noted{"runbook",
                                    stored.runbook,
                                    "runbook.unreadable",
                                    "",
                                    {{"message",
                                      "its stored revision cannot be read by this version; the time the "
                                      "daemon was down is not judged"}},
                                    now.utc});
            continue;
        }
        auto& runbook = in_force_.try_emplace(stored.runbook, *this).first->second;
        set_book(runbook, std::move(book));
        runbook.identity = runbook::identity_of(stored.yaml, stored.resolved);
        runbook.revision = stored.revision;
        runbook.effective_from = stored.effective_from;
        runbook.applied_by = stored.applied_by;
        runbook.past.restore(stored);
        restore_lanes(runbook, stored);
    }
}

void Planner::judge_downtime(Instant now) {
    for (auto& [name, runbook] : in_force_) {
        for (const auto& part : parts_of(runbook)) {
            take_back(part, now);
            if (lost_until_) Walk(*this, part, Cause::restored, now).through(*lost_until_);
            judge(part, runbook.effective_from, Cause::down, now);
            outbox_.may_cut();
        }
    }
}

void Planner::apply(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
                    const Author& author, Instant now) {
    std::map<std::string, std::string> problems;
    for (const auto& [name, problem, file] : bad) problems.emplace(name, problem);
    std::set<std::string> stays;
    for (auto& runbook : runbooks) {
        stays.insert(runbook.name);
        const auto present = in_force_.find(runbook.name);
        if (present == in_force_.end() ||
            present->second.identity != runbook::identity_of(runbook.yaml, runbook.resolved)) {
            put_in_force(runbook, author, now);
            outbox_.may_cut();
            continue;
        }
        present->second.problem = {};
        if (present->second.is_armed) continue;
        // A recovered one, whose downtime is judged, goes on from here, as it was read now: the record does
        // not know its file.
        set_book(present->second, std::make_shared<const runbook::Meaning>(runbook));
        arm_all(present->second, now.utc, now);
    }
    std::vector<std::string> gone;
    for (auto& [name, runbook] : in_force_) {
        if (stays.contains(name)) continue;
        const auto problem = problems.find(name);
        if (problem == problems.end()) {
            gone.push_back(name);
            continue;
        }
        if (const auto before = std::exchange(runbook.problem, problem->second); !(before == problem->second))
            outbox_.write(Noted{"runbook",
                                name,
                                "runbook.kept_last_good",
                                author.actor,
                                {{"message", problem->second}},
                                now.utc});
        if (!runbook.is_armed) arm_all(runbook, now.utc, now);
    }
    for (const auto& name : gone) retire(name, author.actor, now);
}

void Planner::put_in_force(runbook::Runbook& runbook, const Author& author, Instant now) {
    const auto [found, is_new] = in_force_.try_emplace(runbook.name, *this);
    auto& place = found->second;
    if (is_new) {
        place.revision = 0;
        if (auto before = retired_.extract(runbook.name); !before.empty())
            go_on_from(place, std::move(before.mapped()));
        else if (auto there = elsewhere_ ? elsewhere_(runbook.name, author, now) : std::nullopt)
            go_on_from(place, std::move(*there));
    } else {
        serve_if_due(place, now);  // what was due before this instant belongs to the revision before
        supersede(place, now);
    }
    record_zones(runbook, now);
    ++place.revision;
    place.identity = runbook::identity_of(runbook.yaml, runbook.resolved);
    outbox_.write(RevisionEffective{runbook.name, place.revision, std::exchange(runbook.yaml, {}),
                                    std::exchange(runbook.resolved, {}), author.actor, author.note, now.utc,
                                    account_});
    // Copied, not moved, while all that was read is still there: so what stays lies close together, and what
    // reading left between goes as a whole.
    set_book(place, std::make_shared<const runbook::Meaning>(runbook));
    place.effective_from = now.utc;
    place.applied_by = author.actor;
    place.problem = {};
    arm_all(place, now.utc, now);
}

void Planner::go_on_from(InForce& runbook, Retired before) {
    runbook.revision = before.last_revision;
    runbook.past = std::move(before.past);
    for (auto& [key, past] : before.lanes) {
        if (runbook.lanes == nullptr) runbook.lanes = std::make_unique<LaneTracks>();
        runbook.lanes->push_back(std::make_unique<LaneTrack>(*this, runbook, key));
        runbook.lanes->back()->past = std::move(past);
    }
}

void Planner::record_zones(const runbook::Runbook& runbook, Instant now) {
    for (const auto& rules : runbook.zones)
        if (known_zones_.insert(rules->digest).second) outbox_.write(ZoneRulesSeen{rules, now.utc});
}

void Planner::retire(const std::string& name, const std::string& actor, Instant now) {
    auto& runbook = in_force_.at(name);
    serve_if_due(runbook, now);
    supersede(runbook, now);
    outbox_.write(RevisionRetired{name, actor, now.utc});
    auto& retired = retired_[name] = {runbook.revision, std::move(runbook.past), {}};
    for (const auto& track : runbook.lane_tracks()) retired.lanes[track->key] = std::move(track->past);
    in_force_.erase(name);
}

std::optional<Planner::Retired> Planner::release(const std::string& name, const std::string& actor,
                                                 Instant now) {
    if (in_force_.contains(name)) retire(name, actor, now);
    auto found = retired_.extract(name);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
}

void Planner::arm_all(InForce& runbook, UtcTime after, Instant now) {
    runbook.is_armed = true;
    for (const auto& part : parts_of(runbook)) arm(part, after, now);
}

void Planner::arm(const Part& part, UtcTime after, Instant now) {
    auto& track = part.track;
    track.is_armed = true;
    track.next_at.reset();
    const auto& book = *part.runbook.book;
    if (book.enabled && (part.lane != nullptr || book.schedule))
        if (const auto next = track.past.next_undecided(part.view().timeline(),
                                                        std::max(after, part.runbook.effective_from)))
            track.next_at = next->at;
    if (track.next_at)
        track.due.set(*track.next_at, now);
    else
        track.due.clear();
}

void Planner::ring(const Part& part, Instant now) {
    if (!part.track.next_at) return;
    judge(part, *part.track.next_at - Millis{1}, Cause::stalled, now);
    arm(part, now.utc, now);
}

void Planner::judge(const Part& part, UtcTime after, Cause cause, Instant now) {
    Walk(*this, part, cause, now).over(after);
}

void Planner::serve_if_due(InForce& runbook, Instant now) {
    for (const auto& part : parts_of(runbook))
        if (part.track.next_at && *part.track.next_at <= now.utc) ring(part, now);
}

void Planner::follow_clock(Instant now) {
    for (auto& [name, runbook] : in_force_)
        for (const auto& part : parts_of(runbook)) {
            take_back(part, now);
            if (part.track.next_at && *part.track.next_at <= now.utc)
                judge(part, *part.track.next_at - Millis{1}, Cause::stepped, now);
            if (part.track.is_armed) arm(part, now.utc, now);
        }
}

void Planner::take_back(const Part& part, Instant now) {
    const auto voided = part.track.past.take_back(now.utc);
    if (!voided) return;
    const auto& name = part.runbook.book->name;
    const bool has_timeline = part.lane != nullptr || part.runbook.book->schedule;
    const auto zone = has_timeline ? part.view().zone() : std::string{};
    const auto customer = part.view().customer();
    outbox_.write(OccurrencesVoided{name, zone, voided->after, now.utc, customer});
    if (!voided->cut) return;
    const auto& cut = *voided->cut;
    std::int64_t count = 1;
    auto last = cut.first;
    if (has_timeline) {
        const auto& timeline = part.view().timeline();
        for (auto next = timeline.next_after(last); next && next->at <= voided->after;
             next = timeline.next_after(last)) {
            last = next->at;
            ++count;
        }
    }
    outbox_.write(OccurrenceDecided{name, cut.revision, zone, cut.first, last, count, Verdict::missed,
                                    cut.reason, std::nullopt, now.utc, customer});
}

void Planner::stop() {
    for (auto& [name, runbook] : in_force_) {
        runbook.due.clear();
        for (const auto& track : runbook.lane_tracks()) track->due.clear();
    }
}

}  // namespace runbookd::engine
