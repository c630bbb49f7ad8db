#include "cli/cli.hpp"

#include "cli/approving.hpp"
#include "cli/arguments.hpp"
#include "cli/auditing.hpp"
#include "cli/budget.hpp"
#include "cli/cancelling.hpp"
#include "cli/client.hpp"
#include "cli/collecting.hpp"
#include "cli/doctor.hpp"
#include "cli/lists.hpp"
#include "cli/offline.hpp"
#include "cli/online_check.hpp"
#include "cli/outputs.hpp"
#include "cli/pausing.hpp"
#include "cli/planning.hpp"
#include "cli/pruning.hpp"
#include "cli/reloading.hpp"
#include "cli/retargeting.hpp"
#include "cli/settling.hpp"
#include "cli/starting.hpp"
#include "cli/verifying.hpp"
#include "cli/views.hpp"
#include "cli/why.hpp"
#include "config/settings.hpp"

namespace runbookd::cli {
namespace {

constexpr const char* kDefaultSocket = "/run/runbookd/control.sock";

Result<std::string> socket_of(const Surroundings& around, const Command& command) {
    if (!command.socket.empty()) return command.socket;
    if (!command.config.empty()) {
        const auto loaded = config::load_settings_without_secrets(command.config);
        if (loaded.settings) return loaded.settings->socket_path.string();
        auto message = "the configuration " + command.config + " cannot be used";
        for (const auto& diagnostic : loaded.diagnostics)
            if (diagnostic.severity == config::Severity::error) {
                message = config::to_line(diagnostic);
                break;
            }
        return fail(ErrorCode::invalid_input, std::move(message));
    }
    const auto from_environment = around.environment("RUNBOOKD_SOCKET");
    return from_environment && !from_environment->empty() ? *from_environment : std::string(kDefaultSocket);
}

int ask_daemon(Surroundings& around, const Command& command) {
    const auto socket = socket_of(around, command);
    if (!socket) return report(around, socket.error());
    const Client client(*socket);
    if (command.verb == Verb::validate) return run_validate_online(around, client, command);
    if (is_list(command.verb)) return run_list(around, client, command);
    switch (command.verb) {
        case Verb::run: return run_run(around, client, command);
        case Verb::quickjob: return run_quickjob(around, client, command);
        case Verb::show: return run_show(around, client, command);
        case Verb::output: return run_output(around, client, command);
        case Verb::pause: return run_pause(around, client, command);
        case Verb::resume:
            return names_run(command) ? run_resume_halted(around, client, command)
                                      : run_resume(around, client, command);
        case Verb::approve: return run_approve(around, client, command);
        case Verb::reject: return run_reject(around, client, command);
        case Verb::plan: return run_plan(around, client, command);
        case Verb::forecast: return run_forecast(around, client, command);
        case Verb::verify: return run_verify(around, client, command);
        case Verb::diff: return run_diff(around, client, command);
        case Verb::apply: return run_apply(around, client, command);
        case Verb::why: return run_why(around, client, command);
        case Verb::retarget: return run_retarget(around, client, command);
        case Verb::cancel: return run_cancel(around, client, command);
        case Verb::settle: return run_settle(around, client, command);
        case Verb::doctor:
            return command.accepts_restore ? run_accept_restore(around, client, command)
                                           : run_doctor(around, client, command, *socket);
        case Verb::outputs: return run_outputs(around, client, command);
        case Verb::prune: return run_prune(around, client, command);
        case Verb::budget: return run_budget(around, client, command);
        case Verb::collect: return run_collect(around, client, command);
        default: return run_status(around, client, command);
    }
}

}  // namespace

int run(const std::vector<std::string>& words, Surroundings& around) {
    const auto arguments = read_arguments(words);
    around.out << arguments.out;
    around.err << arguments.err;
    if (!arguments.command) return arguments.exit_status;
    switch (arguments.command->verb) {
        case Verb::validate:
            return arguments.command->is_online ? ask_daemon(around, *arguments.command)
                                                : run_validate(around, *arguments.command);
        case Verb::lint: return run_lint(around, *arguments.command);
        case Verb::next: return run_next(around, *arguments.command);
        case Verb::schema: return run_schema(around);
        case Verb::audit_verify: return run_audit_verify(around, *arguments.command);
        case Verb::audit_sql: return run_audit_sql(around, *arguments.command);
        case Verb::audit_export: return run_audit_export(around, *arguments.command);
        case Verb::audit_backup: return run_audit_backup(around, *arguments.command);
        default: return ask_daemon(around, *arguments.command);
    }
}

}  // namespace runbookd::cli
