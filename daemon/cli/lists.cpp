#include "cli/lists.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "cli/list_columns.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

const char* path_of(Verb verb) {
    switch (verb) {
        case Verb::runbooks:
        case Verb::coverage: return "/v1/runbooks";
        case Verb::runs: return "/v1/runs";
        case Verb::occurrences: return "/v1/occurrences";
        case Verb::targets: return "/v1/targets";
        case Verb::jobs: return "/v1/jobs";
        case Verb::events: return "/v1/events";
        case Verb::failures: return "/v1/failures";
        case Verb::exceptions: return "/v1/exceptions";
        case Verb::devices: return "/v1/devices";
        default: return "/v1/components";
    }
}

Result<Json> get_json(const Client& client, const Target& target) {
    const auto body = client.get(target);
    if (!body) return tl::unexpected(body.error());
    auto value = Json::parse(*body, nullptr, false);
    if (value.is_discarded()) return fail(ErrorCode::internal, "the daemon's answer is not JSON");
    return value;
}

/// The run that `targets` is about: the named one, else the newest.
Result<std::string> find_run(const Client& client, const std::string& name) {
    Target target("/v1/runs");
    if (name.empty())
        target.parameter("limit", "1");
    else
        target.segment(name);
    const auto found = get_json(client, target);
    if (!found) return tl::unexpected(found.error());
    if (!name.empty()) return text_at(*found, "run_uid");
    if (found->empty())
        return fail(ErrorCode::not_found, "there is no run yet; `runbookctl run RUNBOOK` starts one");
    return text_at(found->front(), "run_uid");
}

Result<Target> target_of(const Surroundings& around, const Client& client, const Command& command) {
    const auto& filters = command.filters;
    const bool is_of_a_day = command.verb == Verb::failures && filters.since.empty();
    const auto since = read_time(around, "--since", is_of_a_day ? "24h" : filters.since);
    if (!since) return tl::unexpected(since.error());
    const auto until = read_time(around, "--until", filters.until);
    if (!until) return tl::unexpected(until.error());
    Target target(path_of(command.verb));
    if (command.verb == Verb::coverage) target.segment(command.name).segment("coverage");
    if (command.verb == Verb::targets) {
        const auto run = find_run(client, command.name);
        if (!run) return tl::unexpected(run.error());
        target.parameter("run", *run);
    }
    target.parameter("runbook", filters.runbook)
        .parameter("customer", filters.customer)
        .parameter("site", filters.site)
        .parameter("device", filters.device)
        .parameter("status", filters.status)
        .parameter("since", *since)
        .parameter("until", *until)
        .parameter("limit", filters.limit ? std::to_string(*filters.limit) : "")
        .parameter("run", command.verb == Verb::exceptions ? command.name : "")
        .parameter("name", command.verb == Verb::components ? command.name : "");
    return target;
}

/// `components NAME` asked for one: says so where it found several of an account, of which a runbook could
/// name none.
int note_ambiguity(Surroundings& around, const Json& found, const std::string& name) {
    std::map<std::string, std::size_t> of_account;
    std::size_t most = 0;
    for (const auto& component : found) most = std::max(most, ++of_account[text_at(component, "account")]);
    if (most < 2) return kDone;
    const bool is_name = equals_ignoring_case(text_at(found.front(), "component_name"), name);
    around.err << "runbookctl: '" << harmless(name) << "' is ambiguous: it is "
               << (is_name ? "the name of " : "part of the names of ") << most << " components; give "
               << (is_name ? "a uid" : "a whole name or a uid") << '\n';
    return kFailed;
}

/// "days: string = 7, path: string (no default), size: number (output)" in place of the JSON.
std::string variables_in_words(const Json& component) {
    std::string text;
    const auto variables = component.find("variables");
    if (variables == component.end() || !variables->is_array()) return text;
    for (const auto& variable : *variables) {
        if (!text.empty()) text += ", ";
        text += text_at(variable, "name");
        if (const auto type = text_at(variable, "type"); !type.empty()) text += ": " + type;
        const auto value = text_at(variable, "default_value");
        const auto input = variable.find("input");
        if (input != variable.end() && *input == false)
            text += " (output)";
        else
            text += value.empty() ? " (no default)" : " = " + value;
    }
    return text;
}

