#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>
#include <tuple>

#include "base/spelling.hpp"
#include "base/time.hpp"
#include "cli/audit_arguments.hpp"
#include "cli/surroundings.hpp"
#include "runbook/overrides.hpp"

namespace runbookd::cli {
namespace {

const std::vector<std::string> kVerbs{
    "validate", "lint",   "next",     "run",    "quickjob", "runbooks", "runs",       "occurrences",
    "targets",  "jobs",   "show",     "output", "events",   "devices",  "components", "status",
    "pause",    "resume", "verify",   "schema", "diff",     "apply",    "coverage",   "why",
    "retarget", "plan",   "forecast", "budget", "settle",   "cancel",   "failures",   "outputs",
    "audit",    "doctor", "approve",  "reject", "collect"};
/// Of the design, not built yet: said so, rather than "unknown".
const std::vector<std::string> kLaterVerbs{"import", "token", "dashboard", "completion"};

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The first word that is neither an option nor an option's value: what should be a verb.
std::string verb_word(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--socket" || words[i] == "--config") {
            ++i;
        } else if (words[i].empty() || words[i].front() != '-') {
            return words[i];
        }
    }
    return {};
}

Arguments usage(std::string message) {
    Arguments arguments;
    arguments.exit_status = kUsage;
    arguments.err = "runbookctl: " + std::move(message) + "\n";
    return arguments;
}

std::optional<Arguments> refuse_unknown_verb(const std::vector<std::string>& words) {
    const auto verb = verb_word(words);
    if (verb.empty() || contains(kVerbs, verb)) return std::nullopt;
    if (contains(kLaterVerbs, verb)) return usage("'" + verb + "' is not supported yet");
    const auto close = nearest(verb, kVerbs, 1);
    return usage(
        "unknown verb '" + verb + "'" +
        (close.empty() ? "; `runbookctl --help` lists them" : "; did you mean '" + close.front() + "'?"));
}

/// Builds the parser; what it reads lands in the members.
class Parser {
public:
    Parser() : app_("Starts runbooks, follows their jobs, and shows what happened.", "runbookctl") {
        app_.set_version_flag("--version", std::string("runbookctl ") + RUNBOOKD_VERSION);
        app_.require_subcommand(1);
        app_.fallthrough();
        auto* socket =
            app_.add_option("--socket", command_.socket, "The daemon's control socket")->type_name("PATH");
        app_.add_option("--config", command_.config,
                        "The daemon's configuration: its socket and runbooks are used")
            ->type_name("FILE")
            ->excludes(socket);
        app_.footer(
            "Without either: RUNBOOKD_SOCKET, else /run/runbookd/control.sock.\n"
            "Exit status: 0 done, 1 failed or invalid, 2 usage, 3 daemon or API unreachable, 4 refused.");
        add_offline_verbs();
        add_planning_verbs();
        add_starting_verbs();
        add_pausing_verbs();
        add_reloading_verbs();
        add_device_questions();
        add_settling();
        add_cancelling();
        add_audit_verbs(app_, {command_, is_json_, is_csv_});
        add_doctor(app_, {command_, is_json_, is_csv_});
        add_lists();
        add_single_things();
    }

    Arguments parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // CLI11 takes them last first
        Arguments arguments;
        try {
            app_.parse(words);
            take_choices();
            arguments.command = command_;
        } catch (const CLI::ParseError& error) {
            std::ostringstream out, ignored;
            if (app_.exit(error, out, ignored) != 0)
                return usage(one_line(error.what()) + "; see `runbookctl --help`");
            arguments.out = out.str();
            if (!arguments.out.empty() && arguments.out.back() != '\n') arguments.out += '\n';
        }
        return arguments;
    }

