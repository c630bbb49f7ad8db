#include "cli/planning.hpp"

#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "cli/answers.hpp"
#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

// The daemon looks no further ahead than so many runs.
constexpr std::size_t kMostRuns = 10'000;

/// "2h" is that far ahead, anything else must be an ISO time; empty stays empty.
Result<std::string> read_coming_time(const Surroundings& around, const char* option,
                                     const std::string& text) {
    if (text.empty()) return text;
    if (const auto span = parse_duration(text)) return format_utc(around.clock.now().utc + *span);
    if (const auto at = parse_utc(text)) return format_utc(*at);
    return fail(ErrorCode::invalid_input, std::string(option) + ": '" + text +
                                              "' is neither a span ahead (2h, 7d) nor a time "
                                              "(2026-12-01T02:00:00Z)");
}

std::string counted(std::int64_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

/// What becomes of one device, and why.
std::pair<std::string, std::string> fate_of(const Json& target) {
    const auto reason = text_at(target, "reason");
    const auto message = text_at(target, "message");
    const auto why = reason.empty() || message.empty() ? reason + message : reason + ": " + message;
    const auto disposition = text_at(target, "disposition");
    if (disposition != "pending") return {disposition, why};
    return {reason.empty() ? "in" : "waits", why};
}

bool disposition_is_open(const Json& target) { return text_at(target, "disposition") == "pending"; }

/// The devices that are in, then those that are not; each with its why.
Json devices_of(const Json& plan) {
    auto in = Json::array();
    auto out = Json::array();
    for (const auto& target : plan["targets"]) {
        auto row = target;
        std::tie(row["what"], row["why"]) = fate_of(target);
        (disposition_is_open(target) ? in : out).push_back(std::move(row));
    }
    for (const auto& exclusion : plan["exclusions"]) {
        auto row = exclusion;
        row["what"] = "out";
        row["why"] = text_at(exclusion, "rule") + ": " + text_at(exclusion, "reason");
        out.push_back(std::move(row));
    }
    for (auto& row : out) in.push_back(std::move(row));
    return in;
}

void print_variables(Surroundings& around, const Json& of, const std::string& indent = "  ") {
    for (const auto& variable : of["variables"]) {
        const auto from = text_at(variable, "from");
        around.out << indent << harmless(text_at(variable, "name")) << " = "
                   << (from == "none" ? "(nothing)" : harmless(text_at(variable, "value")))
                   << (from == "default" ? " (the component's default)" : "") << '\n';
    }
}

/// "expects the device back within 20m (online, rebooted)".
std::string words_of_return(const Json& expect) {
    std::string what;
    for (const auto* key : {"online", "rebooted"})
        if (expect.contains(key)) what += (what.empty() ? "" : ", ") + std::string(key);
    return "expects the device back within " + text_at(expect, "within") + " (" + what + ")";
}

/// Nothing where the component is all.
void print_steps(Surroundings& around, const Json& plan) {
    const auto steps = plan.find("steps");
    if (steps == plan.end() || !steps->is_array()) return;
    for (const auto& step : *steps) {
        const auto& expect = step.at("expect");
        around.out << "  " << harmless(text_at(step, "step")) << ": "
                   << (expect.is_object() ? words_of_return(expect)
                                          : harmless(text_at(step, "component_name")) + ", at most " +
                                                text_at(step, "timeout"));
        std::string when;
        for (const auto& one : step.at("when"))
            when += (when.empty() ? ", when " : " or ") + one.get<std::string>();
        around.out << when << (text_at(step, "on_failure") == "continue" ? ", goes on after a failure" : "")
                   << '\n';
        print_variables(around, step, "    ");
    }
}

void print_times(Surroundings& around, const Json& plan) {
    const auto creates = number_at(plan, "creates");
    around.out << counted(creates, "job", "jobs") << ", about " << number_at(plan, "reads") << " reads";
    const auto first = text_at(plan, "first_create_at");
    if (!first.empty())
        around.out << "; creates from " << short_time(first) << " to "
                   << short_time(text_at(plan, "last_create_at")) << " UTC, window until "
                   << short_time(text_at(plan, "window_end")) << " UTC";
    around.out << '\n';
    if (const auto offline = number_at(plan, "offline"); offline > 0)
        around.out << counted(offline, "device is", "devices are") << " offline and waited for\n";
    if (const auto left = number_at(plan, "would_expire"); left > 0)
        around.out << counted(left, "device would", "devices would")
                   << " not be reached before the window closes, at the API's limits\n";
}

/// Nothing where all are started together.
void print_waves(Surroundings& around, const Json& plan) {
    const auto waves = plan.find("waves");
    if (waves == plan.end() || !waves->is_array() || waves->size() < 2) return;
    std::string text;
    for (const auto& wave : *waves)
        text += (text.empty() ? "waves: " : ", ") + std::to_string(number_at(wave, "wave")) + " with " +
                counted(number_at(wave, "targets"), "device", "devices");
    around.out << text << '\n';
}

std::string what_runs(const Json& plan) {
    const auto steps = plan.find("steps");
    if (steps == plan.end() || !steps->is_array() || steps->empty())
        return harmless(text_at(plan, "component_name"));
    return counted(static_cast<std::int64_t>(steps->size()), "step", "steps");
}

void print_plan(Surroundings& around, const Json& plan) {
    const auto& targets = plan["targets"];
    const auto& exclusions = plan["exclusions"];
    around.out << harmless(text_at(plan, "runbook")) << " (revision " << number_at(plan, "revision")
               << ") at " << short_time(text_at(plan, "at")) << " UTC: " << what_runs(plan) << " on "
               << counted(static_cast<std::int64_t>(targets.size()), "device", "devices") << ", "
               << exclusions.size() << " left out; the fleet as of "
               << short_time(text_at(plan, "fleet_read_at")) << " UTC\n";
    if (const auto refusal = text_at(plan, "refusal"); !refusal.empty())
        around.out << "would not run: " << harmless(refusal) << '\n';
    if (const auto warnings = text_at(plan, "warnings"); !warnings.empty())
        around.out << "beware: " << harmless(warnings) << '\n';
    print_variables(around, plan);
    print_steps(around, plan);
    print_waves(around, plan);
    print_times(around, plan);
    const auto devices = devices_of(plan);
    if (!devices.empty())
        around.out << '\n' << render(table_of(Verb::plan, devices), Look{around.width, around.has_colour});
}

/// An answer of the kind that is wanted.
Result<Json> read_json(const Result<std::string>& body, Json::value_t kind) {
    if (!body) return tl::unexpected(body.error());
    auto value = Json::parse(*body, nullptr, false);
    if (value.type() != kind) return fail(ErrorCode::internal, "the daemon's answer is of another kind");
    return value;
}

}  // namespace

