#include "cli/views.hpp"

#include <nlohmann/json.hpp>

#include "cli/doctor.hpp"
#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownTargets = 20;

void print_json(Surroundings& around, const Json& value) {
    around.out << value.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

/// "label:   value" where there is one.
class Sheet {
public:
    explicit Sheet(std::ostream& out) : out_(out) {}
    void line(const std::string& label, const std::string& value) {
        constexpr std::size_t kLabelWidth = 14;
        if (value.empty()) return;
        const auto padding = label.size() < kLabelWidth ? kLabelWidth - label.size() : 1;
        out_ << label << ':' << std::string(padding, ' ') << harmless(value) << '\n';
    }

private:
    std::ostream& out_;
};

std::string with_reason(const Json& object) {
    const auto reason = text_at(object, "reason");
    return text_at(object, "status") + (reason.empty() ? "" : " (" + reason + ")");
}

std::string utc(const Json& object, const char* key) {
    const auto time = short_time(text_at(object, key));
    return time.empty() ? time : time + " UTC";
}

/// "approved by carol, 2026-12-05 09:12:40 UTC: looks right"; empty: nobody was asked.
std::string approval_words(const Json& approval) {
    auto words = text_at(approval, "state");
    if (words.empty()) return words;
    if (const auto actor = text_at(approval, "actor"); !actor.empty()) words += " by " + actor;
    if (const auto decided = utc(approval, "decided_at"); !decided.empty()) words += ", " + decided;
    if (const auto note = text_at(approval, "note"); !note.empty()) words += ": " + note;
    return words;
}

/// Of a run; empty: nobody was asked, or it cannot be told now.
std::string approval_of(const Client& client, const std::string& run) {
    Target target("/v1/approvals");
    target.parameter("run", run);
    const auto body = client.get(target);
    if (!body) return {};
    const auto all = Json::parse(*body, nullptr, false);
    return all.is_array() && !all.empty() && all.front().is_object() ? approval_words(all.front()) : "";
}

/// What was asked ahead of a run that has not come, or not come yet.
void print_approval(Surroundings& around, const Json& approval) {
    Sheet sheet(around.out);
    sheet.line("approval", text_at(approval, "approval_uid"));
    sheet.line("runbook", text_at(approval, "runbook") + " (revision " + text_at(approval, "revision") + ")");
    sheet.line("state", approval_words(approval));
    sheet.line("customer", text_at(approval, "customer"));
    sheet.line("run", text_at(approval, "run_uid"));
    sheet.line("nominal", utc(approval, "nominal_at"));
    sheet.line("asked", utc(approval, "requested_at"));
    sheet.line("component", text_at(approval, "component_name"));
    sheet.line("devices", text_at(approval, "devices"));
    sheet.line("plan", text_at(approval, "plan_sha256"));
}

/// What the record calls an exception of the run as a whole: "refused: 900 devices selected, and guard.max is
/// 500".
void print_exceptions_of(const Client& client, const std::string& run, Sheet& sheet) {
    Target target("/v1/exceptions");
    // Each of its devices may have one, too, and newer.
    target.parameter("run", run).parameter("limit", "10000");
    const auto body = client.get(target);
    if (!body) return;  // they have a verb of their own
    for (const auto& row : Json::parse(*body, nullptr, false)) {
        if (!row.is_object() || !text_at(row, "device_uid").empty()) continue;
        const auto kind = text_at(row, "kind");
        auto reason = text_at(row, "reason");
        // The view names the event that it is from.
        if (const auto event = "run." + kind + ": "; reason.starts_with(event)) reason.erase(0, event.size());
        sheet.line("exception", kind + (reason.empty() ? "" : ": " + reason));
    }
}

void print_run(Surroundings& around, const Client& client, const Json& run) {
    Sheet sheet(around.out);
    sheet.line("run", text_at(run, "run_uid"));
    const auto revision = text_at(run, "revision");
    sheet.line("runbook", text_at(run, "runbook") + (revision.empty() ? "" : " (revision " + revision + ")"));
    sheet.line("status", with_reason(run));
    sheet.line("customer", text_at(run, "customer"));
    sheet.line("group", text_at(run, "group_uid"));
    const auto actor = text_at(run, "actor");
    sheet.line("started by", text_at(run, "trigger") + (actor.empty() ? "" : ", " + actor));
    sheet.line("because of", text_at(run, "cause_uid"));
    sheet.line("note", text_at(run, "note"));
    sheet.line("nominal", utc(run, "nominal_at"));
    sheet.line("started", utc(run, "started_at"));
    sheet.line("finished", utc(run, "finished_at"));
    sheet.line("window end", utc(run, "window_end"));
    sheet.line("approval", approval_of(client, text_at(run, "run_uid")));
    const auto outcome = outcome_of(run);
    sheet.line("targets", text_at(run, "targets") + (outcome.empty() ? "" : ": " + outcome));
    print_exceptions_of(client, text_at(run, "run_uid"), sheet);

    Target target("/v1/targets");
    target.parameter("run", text_at(run, "run_uid"));
    const auto body = client.get(target);
    if (!body) return;  // the run itself was shown; its targets have a verb of their own
    const auto all = Json::parse(*body, nullptr, false);
    auto troubled = Json::array();
    for (const auto& row : all)
        if (row.is_object() && text_at(row, "disposition") != "succeeded") troubled.push_back(row);
    if (troubled.empty()) return;
    const auto count = troubled.size();
    auto shown = Json::array();
    for (std::size_t i = 0; i < count && i < kShownTargets; ++i) shown.push_back(troubled[i]);
    around.out << "\nnot succeeded (" << count << "):\n"
               << render(table_of(Verb::targets, shown), Look{around.width, around.has_colour});
    if (count > kShownTargets)
        around.out << "… and " << count - kShownTargets << " more: runbookctl targets "
                   << text_at(run, "run_uid") << '\n';
}

void print_stream(std::ostream& out, const char* name, const Json& job) {
    auto text = text_at(job, name);
    if (text.empty()) return;
    if (text.back() != '\n') text += '\n';
    const auto cut = text_at(job, (std::string(name) + "_truncated").c_str()) == "true";
    out << '\n' << name << (cut ? " (cut)" : "") << ":\n" << harmless(text);
}

void print_job(Surroundings& around, const Json& job) {
    Sheet sheet(around.out);
    sheet.line("job", text_at(job, "job_uid"));
    sheet.line("run", text_at(job, "run_uid"));
    sheet.line("runbook", text_at(job, "runbook"));
    sheet.line("customer", text_at(job, "customer"));
    sheet.line("device", text_at(job, "hostname") + " at " + text_at(job, "site_name") + " (" +
                             text_at(job, "device_uid") + ")");
    sheet.line("component", text_at(job, "component_name") + " (" + text_at(job, "component_uid") + ")");
    // A number where the runbook has no steps.
    if (const auto step = job.find("step"); step != job.end() && step->is_string())
        sheet.line("step", text_at(job, "step"));
    if (const auto variables = job.find("variables"); variables != job.end() && variables->is_object())
        for (const auto& [name, value] : variables->items())
            sheet.line("variable",
                       name + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
    sheet.line("status", with_reason(job));
    sheet.line("exit code", text_at(job, "exit_code"));
    sheet.line("created", utc(job, "created_at"));
    sheet.line("queued", utc(job, "queued_at"));
    sheet.line("started", utc(job, "started_at"));
    sheet.line("completed", utc(job, "completed_at"));
    if (!text_at(job, "duration_ms").empty())
        sheet.line("took", short_duration(number_at(job, "duration_ms")));
    sheet.line("Datto job", text_at(job, "datto_job_uid"));
    sheet.line("Datto status", text_at(job, "datto_status"));
    sheet.line("later", text_at(job, "late_status"));
    print_stream(around.out, "stdout", job);
    print_stream(around.out, "stderr", job);
}

/// A run or a job by its uid or the beginning of it; else what was asked ahead of a run.
Result<Json> find(const Client& client, const std::string& uid) {
    const auto run = client.get(Target("/v1/runs").segment(uid));
    if (!run && run.error().code != ErrorCode::not_found) return tl::unexpected(run.error());
    const auto job = client.get(Target("/v1/jobs").segment(uid));
    if (!job && job.error().code != ErrorCode::not_found) return tl::unexpected(job.error());
    if (!run && !job) {
        const auto approval = client.get(Target("/v1/approvals").segment(uid));
        if (approval) return Json::parse(*approval, nullptr, false);
        return fail(ErrorCode::not_found, "no run and no job has a uid that begins with '" + uid +
                                              "'; see `runbookctl runs` and `runbookctl jobs`");
    }
    auto run_object = run ? Json::parse(*run, nullptr, false) : Json();
    auto job_object = job ? Json::parse(*job, nullptr, false) : Json();
    const auto run_uid = run ? text_at(run_object, "run_uid") : std::string{};
    const auto job_uid = job ? text_at(job_object, "job_uid") : std::string{};
    if (run && job && run_uid != uid && job_uid != uid)
        return fail(ErrorCode::conflict, "'" + uid + "' is the beginning of run " + run_uid + " and of job " +
                                             job_uid + "; give more of the uid");
    if (!job || run_uid == uid) return run_object;
    return job_object;
}

std::string budget_words(const Json& status, const char* key) {
    const auto budget = status.find(key);
    if (budget == status.end() || !budget->is_object()) return {};
    const auto allowed = text_at(*budget, "allowed");
    return text_at(*budget, "used") + " of " + (allowed.empty() ? "unlimited" : allowed) +
           " in the last 60 s";
}

/// "clean until 2026-12-01 04:00:00 UTC by ana: a freeze"
std::string pause_words(const Json& pause) {
    std::string what = text_at(pause, "runbook");
    for (const auto& [key, word] : {std::pair{"customer", "customer "}, std::pair{"device_uid", "device "},
                                    std::pair{"component_uid", "component "}})
        if (const auto name = text_at(pause, key); !name.empty()) what = word + name;
    return (what.empty() ? "everything" : what) + " until " + utc(pause, "until") + " by " +
           text_at(pause, "actor") + ": " + text_at(pause, "reason");
}

std::string verified_words(const Json& status) {
    const auto verified = status.find("verified");
    if (verified == status.end() || !verified->is_object()) return {};
    const auto unexplained = number_at(*verified, "unexplained");
    return utc(*verified, "at") + ", " + text_at(*verified, "instants") + " instants, " +
           (unexplained == 0 ? "all explained" : std::to_string(unexplained) + " not explained");
}

/// "running: 12 of 480 reads, 3 of 80 creates; 40 devices"
std::string account_words(const Json& account) {
    const auto count = [&](const char* key) {
        const auto use = account.find(key);
        if (use == account.end() || !use->is_object()) return std::string("? ") + key;
        const auto allowed = text_at(*use, "allowed");
        return text_at(*use, "used") + (allowed.empty() ? " " : " of " + allowed + " ") + key;
    };
    if (text_at(account, "state") == "absent") return "absent";
    return text_at(account, "state") + ": " + count("reads") + ", " + count("creates") + "; " +
           text_at(account, "fleet_devices") + " devices";
}

}  // namespace

int run_show(Surroundings& around, const Client& client, const Command& command) {
    const auto found = find(client, command.name);
    if (!found) return report(around, found.error());
    if (command.format == Format::json)
        print_json(around, *found);
    else if (found->contains("approval_uid"))
        print_approval(around, *found);
    else if (found->contains("job_uid"))
        print_job(around, *found);
    else
        print_run(around, client, *found);
    return kDone;
}

int run_output(Surroundings& around, const Client& client, const Command& command) {
    const char* stream = command.of_stderr ? "stderr" : "stdout";
    Target target("/v1/jobs");
    target.segment(command.name).segment("output").parameter("stream", stream);
    const auto text = client.get(target);
    if (!text) return report(around, text.error());
    if (command.format == Format::json) {
        Json value;
        value[stream] = *text;
        print_json(around, value);
    } else {
        around.out << *text;
    }
    return kDone;
}

int run_status(Surroundings& around, const Client& client, const Command& command) {
    const auto body = client.get(Target("/v1/status"));
    if (!body) return report(around, body.error());
    const auto status = Json::parse(*body, nullptr, false);
    if (!status.is_object())
        return report(around, {ErrorCode::internal, "the daemon's answer is not an object"});
    if (command.format == Format::json) {
        print_json(around, status);
        return kDone;
    }
    Sheet sheet(around.out);
    sheet.line("runbookd", text_at(status, "version"));
    sheet.line("state", text_at(status, "state"));
    if (const auto problems = status.find("problems"); problems != status.end() && problems->is_array())
        for (const auto& problem : *problems)
            if (problem.is_string()) sheet.line("problem", problem.get<std::string>());
    sheet.line("since", utc(status, "started_at"));
    sheet.line("runbooks", text_at(status, "runbooks"));
    sheet.line("open", text_at(status, "open_runs") + " runs, " + text_at(status, "open_jobs") + " jobs");
    sheet.line("reads", budget_words(status, "reads"));
    sheet.line("creates", budget_words(status, "creates"));
    if (const auto accounts = status.find("accounts");
        accounts != status.end() && accounts->is_array() && accounts->size() > 1)
        for (const auto& account : *accounts) sheet.line(text_at(account, "account"), account_words(account));
    const auto read = fleet_read_words(status);
    if (const auto pauses = status.find("pauses"); pauses != status.end() && pauses->is_array())
        for (const auto& pause : *pauses) sheet.line("paused", pause_words(pause));
    if (const auto held = status.find("held"); held != status.end() && held->is_array())
        for (const auto& one : *held) sheet.line("held", held_words(one));
    sheet.line("clock", text_at(status, "clock_hold"));
    sheet.line("verified", verified_words(status));
    sheet.line("fleet", text_at(status, "fleet_devices") + " devices" +
                            (read.empty() ? ", not read yet" : ", read " + read));
    return kDone;
}

}  // namespace runbookd::cli