private:
    static std::string one_line(std::string text) {
        while (!text.empty() && text.back() == '\n') text.pop_back();
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }

    CLI::App* verb(const char* name, Verb which, const char* what) {
        return add_verb(app_, {command_, is_json_, is_csv_}, name, which, what);
    }
    CLI::App* list(const char* name, Verb which, const char* what) {
        auto* sub = verb(name, which, what);
        sub->add_flag("--csv", is_csv_, "CSV with all columns")->excludes("--json");
        return sub;
    }
    CLI::App* filtered_list(const char* name, Verb which, const char* what) {
        auto* sub = list(name, which, what);
        auto& filters = command_.filters;
        sub->add_option("--runbook", filters.runbook, "Exact name");
        sub->add_option("--customer", filters.customer, "Exact name");
        sub->add_option("--site", filters.site, "Site name or uid");
        sub->add_option("--device", filters.device, "Hostname or device uid");
        sub->add_option("--status", filters.status, "Status, disposition or verdict");
        sub->add_option("--since", filters.since, "A span ago (2h, 7d) or an ISO time");
        sub->add_option("--until", filters.until, "A span ago or an ISO time");
        sub->add_option("--limit", filters.limit, "At most so many, newest first")
            ->check(CLI::Range(1, 100'000));
        return sub;
    }

    void add_offline_verbs() {
        auto* validate =
            verb("validate", Verb::validate, "Checks runbooks and configuration; needs no daemon");
        validate->add_option("PATH", command_.paths, "Files or folders; default: the configuration's folder");
        validate->add_flag("--online", command_.is_online,
                           "Also its components, variables and targets, with the daemon");
        auto* lint = verb("lint", Verb::lint, "What is valid and probably not meant; needs no daemon");
        lint->add_option("PATH", command_.paths, "Files or folders; default: the configuration's folder");
        verb("schema", Verb::schema, "The JSON Schema of runbooks, for editors; needs no daemon");
        auto* next = list("next", Verb::next, "Coming occurrences; needs no daemon");
        auto* runbook = next->add_option("RUNBOOK", command_.name, "Default: all runbooks with a schedule");
        auto* cron = next->add_option("--cron", command_.cron, "An expression instead of a runbook")
                         ->excludes(runbook);
        next->add_option("--tz", command_.zone, "IANA zone of --cron; default UTC")->needs(cron);
        next->add_option("--customer", command_.customers, "Only the runs of these customers: exact name")
            ->take_all()
            ->excludes(cron);
        next->add_option("--from", command_.from, "An ISO time, exclusive; default: now");
        next->add_option("--count", command_.count, "How many; default 5")->check(CLI::Range(1, 10'000));
    }

    void add_planning_verbs() {
        auto* plan = verb("plan", Verb::plan, "What a run would do: devices, variables, calls, times");
        plan->add_option("RUNBOOK", command_.name)->required();
        plan->add_option("--at", command_.at, "An ISO time, or a span ahead (2h); default: now");
        plan->add_option("--device", command_.devices, "Only these of its targets: hostname or uid")
            ->take_all();
        plan->add_option("--customer", command_.customers, "Only its targets of these customers: exact name")
            ->take_all();
        plan->add_option("--site", command_.sites, "Only its targets on these sites: name or uid")
            ->take_all();
        add_variables(plan);
        list("forecast", Verb::forecast, "The coming runs, against the API's limits")
            ->add_option("--until", command_.filters.until,
                         "An ISO time, or a span ahead (7d); default: a day");
    }
    void add_starting_verbs() {
        auto* run = verb("run", Verb::run, "Starts a run of a runbook");
        run->add_option("RUNBOOK", command_.name)->required();
        run->add_option("--device", command_.devices, "Only these of its targets: hostname or uid")
            ->take_all();
        run->add_option("--site", command_.sites, "Only its targets on these sites: name or uid")->take_all();
        run->add_option("--customer", command_.customers, "Only its targets of these customers: exact name")
            ->take_all();
        run->add_option("--note", command_.note, "Kept with the run");
        add_variables(run);
        run->add_option("--override", command_.overrides,
                        "Sets a rule aside: guard, not_during or window; may be repeated")
            ->take_all()
            ->type_name("RULE");
        run->add_option("--reason", command_.reason, "Why the rule is set aside; kept in the record");
        run->add_flag("--wait", command_.waits, "Until the run has ended");
        auto* quickjob = verb("quickjob", Verb::quickjob, "One component on one device, now");
        quickjob->add_option("--device", command_.device, "Hostname or uid")->required();
        quickjob->add_option("--component", command_.component, "Exact name or uid")->required();
        add_variables(quickjob);
        quickjob->add_flag("--wait", command_.waits, "Until the job has ended; prints its output");
    }
    void add_pausing_verbs() {
        auto* pause = verb("pause", Verb::pause, "Creates nothing for a while; ends by itself");
        add_scope(pause);
        pause->add_option("--for", command_.span, "How long: 2h, 30m, 7d")
            ->required()
            ->check([](const std::string& text) {
                const auto span = parse_duration(text);
                return span ? std::string{} : "--for: " + span.error().message;
            });
        pause->add_option("--reason", command_.reason, "Kept in the record")
            ->required()
            ->check([](const std::string& text) {
                return text.empty() ? std::string("--reason: must not be empty") : std::string{};
            });
        auto* resume = verb("resume", Verb::resume,
                            "Ends a pause now; of a run's uid: starts again what of it was halted");
        add_scope(resume);
        resume->add_option("--note", command_.note, "Kept with the new run");
        add_approving();
    }
    void add_approving() {
        constexpr const char* kWhat = "Uid of a run, or of what was asked ahead of one, or its beginning";
        auto* approve = verb("approve", Verb::approve,
                             "Lets a run go on that waits for a person: as a whole, or its next wave");
        approve->add_option("RUN", command_.name, kWhat)->required();
        approve->add_option("--note,--reason", command_.note, "Kept in the record");
        auto* reject = verb("reject", Verb::reject, "Says no to it: what has no job gets none");
        reject->add_option("RUN", command_.name, kWhat)->required();
        reject->add_option("--reason", command_.reason, "Kept in the record")
            ->required()
            ->check([](const std::string& text) {
                return text.empty() ? std::string("--reason: must not be empty") : std::string{};
            });
    }
    void add_scope(CLI::App* sub) {
        sub->add_option("RUNBOOK", command_.name, "Which runbook");
        sub->add_flag("--all", command_.of_all, "All runbooks, and quick jobs");
        sub->add_option("--customer", command_.filters.customer, "Devices on its sites; exact name");
        sub->add_option("--device", command_.device, "Hostname or uid");
        sub->add_option("--component", command_.component, "Jobs of it; exact name or uid");
        sub->callback([this, sub, which = sub->get_name() == "pause" ? Verb::pause : Verb::resume] {
            command_.verb = which;
            const auto& customer = command_.filters.customer;
            const auto named = (command_.name.empty() ? 0 : 1) + (command_.of_all ? 1 : 0) +
                               (customer.empty() ? 0 : 1) + (command_.device.empty() ? 0 : 1) +
                               (command_.component.empty() ? 0 : 1);
            if (named == 1) return;
            throw CLI::ValidationError(
                sub->get_name(), named == 0 ? "what? name a runbook, or say --all, --customer, --device "
                                              "or --component"
                                            : "one thing at a time: a runbook, --all, --customer, "
                                              "--device or --component");
        });
    }
    void add_reloading_verbs() {
        list("diff", Verb::diff, "What a reload would do; does nothing")
            ->add_option("DIR", command_.paths, "Another folder with runbooks; needs the configuration")
            ->expected(0, 1);
        verb("apply", Verb::apply, "Takes what the runbooks' folder holds")
            ->add_option("--note", command_.note, "Kept with the revisions");
    }
    void add_device_questions() {
        auto* coverage = list("coverage", Verb::coverage, "What has become of each device of a runbook");
        coverage->add_option("RUNBOOK", command_.name)->required();
        coverage->add_option("--customer", command_.filters.customer, "Exact name");
        coverage->add_option("--since", command_.filters.since, "Covered: a success since then");
        coverage->add_option("--limit", command_.filters.limit, "At most so many; default 100,000")
            ->check(CLI::Range(1, 100'000));
        auto* why = verb("why", Verb::why, "Which rule decided about a device, and the rows that prove it");
        why->add_option("RUNBOOK", command_.name)->required();
        why->add_option("DEVICE", command_.device, "Hostname or uid")->required();
        why->add_option("--at", command_.at, "A span ago or an ISO time; default: now");
        auto* retarget = verb("retarget", Verb::retarget, "Starts what is left of a run again");
        retarget->add_option("RUN", command_.name, "A run's uid or its beginning")->required();
        retarget
            ->add_option("--only", command_.only, "Dispositions: failed,expired; default: all but succeeded")
            ->delimiter(',')
            ->allow_extra_args(false);
        retarget
            ->add_option_function<std::string>(
                "--include", [this](const std::string&) { command_.with_unknown = true; },
                "unknown: also those whose job may have run")
            ->check(CLI::IsMember({"unknown"}));
        auto* at =
            retarget->add_option("--at", command_.at, "next-window: with the schedule's next occurrence")
                ->check(CLI::IsMember({"now", "next-window"}));
        retarget->add_flag_callback(
                    "--now", [this] { command_.at = "now"; }, "At once (the default)")
            ->excludes(at);
        retarget->add_option("--note", command_.note, "Kept with the run");
    }
    void add_settling() {
        auto* settle = verb("settle", Verb::settle, "Ends a job that nobody knows about");
        settle->add_option("JOB", command_.name, "A job's uid or its beginning")->required();
        for (const auto& [option, outcome, what] :
             {std::tuple{"--ran", "ran", "It ran, and well: its target succeeded"},
              std::tuple{"--not-run", "not_run", "It did not run: its target failed"},
              std::tuple{"--redispatch", "redispatch", "The same, and its device gets another run"}})
            settle->add_flag_callback(
                option, [this, outcome = std::string(outcome)] { take_outcome(outcome); }, what);
        settle->add_option("--reason", command_.reason, "Kept in the record")
            ->required()
            ->check([](const std::string& text) {
                return text.empty() ? std::string("--reason: must not be empty") : std::string{};
            });
    }
    void add_cancelling() {
        auto* cancel = verb("cancel", Verb::cancel, "Stops creating jobs of a run; recalls none");
        cancel->add_option("UID", command_.name, "A run's uid or its beginning")->required();
        cancel->add_option("--reason", command_.reason, "Kept in the record");
    }
    void take_outcome(const std::string& outcome) {
        if (!command_.outcome.empty())
            throw CLI::ValidationError("settle", "--ran, --not-run and --redispatch exclude each other");
        command_.outcome = outcome;
    }
    void add_variables(CLI::App* sub) {
        sub->add_option("--var", variables_, "name=value; may be repeated")
            ->take_all()
            ->type_name("NAME=VALUE");
    }

    void add_lists() {
        list("runbooks", Verb::runbooks, "What is in force, and when it runs next")
            ->add_option("--runbook", command_.filters.runbook, "Exact name");
        filtered_list("runs", Verb::runs, "What ran");
        filtered_list("occurrences", Verb::occurrences, "What was due, and what became of it");
        filtered_list("targets", Verb::targets, "The devices of a run")
            ->add_option("RUN", command_.name, "A run's uid or its beginning; default: the newest run");
        filtered_list("jobs", Verb::jobs, "Jobs, newest first");
        filtered_list("failures", Verb::failures,
                      "What did not go well, newest first; of the last 24 h unless --since");
        auto* outputs = list("outputs", Verb::outputs, "What the devices of a run printed, in groups");
        outputs->add_option("RUN", command_.name, "A run's uid or its beginning")->required();
        outputs->add_option("--group", command_.group, "Who is in it: a group's number")
            ->check(CLI::Range(1, 999'999'999));
        add_collect();
        filtered_list("events", Verb::events, "The audit trail");
        filtered_list("devices", Verb::devices, "The fleet");
        list("components", Verb::components, "Components, with their variables")
            ->add_option("NAME", command_.name, "Exact name, else a part of it");
    }

    void add_collect() {
        auto* collect =
            list("collect", Verb::collect, "The rows that the jobs of a run printed for the record");
        collect->add_option("RUN", command_.name, "A run's uid or its beginning")->required();
        collect->add_option("--customer", command_.filters.customer, "Exact name");
        collect->add_option("--site", command_.filters.site, "Site name or uid");
        collect->add_option("--device", command_.filters.device, "Hostname or device uid");
        collect->add_option("--limit", command_.filters.limit, "At most so many; default: all")
            ->check(CLI::Range(1, 1'000'000));
    }

    /// Its verbs stand below `audit`; each is a verb of its own otherwise.
    void add_single_things() {
        verb("show", Verb::show, "All about a run or a job")
            ->add_option("UID", command_.name, "Or its beginning")
            ->required();
        auto* output = verb("output", Verb::output, "What a job printed, as it is");
        output->add_option("JOB", command_.name, "A job's uid or its beginning")->required();
        output->add_flag("--stderr", command_.of_stderr, "The other stream");
        verb("status", Verb::status, "The daemon's own health");
        list("budget", Verb::budget, "The API's limits, and what has been used of them");
        verb("verify", Verb::verify, "Whether the record explains every instant of every schedule")
            ->add_option("--since", command_.filters.since, "A span ago or an ISO time; default: all of it");
    }

    void take_choices() {
        if (is_json_) command_.format = Format::json;
        if (is_csv_) command_.format = Format::csv;
        if (command_.verb == Verb::run)
            if (const auto read = runbook::read_overrides(command_.overrides, command_.reason); !read)
                throw CLI::ValidationError("run", read.error().message);
        if (command_.verb == Verb::settle && command_.outcome.empty())
            throw CLI::ValidationError("settle", "what became of it? say --ran, --not-run or --redispatch");
        for (const auto& text : variables_) {
            const auto equals = text.find('=');
            if (equals == std::string::npos || equals == 0)
                throw CLI::ValidationError("--var", "'" + text + "' is not name=value");
            command_.variables[text.substr(0, equals)] = text.substr(equals + 1);
        }
    }

    CLI::App app_;
    Command command_;
    bool is_json_ = false;
    bool is_csv_ = false;
    std::vector<std::string> variables_;
};

}  // namespace

Arguments read_arguments(const std::vector<std::string>& words) {
    if (auto refusal = refuse_unknown_verb(words)) return std::move(*refusal);
    Parser parser;
    return parser.parse(words);
}

}  // namespace runbookd::cli
