#include "cli/list_columns.hpp"

#include <map>
#include <sstream>

namespace runbookd::cli {
namespace {

const std::map<Verb, const char*> kKeys{
    {Verb::runs,
     "run_uid group_uid runbook revision account customer zone trigger cause_uid actor note nominal_at "
     "window_end "
     "started_at finished_at status reason targets pending succeeded warning failed timeout expired skipped "
     "halted "
     "cancelled unknown"},
    {Verb::jobs,
     "job_uid run_uid runbook revision account customer site_uid site_name device_uid hostname component_uid "
     "component_name step attempt wave variables status reason exit_code warnings nominal_at created_at "
     "queued_at "
     "started_at ran_at completed_at duration_ms stdout_sha256 stderr_sha256 stdout_truncated "
     "stderr_truncated "
     "outputs_pruned datto_job_uid datto_status late_status late_at trigger actor"},
    {Verb::targets,
     "run_uid runbook customer site_uid site_name device_uid hostname wave disposition reason attempts "
     "job_uid "
     "nominal_at decided_at"},
    {Verb::occurrences,
     "runbook revision zone customer nominal_at nominal_until count verdict reason run_uid"},
    {Verb::failures,
     "run_uid runbook customer site_uid site_name device_uid hostname wave disposition reason attempts "
     "job_uid "
     "nominal_at decided_at"},
    {Verb::exceptions, "at kind run_uid job_uid device_uid customer actor reason"},
    {Verb::outputs,
     "run_uid component_name step stream group_no output_sha256 devices bytes sample near_group "
     "near_devices"},
    {Verb::events, "seq at subject subject_uid kind actor data hash"},
    {Verb::devices,
     "device_uid hostname customer site_uid site_name os device_type class online suspended deleted "
     "first_seen_at "
     "last_seen_at gone_at account"},
    {Verb::runbooks,
     "runbook description enabled revision account component schedule zone next_at next_window_end "
     "paused_until file problem lanes"},
    {Verb::coverage,
     "runbook customer device_uid hostname site_uid site_name last_success_at last_disposition last_reason "
     "last_decided_at last_run_uid misses excluded_by excluded_reason covered"},
    {Verb::diff, "operation runbook revision file changes problem"},
    {Verb::components, "component_uid component_name category description variables account"},
    {Verb::forecast,
     "runbook revision customer zone run_uid nominal_at starts_at window_end targets creates offline "
     "first_create_at last_create_at would_expire suppressed_by problem"},
    {Verb::budget, "account calls limit allowed used others"},
    {Verb::next, "at local runbook zone window_end suppressed_by customer"},
};

constexpr ListColumn kRuns[] = {
    {"RUN", "run_uid"},
    {"RUNBOOK", "runbook", Shown::text, true},
    {"ACCOUNT", "account", Shown::text, true, false, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"TRIGGER", "trigger"},
    {"STATUS", "status"},
    {"TARGETS", "targets", Shown::number},
    {"OUTCOME", "", Shown::outcome, true},
    {"STARTED (UTC)", "started_at", Shown::time},
    {"FINISHED (UTC)", "finished_at", Shown::time},
};
constexpr ListColumn kJobs[] = {
    {"JOB", "job_uid"},
    {"RUNBOOK", "runbook", Shown::text, true},
    {"DEVICE", "hostname", Shown::text, true},
    {"SITE", "site_name", Shown::text, true},
    {"COMPONENT", "component_name", Shown::text, true},
    {"STATUS", "status"},
    {"REASON", "reason", Shown::text, true},
    {"CREATED (UTC)", "created_at", Shown::time},
    {"TOOK", "duration_ms", Shown::duration},
};
constexpr ListColumn kTargets[] = {
    {"DEVICE", "hostname", Shown::text, true},
    {"SITE", "site_name", Shown::text, true},
    {"DISPOSITION", "disposition"},
    {"REASON", "reason", Shown::text, true},
    {"ATTEMPTS", "attempts", Shown::number},
    {"JOB", "job_uid"},
    {"DECIDED (UTC)", "decided_at", Shown::time},
};
constexpr ListColumn kFailures[] = {
    {"DECIDED (UTC)", "decided_at", Shown::time},      {"RUNBOOK", "runbook", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true, true}, {"DEVICE", "hostname", Shown::text, true},
    {"SITE", "site_name", Shown::text, true},          {"DISPOSITION", "disposition"},
    {"REASON", "reason", Shown::text, true},           {"JOB", "job_uid"},
};
constexpr ListColumn kExceptions[] = {
    {"AT (UTC)", "at", Shown::time},
    {"KIND", "kind"},
    {"REASON", "reason", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"ACTOR", "actor", Shown::text, true, true},
    {"DEVICE", "device_uid", Shown::text, true, true},
    {"RUN", "run_uid", Shown::text, false, true},
    {"JOB", "job_uid", Shown::text, false, true},
};
constexpr ListColumn kOutputs[] = {
    {"GROUP", "group_no", Shown::number},
    {"STEP", "step"},
    {"STREAM", "stream"},
    {"DEVICES", "devices", Shown::number},
    {"LIKE GROUP", "near_group", Shown::number},
    {"LIKE IT", "near_devices", Shown::number},
    {"BYTES", "bytes", Shown::number},
    {"SAMPLE", "sample", Shown::text, true},
};
constexpr ListColumn kOccurrences[] = {
    {"RUNBOOK", "runbook", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"ZONE", "zone", Shown::text, true},
    {"NOMINAL (UTC)", "nominal_at", Shown::time},
    {"UNTIL (UTC)", "nominal_until", Shown::time},
    {"COUNT", "count", Shown::number},
    {"VERDICT", "verdict"},
    {"REASON", "reason", Shown::text, true},
    {"RUN", "run_uid"},
};
constexpr ListColumn kEvents[] = {
    {"SEQ", "seq", Shown::number},
    {"AT (UTC)", "at", Shown::time},
    {"KIND", "kind"},
    {"SUBJECT", "subject_uid", Shown::text, true},
    {"ACTOR", "actor", Shown::text, true},
    {"DATA", "data", Shown::text, true},
};
constexpr ListColumn kDevices[] = {
    {"DEVICE", "device_uid"},
    {"HOSTNAME", "hostname", Shown::text, true},
    {"ACCOUNT", "account", Shown::text, true, false, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"SITE", "site_name", Shown::text, true},
    {"OS", "os", Shown::text, true},
    {"TYPE", "device_type", Shown::text, true},
    {"ONLINE", "online", Shown::yes},
    {"SUSPENDED", "suspended", Shown::yes},
    {"DELETED", "deleted", Shown::yes},
    {"FIRST SEEN (UTC)", "first_seen_at", Shown::time},
    {"LAST SEEN (UTC)", "last_seen_at", Shown::time},
    {"GONE (UTC)", "gone_at", Shown::time},
};
constexpr ListColumn kRunbooks[] = {
    {"RUNBOOK", "runbook", Shown::text, true},
    {"ACCOUNT", "account", Shown::text, true, false, true},
    {"ENABLED", "enabled", Shown::yes},
    {"SCHEDULE", "schedule"},
    {"ZONE", "zone", Shown::text, true},
    {"NEXT (UTC)", "next_at", Shown::time},
    {"PAUSED UNTIL (UTC)", "paused_until", Shown::time},
    {"COMPONENT", "component", Shown::text, true},
    {"PROBLEM", "problem", Shown::text, true},
};
constexpr ListColumn kComponents[] = {
    {"COMPONENT", "component_uid"},
    {"NAME", "component_name", Shown::text, true},
    {"ACCOUNT", "account", Shown::text, true, false, true},
    {"CATEGORY", "category", Shown::text, true},
    {"VARIABLES", "variables", Shown::text, true},
};
constexpr ListColumn kCoverage[] = {
    {"DEVICE", "hostname", Shown::text, true},
    {"SITE", "site_name", Shown::text, true},
    {"COVERED", "covered", Shown::yes},
    {"LAST SUCCESS (UTC)", "last_success_at", Shown::time},
    {"LAST", "last_disposition"},
    {"REASON", "last_reason", Shown::text, true},
    {"DECIDED (UTC)", "last_decided_at", Shown::time},
    {"MISSES", "misses", Shown::number},
    {"EXCLUDED BY", "excluded_by", Shown::text, true},
    {"WHY", "excluded_reason", Shown::text, true},
};
constexpr ListColumn kWhy[] = {
    {"VIEW", "view"},
    {"SEQ", "seq", Shown::number},
    {"AT (UTC)", "at", Shown::time},
    {"SAYS", "says"},
};
constexpr ListColumn kVerify[] = {
    {"RUNBOOK", "runbook", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"ZONE", "zone", Shown::text, true},
    {"NOMINAL (UTC)", "nominal_at", Shown::time},
    {"UNTIL (UTC)", "nominal_until", Shown::time},
    {"COUNT", "count", Shown::number},
    {"KIND", "kind"},
    {"WHAT", "message"},
};
constexpr ListColumn kNext[] = {
    {"AT (UTC)", "at", Shown::time},
    {"LOCAL", "local"},
    {"RUNBOOK", "runbook", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true, true},
    {"ZONE", "zone", Shown::text, true},
    {"WINDOW END (UTC)", "window_end", Shown::time},
    {"SUPPRESSED BY", "suppressed_by", Shown::text, true},
};
constexpr ListColumn kForecast[] = {
    {"RUNBOOK", "runbook", Shown::text, true},
    {"CUSTOMER", "customer", Shown::text, true},
    {"STARTS (UTC)", "starts_at", Shown::time},
    {"TARGETS", "targets", Shown::number},
    {"CREATES", "creates", Shown::number},
    {"OFFLINE", "offline", Shown::number},
    {"FIRST CREATE (UTC)", "first_create_at", Shown::time},
    {"LAST CREATE (UTC)", "last_create_at", Shown::time},
    {"WINDOW END (UTC)", "window_end", Shown::time},
    {"WOULD EXPIRE", "would_expire", Shown::number},
    {"SUPPRESSED BY", "suppressed_by", Shown::text, true},
    {"PROBLEM", "problem", Shown::text, true},
};
constexpr ListColumn kBudget[] = {
    {"ACCOUNT", "account", Shown::text, true}, {"CALLS", "calls"},
    {"LIMIT", "limit", Shown::number},         {"ALLOWED", "allowed", Shown::number},
    {"USED IN 60 S", "used", Shown::number},   {"BY OTHERS", "others", Shown::number},
};
// The devices of a plan.
constexpr ListColumn kPlan[] = {
    {"HOSTNAME", "hostname", Shown::text, true},
    {"SITE", "site_name", Shown::text, true},
    {"DEVICE", "device_uid"},
    {"ONLINE", "online", Shown::yes},
    {"WHAT", "what"},
    {"WHY", "why", Shown::text, true},
};

}  // namespace

const std::vector<std::string>& all_keys(Verb verb) {
    static const auto split = [] {
        std::map<Verb, std::vector<std::string>> keys;
        for (const auto& [list, text] : kKeys) {
            std::istringstream words(text);
            for (std::string word; words >> word;) keys[list].push_back(word);
        }
        return keys;
    }();
    return split.at(verb);
}

std::span<const ListColumn> table_columns(Verb verb) {
    switch (verb) {
        case Verb::runs: return kRuns;
        case Verb::jobs: return kJobs;
        case Verb::targets: return kTargets;
        case Verb::failures: return kFailures;
        case Verb::exceptions: return kExceptions;
        case Verb::outputs: return kOutputs;
        case Verb::occurrences: return kOccurrences;
        case Verb::events: return kEvents;
        case Verb::devices: return kDevices;
        case Verb::runbooks: return kRunbooks;
        case Verb::components: return kComponents;
        case Verb::next: return kNext;
        case Verb::verify: return kVerify;
        case Verb::forecast: return kForecast;
        case Verb::plan: return kPlan;
        case Verb::coverage: return kCoverage;
        case Verb::why: return kWhy;
        case Verb::budget: return kBudget;
        default: return {};
    }
}

}  // namespace runbookd::cli
