#include "simulation/judged_starts.hpp"

#include <algorithm>

#include "engine/finder.hpp"
#include "runbook/start_rules.hpp"
#include "simulation/judged_times.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::days;
using std::chrono::minutes;

std::string words(const Departure& departure) {
    return departure.job_name + " on " + departure.device.str() + " went out at " + format_utc(departure.at);
}

const cron::Zone& zone_of(const runbook::Runbook& book, const engine::RunPlanned& plan) {
    const auto* const lane =
        book.lanes && plan.nominal ? book.lanes->find(plan.zone, plan.customer) : nullptr;
    if (lane != nullptr) return *lane->zone();
    return book.zone ? *book.zone : cron::utc_zone();
}

bool is_early(const runbook::Runbook& book, const SeenRun& run, const DeviceUid& device) {
    const auto& zone = zone_of(book, run.planned);
    const auto today = std::chrono::local_days{
        std::chrono::floor<days>(run.started_at->time_since_epoch() + zone.at(*run.started_at).offset)};
    return runbook::place_in_ramp(book.name, device.str()) >= book.ramp->share_on(today);
}

bool was_enough(const runbook::Once& once, UtcTime succeeded, UtcTime started) {
    return !once.within || started - succeeded < *once.within;
}

std::string component_of(const Evidence& evidence, const ComponentUid& uid) {
    for (const auto& component : evidence.world.components)
        if (component.uid == uid) return component.name;
    return uid.str();
}

/// Whether a step may be begun after others that ended like that.
bool is_its_turn(const runbook::Steps& steps, std::size_t place, const std::vector<runbook::StepEnd>& ended) {
    if (ended.size() != place || place >= steps.list.size()) return false;
    for (std::size_t before = 0; before < place; ++before)
        if (runbook::is_bad(ended[before]) && !steps.list[before].goes_on_after_failure) return false;
    const auto& when = steps.list[place].when;
    return when.empty() || std::any_of(when.begin(), when.end(), [&](const auto& condition) {
               return ended[condition.step] == condition.end;
           });
}

void judge_step_of(const Evidence& evidence, const Departure& sent, const Report& report) {
    const auto book = book_of(evidence, sent);
    if (book == nullptr) return;
    const auto place = static_cast<std::size_t>(sent.intent.step - 1);
    if (!book->steps) {
        if (place != 0)
            report(words(sent) + ", of step " + std::to_string(place + 1) + " of a runbook without");
        return;
    }
    if (!is_its_turn(*book->steps, place, sent.ended))
        return report(words(sent) + ", and it was not the turn of step " + std::to_string(place + 1));
    const auto& step = book->steps->list[place];
    if (step.component != component_of(evidence, sent.component))
        report(words(sent) + " with another component than that of step " + step.name);
}

}  // namespace

void judge_approvals(const Evidence& evidence, const Report& report) {
    for (const auto& sent : evidence.witness.departures()) {
        if (!sent.has_intent) continue;
        if (sent.is_rejected) report(words(sent) + ", and its run had been rejected");
        const auto book = book_of(evidence, sent);
        if (book != nullptr && book->approval && !sent.is_approved)
            report(words(sent) + ", and nobody had approved that");
    }
}

void judge_shares(const Evidence& evidence, const Report& report) {
    // How long ago something was, and which day it is, is as doubtful as the clock.
    const bool is_clock_sure = !has_clock_steps(evidence.world);
    for (const auto& [uid, run] : evidence.witness.runs()) {
        const auto book = book_of(evidence, run.planned);
        if (book == nullptr || !run.started_at || run.planned.scope.found) continue;
        for (const auto& [device, target] : run.targets) {
            const auto before = run.had_succeeded.find(device);
            if (book->once && before != run.had_succeeded.end() && (is_clock_sure || !book->once->within) &&
                was_enough(*book->once, before->second, *run.started_at))
                report("run " + uid.str() + " took " + device.str() + " at " + format_utc(*run.started_at) +
                       ", which had succeeded at " + format_utc(before->second));
            if (book->ramp && is_clock_sure && is_early(*book, run, device))
                report("run " + uid.str() + " took " + device.str() + " at " + format_utc(*run.started_at) +
                       ", whose turn in the ramp had not come");
        }
    }
}