void print(Surroundings& around, const Command& command, const Json& rows) {
    if (command.format == Format::json) {
        around.out << rows.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else if (command.format == Format::csv) {
        around.out << csv_of(command.verb, rows);
    } else if (rows.empty()) {
        around.err << "nothing to show\n";
    } else {
        around.out << render(table_of(command.verb, rows), Look{around.width, around.has_colour});
    }
}

/// How old the list of devices is, for those who read it; not having it is no failure of the list.
void print_age(Surroundings& around, const Client& client) {
    const auto status = get_json(client, Target("/v1/status"));
    const auto words = status ? fleet_read_words(*status) : std::string{};
    if (!words.empty()) around.err << "read " << words << '\n';
}

}  // namespace

Result<std::string> read_time(const Surroundings& around, const char* option, const std::string& text) {
    if (text.empty()) return text;
    if (const auto span = parse_duration(text)) return format_utc(around.clock.now().utc - *span);
    if (const auto at = parse_utc(text)) return format_utc(*at);
    return fail(ErrorCode::invalid_input,
                std::string(option) + ": '" + text +
                    "' is neither a span ago (2h, 7d) nor a time (2026-12-01T02:00:00Z)");
}

bool is_list(Verb verb) {
    switch (verb) {
        case Verb::runbooks:
        case Verb::runs:
        case Verb::occurrences:
        case Verb::targets:
        case Verb::jobs:
        case Verb::events:
        case Verb::failures:
        case Verb::exceptions:
        case Verb::devices:
        case Verb::coverage:
        case Verb::components: return true;
        default: return false;
    }
}

Table table_of(Verb verb, const Json& rows) {
    Table table;
    std::vector<ListColumn> columns;
    for (const auto& column : table_columns(verb)) {
        const auto has_it = [&](const Json& row) { return !text_at(row, column.key).empty(); };
        const auto is_other = [&](const Json& row) {
            return text_at(row, column.key) != text_at(rows.front(), column.key);
        };
        if (column.is_for_some && std::none_of(rows.begin(), rows.end(), has_it)) continue;
        if (column.is_for_several && std::none_of(rows.begin(), rows.end(), is_other)) continue;
        columns.push_back(column);
    }
    for (const auto& column : columns) {
        const bool is_number = column.shown == Shown::number || column.shown == Shown::duration;
        table.columns.push_back({column.header, is_number ? Align::right : Align::left, column.shrinks});
    }
    for (const auto& row : rows) {
        auto& cells = table.rows.emplace_back();
        for (const auto& column : columns) {
            const bool is_description =
                verb == Verb::components && std::string_view(column.key) == "variables";
            cells.push_back(is_description ? variables_in_words(row) : cell_of(row, column));
        }
    }
    return table;
}

std::string csv_of(Verb verb, const Json& rows) {
    const auto& keys = all_keys(verb);
    auto text = csv_line(keys);
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& key : keys) cells.push_back(text_at(row, key.c_str()));
        text += csv_line(cells);
    }
    return text;
}

int run_list(Surroundings& around, const Client& client, const Command& command) {
    const auto target = target_of(around, client, command);
    if (!target) return report(around, target.error());
    auto rows = get_json(client, *target);
    if (!rows) return report(around, rows.error());
    if (!rows->is_array()) return report(around, {ErrorCode::internal, "the daemon's answer is not a list"});
    print(around, command, *rows);
    if (command.verb == Verb::devices && command.format == Format::table) print_age(around, client);
    const bool asks_for_one = command.verb == Verb::components && !command.name.empty();
    return asks_for_one ? note_ambiguity(around, *rows, command.name) : kDone;
}

}  // namespace runbookd::cli
