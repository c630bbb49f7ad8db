#include "simulation/judged_times.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/finder.hpp"
#include "verify/check.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A create that left, and the run that it is for; null: nobody planned one.
struct Sent {
    const Departure& departure;
    const SeenRun* run = nullptr;
    std::shared_ptr<const runbook::Runbook> book;
};

std::vector<Sent> all_sent(const Evidence& evidence) {
    std::vector<Sent> all;
    for (const auto& departure : evidence.witness.departures()) {
        if (departure.is_lost) continue;  // its run is another one in the record by now
        auto& sent = all.emplace_back(Sent{departure, nullptr, nullptr});
        const auto uid = engine::job_in_name(departure.job_name);
        const auto job = uid ? evidence.witness.jobs().find(*uid) : evidence.witness.jobs().end();
        if (job == evidence.witness.jobs().end()) continue;
        sent.run = run_of(evidence, job->second.run);
        if (sent.run != nullptr) sent.book = book_of(evidence, sent.run->planned);
    }
    return all;
}

const runbook::Lane* lane_of(const Sent& sent) {
    const auto& plan = sent.run->planned;
    if (sent.book == nullptr || !sent.book->lanes || !plan.nominal) return nullptr;
    return sent.book->lanes->find(plan.zone, plan.customer);
}

/// The customer whose site the device of the target was on.
std::string customer_of(const Sent& sent) {
    const auto target = sent.run->targets.find(sent.departure.device);
    return target == sent.run->targets.end() ? sent.run->planned.customer : target->second.customer.str();
}

std::string at(const Sent& sent) {
    return sent.departure.job_name + " on " + sent.departure.device.str() + " went out at " +
           format_utc(sent.departure.at);
}

// ── schedules, walked from outside ──

using LaneKey = std::pair<std::string, std::string>;  // zone and customer
struct Window {
    UtcTime begins{}, ends{};
};

void walk(const schedule::Timeline& timeline, const runbook::Runbook& book, const SeenRevision& revision,
          UtcTime ended, std::map<UtcTime, Window>& windows) {
    const auto until = revision.until.value_or(ended);
    for (auto next = timeline.next_after(revision.from); next && next->at <= until;
         next = timeline.next_after(next->at))
        windows[next->at] = {next->at, next->at + book.window_of(*next->entry)};
}

/// Of a runbook, by lane and instant: all that its revisions named while they were in force.
std::map<LaneKey, std::map<UtcTime, Window>> windows_of(const Evidence& evidence, const std::string& name) {
    std::map<LaneKey, std::map<UtcTime, Window>> windows;
    for (const auto& revision : evidence.witness.revisions().at(name)) {
        const auto book = evidence.library.find(name, revision.yaml, revision.resolved);
        if (book == nullptr) continue;
        // A clock that is set back brings instants of before the revision again; they are nobody's.
        if (book->schedule)
            walk(*book->schedule, *book, revision, evidence.ended + hours{48},
                 windows[{book->schedule->zone(), ""}]);
        if (!book->lanes) continue;
        for (const auto& lane : book->lanes->all)
            walk(lane.schedule, *book, revision, evidence.ended + hours{48},
                 windows[{lane.zone()->name(), lane.customer}]);
    }
    return windows;
}

verify::Slice slice_of(const Evidence& evidence, const std::string& name) {
    verify::Slice slice{evidence.world.start - hours{1}, evidence.ended, {}, {}, {}, {}};
    std::set<RunUid> judged;
    for (const auto& row : evidence.record.verdicts) {
        if (row.runbook != name) continue;
        verify::Occurrence one{row.revision, row.zone,   row.nominal, row.until,   row.count,
                               row.verdict,  row.reason, {},          row.customer};
        if (row.run) {
            judged.insert(*row.run);
            if (const auto* const run = run_of(evidence, *row.run))
                one.run = verify::RunFacts{row.run->str(), run->planned.nominal, run->planned.starts_at,
                                           run->started_at};
        }
        slice.judged_until = std::max(slice.judged_until.value_or(row.until), row.until);
        slice.occurrences.push_back(std::move(one));
    }
    std::stable_sort(slice.occurrences.begin(), slice.occurrences.end(),
                     [](const auto& a, const auto& b) { return a.nominal < b.nominal; });
    for (const auto& [uid, run] : evidence.witness.runs()) {
        const auto& plan = run.planned;
        if (plan.runbook != name || !plan.nominal || judged.contains(uid)) continue;
        slice.open_runs.push_back({uid.str(), plan.revision.value_or(1), plan.zone, *plan.nominal,
                                   plan.window_end, run.started_at.has_value(), run.finished_at.has_value(),
                                   plan.customer});
    }
    std::stable_sort(slice.open_runs.begin(), slice.open_runs.end(),
                     [](const auto& a, const auto& b) { return a.nominal < b.nominal; });
    for (const auto& pause : evidence.witness.pauses())
        if (pause.scope == engine::PauseScope() || pause.scope == engine::PauseScope(name))
            slice.pauses.push_back({pause.since, pause.until});
    return slice;
}

}  // namespace

bool is_put_back(const World& world) {
    return std::any_of(world.events.begin(), world.events.end(),
                       [](const auto& event) { return std::holds_alternative<PutBack>(event.deed); });
}

bool has_clock_steps(const World& world) {
    return std::any_of(world.events.begin(), world.events.end(),
                       [](const auto& event) { return std::holds_alternative<StepClock>(event.deed); });
}