int run_plan(Surroundings& around, const Client& client, const Command& command) {
    const auto at = read_coming_time(around, "--at", command.at);
    if (!at) return report(around, at.error());
    Json body;
    body["runbook"] = command.name;
    if (!at->empty()) body["at"] = *at;
    if (!command.devices.empty()) body["devices"] = command.devices;
    if (!command.customers.empty()) body["customers"] = command.customers;
    if (!command.sites.empty()) body["sites"] = command.sites;
    for (const auto& [name, value] : command.variables) body["variables"][name] = value;
    const auto plan = read_json(client.post(Target("/v1/plan"), to_json_text(body)), Json::value_t::object);
    if (!plan) return report(around, plan.error());
    if (command.format == Format::json)
        around.out << to_json_text(*plan, 2) << '\n';
    else
        print_plan(around, *plan);
    return kDone;
}

int run_forecast(Surroundings& around, const Client& client, const Command& command) {
    const auto until = read_coming_time(around, "--until", command.filters.until);
    if (!until) return report(around, until.error());
    const auto runs =
        read_json(client.get(Target("/v1/forecast").parameter("until", *until)), Json::value_t::array);
    if (!runs) return report(around, runs.error());
    if (command.format == Format::json) {
        around.out << to_json_text(*runs, 2) << '\n';
    } else if (command.format == Format::csv) {
        around.out << csv_of(Verb::forecast, *runs);
    } else if (runs->empty()) {
        around.err << "no run is open, and no schedule starts one until then\n";
    } else {
        around.out << render(table_of(Verb::forecast, *runs), Look{around.width, around.has_colour});
        std::int64_t left = 0;
        for (const auto& run : *runs) left += number_at(run, "would_expire");
        if (runs->size() >= kMostRuns)
            around.out << "more runs are coming than are shown: ask for an earlier --until\n";
        if (left > 0)
            around.out << counted(left, "create", "creates")
                       << " would not go out in time, at the API's limits\n";
    }
    return kDone;
}

}  // namespace runbookd::cli
