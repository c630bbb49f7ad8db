#include "cli/starting.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/answers.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr Millis kLookEvery{500};

bool has_ended(const Json& run) {
    const auto status = text_at(run, "status");
    return status == "completed" || status == "failed" || status == "aborted" || status == "cancelled";
}

int exit_status_of(const Json& run) {
    const auto status = text_at(run, "status");
    // What nobody approved has not run, and nothing went wrong with it.
    if (status == "completed") return text_at(run, "reason") == "not_approved" ? kRefused : kDone;
    return status == "aborted" ? kRefused : kFailed;
}

/// "clean: running, 12 of 60 done: 10 succeeded, 2 failed, 48 pending"
std::string progress_line(const Json& run) {
    const auto targets = number_at(run, "targets");
    auto line = harmless(text_at(run, "runbook")) + ": " + text_at(run, "status");
    if (text_at(run, "status") == "waiting" && text_at(run, "reason") == "approval")
        line += " for approval (runbookctl approve " + text_at(run, "run_uid") + ")";
    if (targets == 0) return line;
    line += ", " + std::to_string(targets - number_at(run, "pending")) + " of " + std::to_string(targets) +
            " done";
    const auto outcome = outcome_of(run);
    return outcome.empty() ? line : line + ": " + outcome;
}

/// Looks at the run until it has ended, showing progress.
Result<Json> wait_for_run(Surroundings& around, const Client& client, const std::string& uid) {
    Progress progress(around);
    std::optional<SteadyTime> unreachable_since;
    for (;;) {
        const auto run = read_object(client.get(Target("/v1/runs").segment(uid)));
        const auto now = around.clock.now().steady;
        if (run) {
            unreachable_since.reset();
            progress.show(progress_line(*run));
            if (has_ended(*run)) return run;
        } else {
            if (run.error().code != ErrorCode::unavailable) return run;
            if (!unreachable_since) unreachable_since = now;
            if (now - *unreachable_since >= kPatience)
                return fail(ErrorCode::unavailable,
                            run.error().message + "; the run goes on: runbookctl show " + uid);
            progress.show("the daemon does not answer; waiting for it");
        }
        around.pause(kLookEvery);
    }
}

Json variables_of(const Command& command) {
    auto variables = Json::object();
    for (const auto& [name, value] : command.variables) variables[name] = value;
    return variables;
}

void print_run_end(Surroundings& around, const Json& run) {
    const auto reason = text_at(run, "reason");
    const auto outcome = outcome_of(run);
    around.out << "run " << text_at(run, "run_uid") << " of " << harmless(text_at(run, "runbook")) << ": "
               << text_at(run, "status") << (reason.empty() ? "" : " (" + reason + ")") << "; "
               << (outcome.empty() ? "no targets" : outcome) << '\n';
    if (exit_status_of(run) != kDone)
        around.out << "look closer: runbookctl targets " << text_at(run, "run_uid") << '\n';
}

/// The end of a quick job: its outputs go where a program's would, what became of it to stderr.
void print_job_end(Surroundings& around, const Json& run, const Json& job) {
    const auto status = text_at(job, "status");
    const auto reason = text_at(job, "reason");
    around.out << text_at(job, "stdout") << std::flush;
    around.err << text_at(job, "stderr");
    around.err << "job " << text_at(job, "job_uid") << ": " << status
               << (reason.empty() ? "" : " (" + reason + ")");
    const bool is_followed_on = status == "created" || status == "queued" || status == "running";
    if (is_followed_on) around.err << "; given up for now: " << outcome_of(run) << ", and followed on";
    around.err << '\n';
}

}  // namespace

int run_run(Surroundings& around, const Client& client, const Command& command) {
    Json body;
    body["runbook"] = command.name;
    if (!command.devices.empty()) body["devices"] = command.devices;
    if (!command.customers.empty()) body["customers"] = command.customers;
    if (!command.sites.empty()) body["sites"] = command.sites;
    if (!command.variables.empty()) body["variables"] = variables_of(command);
    if (!command.note.empty()) body["note"] = command.note;
    if (!command.overrides.empty()) body["override"] = command.overrides;
    if (!command.reason.empty()) body["reason"] = command.reason;
    const auto accepted = read_object(client.post(Target("/v1/runs"), to_json_text(body)));
    if (!accepted) return report(around, accepted.error());
    const auto uid = text_at(*accepted, "run_uid");
    const bool is_json = command.format == Format::json;
    if (!command.waits) {
        if (is_json)
            around.out << to_json_text(*accepted, 2) << '\n';
        else
            around.out << "run " << uid << " is " << text_at(*accepted, "status")
                       << "; follow it: runbookctl show " << uid << '\n';
        return kDone;
    }
    const auto run = wait_for_run(around, client, uid);
    if (!run) return report(around, run.error());
    if (is_json)
        around.out << to_json_text(*run, 2) << '\n';
    else
        print_run_end(around, *run);
    return exit_status_of(*run);
}

int run_quickjob(Surroundings& around, const Client& client, const Command& command) {
    Json body;
    body["device"] = command.device;
    body["component"] = command.component;
    if (!command.variables.empty()) body["variables"] = variables_of(command);
    const auto accepted = read_object(client.post(Target("/v1/quickjobs"), to_json_text(body)));
    if (!accepted) return report(around, accepted.error());
    const auto uid = text_at(*accepted, "job_uid");
    const bool is_json = command.format == Format::json;
    if (!command.waits) {
        if (is_json)
            around.out << to_json_text(*accepted, 2) << '\n';
        else
            around.out << "job " << uid << " is " << text_at(*accepted, "status")
                       << "; follow it: runbookctl show " << uid << '\n';
        return kDone;
    }
    // Its run is what ends for certain: a job that no agent picks up stays queued.
    const auto run = wait_for_run(around, client, text_at(*accepted, "run_uid"));
    if (!run) return report(around, run.error());
    const auto job = read_object(client.get(Target("/v1/jobs").segment(uid)));
    if (!job) return report(around, job.error());
    if (is_json)
        around.out << to_json_text(*job, 2) << '\n';
    else
        print_job_end(around, *run, *job);
    return exit_status_of(*run);
}

}  // namespace runbookd::cli
