#include "cli/audit_arguments.hpp"

#include <string>

#include "base/time.hpp"

namespace runbookd::cli {
namespace {

/// What needs no daemon.
void add_read_by_itself(CLI::App& audit, Choices choices) {
    auto& command = choices.command;
    audit.add_option("--store", command.store, "The record; default: the configuration's `store:`")
        ->type_name("FILE");
    add_verb(audit, choices, "verify", Verb::audit_verify, "Whether the record is as it was written")
        ->add_option("--public-key", command.public_key, "PEM: only what this key signed is proven")
        ->type_name("FILE");
    auto* sql =
        add_verb(audit, choices, "sql", Verb::audit_sql, "A SELECT over views and tables; only reads");
    sql->add_option("QUERY", command.name, "One statement")->required();
    sql->add_flag("--csv", choices.is_csv, "CSV")->excludes("--json");
    sql->add_option("--timeout", command.span, "Default: 30s")->check([](const std::string& text) {
        const auto span = parse_duration(text);
        return span ? std::string{} : "--timeout: " + span.error().message;
    });
    sql->add_option("--limit", command.filters.limit, "At most so many rows; default: 1000")
        ->check(CLI::Range(1, 10'000'000));
    auto* out = add_verb(audit, choices, "export", Verb::audit_export, "The views as JSON Lines and CSV");
    out->add_option("--out", command.name, "A folder that is empty or not there")->required();
    out->add_option("--customer", command.filters.customer, "Exact name: only what is about it");
    out->add_option("--since", command.filters.since, "A span ago (2h, 7d) or an ISO time");
    out->add_option("--until", command.filters.until, "A span ago or an ISO time");
    add_verb(audit, choices, "backup", Verb::audit_backup, "A checked copy, also while the daemon writes")
        ->add_option("FILE", command.name, "Must not be there yet")
        ->required();
}

void add_asked_of_the_daemon(CLI::App& audit, Choices choices) {
    auto* exceptions = add_verb(audit, choices, "exceptions", Verb::exceptions,
                                "Everything outside the rules, newest first");
    exceptions->add_flag("--csv", choices.is_csv, "CSV with all columns")->excludes("--json");
    auto& filters = choices.command.filters;
    exceptions->add_option("--run", choices.command.name, "A run's uid or its beginning");
    exceptions->add_option("--customer", filters.customer, "Exact name");
    exceptions->add_option("--device", filters.device, "Device uid");
    exceptions->add_option("--kind", filters.status, "late, missed, override, unknown, clock, degraded, …");
    exceptions->add_option("--since", filters.since, "A span ago (2h, 7d) or an ISO time");
    exceptions->add_option("--until", filters.until, "A span ago or an ISO time");
    exceptions->add_option("--limit", filters.limit, "At most so many, newest first")
        ->check(CLI::Range(1, 100'000));
    add_verb(audit, choices, "prune", Verb::prune, "Removes what `retention` no longer keeps, now")
        ->add_flag("--dry-run", choices.command.is_dry_run, "Counts, and removes nothing");
}

}  // namespace

CLI::App* add_verb(CLI::App& parent, Choices choices, const char* name, Verb which, const char* what) {
    auto* verb = parent.add_subcommand(name, what);
    verb->callback([choices, which] { choices.command.verb = which; });
    verb->add_flag("--json", choices.is_json, "JSON");
    return verb;
}

void add_audit_verbs(CLI::App& app, Choices choices) {
    auto* audit = app.add_subcommand("audit", "The record itself");
    audit->require_subcommand(1);
    audit->fallthrough();
    add_read_by_itself(*audit, choices);
    add_asked_of_the_daemon(*audit, choices);
}

void add_doctor(CLI::App& app, Choices choices) {
    add_verb(app, choices, "doctor", Verb::doctor, "The daemon's health, point by point")
        ->add_flag("--accept-restore", choices.command.accepts_restore,
                   "The store, put back to an earlier state, is to go on from");
}

}  // namespace runbookd::cli
