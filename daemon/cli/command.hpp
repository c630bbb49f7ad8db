#pragma once
// What a command line asks for, as plain values.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runbookd::cli {

enum class Verb {
    validate,
    lint,
    next,
    schema,
    run,
    quickjob,
    runbooks,
    runs,
    occurrences,
    targets,
    jobs,
    show,
    output,
    events,
    devices,
    components,
    status,
    pause,
    resume,
    verify,
    plan,
    forecast,
    diff,
    apply,
    coverage,
    why,
    retarget,
    budget,
    settle,
    cancel,
    doctor,
    audit_verify,
    audit_sql,
    audit_export,
    audit_backup,
    failures,
    outputs,
    exceptions,
    prune,
    approve,
    reject,
    collect
};
enum class Format { table, json, csv };

/// The filters of a list, as typed.
struct Filters {
    std::string runbook, customer, site, device, status, since, until;
    std::optional<std::int64_t> limit;
};

struct Command {
    Verb verb = Verb::status;
    Format format = Format::table;
    std::string socket;  ///< --socket; empty: not given
    std::string config;  ///< --config; empty: not given
    std::string store;   ///< audit: --store; empty: not given
    std::string name;  ///< the verb's one argument: a runbook, a uid, a component, SQL, a file; may be empty
    std::vector<std::string> paths;  ///< validate, lint; diff: none or one folder
    bool is_online = false;          ///< validate
    Filters filters;
    std::string cron, zone, from;                  ///< next
    std::string at;                                ///< plan, why: a time; retarget: now or next-window
    std::int64_t count = 5;                        ///< next
    std::vector<std::string> devices, sites;       ///< run, plan
    std::vector<std::string> customers;            ///< run, plan, next: exact names
    std::string device, component;                 ///< quickjob, pause, resume
    std::map<std::string, std::string> variables;  ///< run, plan, quickjob
    std::string note;                              ///< run, apply, retarget, resume, approve
    bool waits = false;                            ///< run, quickjob
    bool of_stderr = false;                        ///< output
    bool of_all = false;                           ///< pause, resume: not one runbook but all
    std::vector<std::string> only;                 ///< retarget: dispositions
    bool with_unknown = false;                     ///< retarget
    std::vector<std::string> overrides;            ///< run: rules that are set aside
    std::string span;                              ///< pause; audit sql: --timeout
    std::string public_key;                        ///< audit verify: a file
    std::string reason;                            ///< pause, run, settle, cancel, reject
    std::int64_t group = 0;                        ///< outputs: who is in it; 0: all groups
    bool is_dry_run = false;                       ///< prune
    std::string outcome;                           ///< settle: ran, not_run, redispatch
    bool accepts_restore = false;                  ///< doctor
};

}  // namespace runbookd::cli