void judge_windows(const Evidence& evidence, const Report& report) {
    for (const auto& sent : all_sent(evidence)) {
        if (sent.run == nullptr) {
            report(at(sent) + ", and no run has it");
            continue;
        }
        const auto& plan = sent.run->planned;
        auto ends = plan.window_end;
        if (sent.book != nullptr) ends -= sent.book->window - sent.book->create_span();
        if (sent.departure.at >= ends) report(at(sent) + ", and could be created until " + format_utc(ends));
        // A clock that is set back leaves what has begun where it is.
        if (plan.nominal && sent.departure.at < *plan.nominal && !has_clock_steps(evidence.world))
            report(at(sent) + ", before its instant " + format_utc(*plan.nominal));
    }
}

void judge_blackouts(const Evidence& evidence, const Report& report) {
    const auto& rules = evidence.library.customer_rules();
    for (const auto& sent : all_sent(evidence)) {
        if (sent.run == nullptr || sent.run->planned.overrides.not_during) continue;
        const auto when = sent.departure.at;
        const auto holds = [&](const schedule::Blackouts& blackouts) {
            return blackouts.at(when, when + hours{1}).has_value();
        };
        const auto* const lane = lane_of(sent);
        if (lane != nullptr ? holds(lane->not_during) : sent.book != nullptr && holds(sent.book->not_during))
            report(at(sent) + ", inside not_during of its runbook");
        if (holds(rules.account_not_during)) report(at(sent) + ", inside not_during of the account");
        const auto customer = rules.customers.find(customer_of(sent));
        if (customer != rules.customers.end() && holds(customer->second.not_during))
            report(at(sent) + ", inside not_during of customer " + customer->first);
    }
}

void judge_pauses(const Evidence& evidence, const Report& report) {
    using engine::PauseKind;
    for (const auto& sent : all_sent(evidence)) {
        if (sent.run == nullptr) continue;
        for (const auto& pause : evidence.witness.pauses()) {
            const auto& [kind, name] = pause.scope;
            const bool is_of_it = kind == PauseKind::all ||
                                  (kind == PauseKind::runbook && name == sent.run->planned.runbook) ||
                                  (kind == PauseKind::customer && name == customer_of(sent)) ||
                                  (kind == PauseKind::device && name == sent.departure.device.str()) ||
                                  (kind == PauseKind::component && name == sent.departure.component.str());
            if (is_of_it && pause.since < sent.departure.at && sent.departure.at < pause.until)
                report(at(sent) + ", while " + pause.scope.words() + " was paused");
        }
    }
}

void judge_verdicts(const Evidence& evidence, const Report& report) {
    verify::Report all;
    for (const auto& [name, seen] : evidence.witness.revisions()) {
        std::vector<verify::Revision> revisions;
        for (const auto& one : seen)
            revisions.push_back(
                {one.number, one.from, one.until, evidence.library.find(name, one.yaml, one.resolved), ""});
        const auto slice = slice_of(evidence, name);
        verify::check_texts(name, revisions, slice.from, slice.until, all);
        verify::check(name, revisions, slice, {evidence.ended, evidence.world.start}, all);
    }
    for (const auto& finding : all.findings)
        report(finding.runbook + (finding.customer.empty() ? "" : " for " + finding.customer) + " at " +
               format_utc(finding.nominal) + ": " + std::string(verify::to_text(finding.kind)) + ": " +
               finding.message);
}

void judge_matching(const Evidence& evidence, const Report& report) {
    std::map<std::string, std::map<LaneKey, std::map<UtcTime, Window>>> windows;
    for (const auto& [name, seen] : evidence.witness.revisions()) windows[name] = windows_of(evidence, name);
    std::set<std::tuple<std::string, LaneKey, UtcTime>> fired;
    for (const auto& [uid, run] : evidence.witness.runs()) {
        const auto& plan = run.planned;
        if (!plan.nominal) continue;
        const LaneKey lane{plan.zone, plan.customer};
        const auto& named = windows[plan.runbook][lane];
        const auto window = named.find(*plan.nominal);
        if (!fired.emplace(plan.runbook, lane, *plan.nominal).second)
            report(plan.runbook + " fired twice at " + format_utc(*plan.nominal));
        if (window == named.end())
            report(plan.runbook + " fired at " + format_utc(*plan.nominal) +
                   ", which its schedule does not name");
        else if (window->second.ends != plan.window_end && !plan.overrides.window)
            report("the window of " + plan.runbook + " at " + format_utc(*plan.nominal) + " ends at " +
                   format_utc(window->second.ends) + ", its run says " + format_utc(plan.window_end));
    }
    std::set<std::pair<RunUid, DeviceUid>> served;
    for (const auto& accepted : evidence.account.jobs()) {
        const auto uid = engine::job_in_name(accepted.name);
        const auto job = uid ? evidence.record.jobs.find(*uid) : evidence.record.jobs.end();
        if (job != evidence.record.jobs.end()) served.emplace(job->second.run, job->second.device);
    }
    for (const auto& [uid, run] : evidence.record.runs)
        for (const auto& [device, target] : run.targets) {
            const bool had_a_job = target.disposition == engine::Disposition::succeeded ||
                                   target.disposition == engine::Disposition::warning ||
                                   target.disposition == engine::Disposition::timeout;
            if (had_a_job && target.reason != "by_person" && !served.contains({uid, device}))
                report("device " + device.str() + " of run " + uid.str() + " is " +
                       std::string(engine::to_text(target.disposition)) + ", and no job was accepted");
        }
}

}  // namespace runbookd::simulation