void judge_stopped(const Evidence& evidence, const Report& report) {
    for (const auto& sent : evidence.witness.departures())
        for (const auto& uid : sent.later) {
            const auto* const later = run_of(evidence, uid);
            const auto book = later == nullptr ? nullptr : book_of(evidence, later->planned);
            if (book != nullptr && book->overlap == runbook::OverlapPolicy::stop_previous)
                report(words(sent) + " for run " + sent.intent.run.str() + ", which run " + uid.str() +
                       " had stopped there");
        }
}

void judge_steps(const Evidence& evidence, const Report& report) {
    for (const auto& sent : evidence.witness.departures())
        if (sent.has_intent) judge_step_of(evidence, sent, report);
    for (const auto& seen : evidence.witness.steps()) {
        const auto* const run = run_of(evidence, seen.run);
        const auto book = run == nullptr ? nullptr : book_of(evidence, run->planned);
        if (book == nullptr || !book->steps || seen.place >= book->steps->list.size()) {
            report("a step of run " + seen.run.str() + " that its runbook does not have");
            continue;
        }
        const auto& step = book->steps->list[seen.place];
        if (!step.expect || !step.expect->rebooted || seen.end != runbook::StepEnd::succeeded ||
            has_clock_steps(evidence.world))
            continue;
        if (!evidence.account.has_restarted(seen.device, seen.last_job_at - minutes{1}, seen.at))
            report("device " + seen.device.str() + " of run " + seen.run.str() +
                   " is said to have restarted before " + format_utc(seen.at) + ", and has not since " +
                   format_utc(seen.last_job_at));
    }
    for (const auto& [uid, run] : evidence.witness.runs()) {
        const auto book = book_of(evidence, run.planned);
        if (book == nullptr || !book->steps) continue;
        for (const auto& [device, decided] : run.decided) {
            const auto ended = run.ended.find(device);
            const auto count = ended == run.ended.end() ? 0 : ended->second.size();
            const bool is_well = decided.disposition == engine::Disposition::succeeded ||
                                 decided.disposition == engine::Disposition::warning;
            if (is_well && count != book->steps->list.size())
                report("device " + device.str() + " of run " + uid.str() + " has succeeded after " +
                       std::to_string(count) + " of its steps");
            if (decided.disposition == engine::Disposition::skipped && count > 0)
                report("device " + device.str() + " of run " + uid.str() + " is skipped after " +
                       std::to_string(count) + " steps");
        }
    }
}

void judge_rows(const Evidence& evidence, const Report& report) {
    const auto& revisions = evidence.witness.revisions();
    for (const auto& accepted : evidence.account.jobs()) {
        const auto uid = engine::job_in_name(accepted.name);
        const auto job = uid ? evidence.record.jobs.find(*uid) : evidence.record.jobs.end();
        if (job == evidence.record.jobs.end() || !job->second.out) continue;
        const auto* const run = run_of(evidence, job->second.run);
        const auto book = run == nullptr ? nullptr : book_of(evidence, run->planned);
        const bool collects = book != nullptr && book->collects_rows;
        // A start has forgotten the text of a run that is over: what is in force by then may say otherwise.
        const auto known = run == nullptr ? revisions.end() : revisions.find(run->planned.runbook);
        if (!job->second.late_status.empty() && known != revisions.end() && known->second.size() > 1)
            continue;
        std::vector<std::string> printed;
        if (collects)
            for (const auto& row : accepted.rows) printed.push_back(evidence.library.vault().redact(row));
        if (printed != job->second.rows)
            report("job " + uid->str() + " of run " + job->second.run.str() + " printed " +
                   std::to_string(printed.size()) + " rows, collected are " +
                   std::to_string(job->second.rows.size()));
    }
}

}  // namespace runbookd::simulation
