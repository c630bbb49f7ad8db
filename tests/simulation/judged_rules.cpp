// Each promise as a question to the evidence.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/finder.hpp"
#include "engine/outcome.hpp"
#include "simulation/judged_starts.hpp"
#include "simulation/judged_times.hpp"
#include "simulation/judgement.hpp"

namespace runbookd::simulation {
namespace {

using engine::Disposition;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// What ended upstream so shortly before the end may not have been read yet.
constexpr Millis kLastLook = hours{4};

std::string about(const JobUid& uid, const RecordedJob& job) {
    return "job " + uid.str() + " of run " + job.run.str() + " on " + job.device.str() + " (" +
           std::string(engine::to_text(job.status)) + (job.reason.empty() ? "" : " / " + job.reason) +
           (job.late_status.empty() ? "" : ", late " + job.late_status) + ")";
}

/// Whether the runbook lets a device get more than one job in one run, or in a step of one.
bool may_repeat(const Evidence& evidence, const RunUid& run) {
    const auto* const seen = run_of(evidence, run);
    const auto book = seen == nullptr ? nullptr : book_of(evidence, seen->planned);
    return book != nullptr && (book->retry || book->on_unknown == runbook::OnUnknown::redispatch);
}

void at_most_once(const Evidence& evidence, const Report& report) {
    std::set<std::string> names;
    std::map<std::tuple<RunUid, DeviceUid, std::int64_t, std::int64_t>, int> attempts;
    std::map<std::tuple<RunUid, DeviceUid, std::int64_t>, int> targets;
    for (const auto& accepted : evidence.account.jobs()) {
        if (!names.insert(accepted.name).second) report("accepted twice: " + accepted.name);
        const auto uid = engine::job_in_name(accepted.name);
        const auto job = uid ? evidence.record.jobs.find(*uid) : evidence.record.jobs.end();
        if (job == evidence.record.jobs.end()) {
            report("accepted, and not in the record: " + accepted.name);
            continue;
        }
        const auto& [run, device, step, attempt] =
            std::tie(job->second.run, job->second.device, job->second.step, job->second.attempt);
        if (device != accepted.device) report("accepted for another device: " + about(*uid, job->second));
        if (++attempts[{run, device, step, attempt}] > 1)
            report("one attempt was accepted twice: " + about(*uid, job->second));
        if (++targets[{run, device, step}] > 1 && !may_repeat(evidence, run))
            report("a target got two jobs: " + about(*uid, job->second));
    }
}

/// As it was when each went out, whatever the record says of it since: nothing is created again for what had
/// been lost.
void at_most_once_an_instant(const Evidence& evidence, const Report& report) {
    std::map<std::string, const Departure*> sent;
    for (const auto& departure : evidence.witness.departures()) sent[departure.job_name] = &departure;
    std::set<std::tuple<std::string, std::string, std::string, std::string, DeviceUid, std::int64_t>> served;
    for (const auto& accepted : evidence.account.jobs()) {
        const auto found = sent.find(accepted.name);
        if (found == sent.end() || !found->second->has_intent) continue;
        const auto& departure = *found->second;
        const auto& plan = departure.plan;
        const auto what = plan.nominal ? format_utc(*plan.nominal) : plan.run.str();
        if (served
                .emplace(plan.runbook, plan.zone, plan.customer, what, accepted.device, departure.intent.step)
                .second)
            continue;
        const auto book = book_of(evidence, departure);
        if (book == nullptr || (!book->retry && book->on_unknown != runbook::OnUnknown::redispatch))
            report("accepted at " + format_utc(accepted.arrived) + ": " + accepted.name + " on " +
                   accepted.device.str() + ", which " + plan.runbook + " had served for " + what);
    }
}

void intent_first(const Evidence& evidence, const Report& report) {
    for (const auto& departure : evidence.witness.departures())
        if (!departure.has_intent)
            report("a create went out before its intent was durable: " + departure.job_name + " at " +
                   format_utc(departure.at));
}

/// How the job's end is to be recorded, by the table of states and the rules of its runbook.
std::optional<engine::Outcome> true_outcome(const Evidence& evidence, const RecordedJob& job,
                                            const WitnessedJob& accepted) {
    const auto* const seen = run_of(evidence, job.run);
    const auto book = seen == nullptr ? nullptr : book_of(evidence, seen->planned);
    const auto* const rules = book != nullptr ? book->success_of(job.step) : nullptr;
    return engine::outcome_of(accepted.ends_as, runbook::read_printed(accepted.out.value_or(""), rules),
                              rules);
}

void results(const Evidence& evidence, const Report& report) {
    for (const auto& accepted : evidence.account.jobs()) {
        const auto uid = engine::job_in_name(accepted.name);
        const auto found = evidence.record.jobs.find(*uid);
        if (found == evidence.record.jobs.end() || accepted.ends + kLastLook > evidence.true_end) continue;
        const auto& job = found->second;
        const bool is_lost = job.reason == "unknown_dispatch" && job.late_status.empty();
        // Looked for hourly, for a day: what the log shows only later stays unknown.
        if (is_lost && accepted.in_log > accepted.arrived + minutes{10}) continue;
        if (is_lost && (has_clock_steps(evidence.world) || evidence.lost_time > Millis{0})) continue;
        const auto outcome = true_outcome(evidence, job, accepted);
        const auto recorded = job.late_status.empty() ? engine::to_text(job.status) : job.late_status;
        if (!outcome || recorded != engine::to_text(outcome->status)) {
            report("ended upstream at " + format_utc(accepted.ends) +
                   " otherwise than is recorded: " + about(*uid, job));
            continue;
        }
        const auto printed =
            accepted.out ? std::optional(evidence.library.vault().redact(*accepted.out)) : std::nullopt;
        if (job.out.value_or("") != printed.value_or(""))
            report("printed \"" + printed.value_or("") + "\", recorded is \"" + job.out.value_or("") +
                   "\": " + about(*uid, job));
    }
}

/// What the record has of jobs that never were.
void no_ghosts(const Evidence& evidence, const Report& report) {
    std::set<JobUid> accepted;
    for (const auto& job : evidence.account.jobs()) accepted.insert(*engine::job_in_name(job.name));
    static const std::set<std::string> kNeverWere{
        "unknown_dispatch", "window_closed",  "offline",   "paused",     "blackout", "not_sent",
        "rejected",         "excluded_state", "by_person", "abort_when", "overlap",  "not_approved"};
    for (const auto& [uid, job] : evidence.record.jobs)
        if (!accepted.contains(uid) && !kNeverWere.contains(job.reason))
            report("recorded, and never accepted: " + about(uid, job));
}

void books(const Evidence& evidence, const Report& report) {
    for (const auto& trouble : evidence.record.troubles) report(trouble);
    for (const auto& [uid, run] : evidence.record.runs) {
        if (!engine::is_terminal(run.status))
            report("run " + uid.str() + " is not over: " + std::string(engine::to_text(run.status)));
        for (const auto& [device, target] : run.targets)
            if (target.disposition == Disposition::pending)
                report("a target of run " + uid.str() + " was never decided: " + device.str());
    }
}

/// Every target is decided by the end of its window, its tries, and an hour.
void in_time(const Evidence& evidence, const Report& report) {
    if (has_clock_steps(evidence.world) || is_put_back(evidence.world)) return;
    for (const auto& [uid, run] : evidence.record.runs) {
        const auto* const seen = run_of(evidence, uid);
        if (seen == nullptr) continue;
        const auto book = book_of(evidence, seen->planned);
        // A create that nobody answers is looked for, and a job of the window's last moment may run on.
        const auto bound = seen->planned.window_end + (book ? book->ends_within() : hours{25}) + hours{25} +
                           evidence.lost_time;
        for (const auto& [device, target] : run.targets)
            if (target.decided_at && *target.decided_at > bound)
                report("decided late, at " + format_utc(*target.decided_at) + ": " + device.str() +
                       " of run " + uid.str() + ", whose window closed at " +
                       format_utc(seen->planned.window_end));
    }
}

void budget(const Evidence& evidence, const Report& report) {
    const auto& world = evidence.world;
    const auto allowed = [&](std::int64_t limit) {
        return static_cast<std::size_t>(static_cast<double>(limit) * world.budget_share);
    };
    const auto reads = evidence.account.most_reads_in_a_window();
    const auto creates = evidence.account.most_creates_in_a_window();
    if (reads > allowed(world.limits.reads))
        report("a minute held " + std::to_string(reads) + " reads, allowed are " +
               std::to_string(allowed(world.limits.reads)));
    if (creates > allowed(world.limits.creates))
        report("a minute held " + std::to_string(creates) + " creates, allowed are " +
               std::to_string(allowed(world.limits.creates)));
}

void secrets_stay(const Evidence& evidence, const Report& report) {
    for (const auto& leak : evidence.witness.leaks()) report("the value of a secret is in " + leak);
}

}  // namespace

const std::vector<Rule>& all_rules() {
    static const std::vector<Rule> rules{
        {"at most once", at_most_once},
        {"once an instant", at_most_once_an_instant},
        {"intent first", intent_first},
        {"results", results},
        {"no ghosts", no_ghosts},
        {"books", books},
        {"in time", in_time},
        {"windows", judge_windows},
        {"blackouts", judge_blackouts},
        {"pauses", judge_pauses},
        {"verdicts", judge_verdicts},
        {"approvals", judge_approvals},
        {"once and ramp", judge_shares},
        {"stopped runs", judge_stopped},
        {"steps", judge_steps},
        {"rows", judge_rows},
        {"matching", judge_matching},
        {"budget", budget},
        {"secrets", secrets_stay},
    };
    return rules;
}

}  // namespace runbookd::simulation
