#include "cli/outputs.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "cli/list_columns.hpp"
#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kDeviceKeys{
    "run_uid",  "group_no", "component_name", "step",      "stream",  "output_sha256", "device_uid",
    "hostname", "customer", "site_uid",       "site_name", "job_uid", "disposition"};

std::string first_line(const std::string& text) { return text.substr(0, text.find_first_of("\r\n")); }

/// "498 said the same; 9 said something else (2 groups); 490 said nearly the same" of one stream of a step.
struct Share {
    std::int64_t devices = 0, groups = 0;
    std::int64_t largest = 0, largest_near = 0;
};

std::string in_words(const Share& share) {
    auto text = std::to_string(share.largest) + " said the same";
    if (share.largest_near > share.largest)
        text += ", " + std::to_string(share.largest_near) + " but for numbers, times, ids and names";
    if (const auto others = share.devices - std::max(share.largest, share.largest_near); others > 0)
        text += "; " + std::to_string(others) + " said something else";
    return text;
}

void print_groups(Surroundings& around, const Json& rows) {
    auto shown = rows;
    std::map<std::tuple<std::string, std::string, std::string>, Share> shares;
    for (auto& row : shown) {
        auto& share = shares[{text_at(row, "step"), text_at(row, "stream") == "stdout" ? "" : "stderr",
                              text_at(row, "component_name")}];
        share.devices += number_at(row, "devices");
        share.largest = std::max(share.largest, number_at(row, "devices"));
        share.largest_near = std::max(share.largest_near, number_at(row, "near_devices"));
        row["sample"] = first_line(text_at(row, "sample"));
    }
    around.out << render(table_of(Verb::outputs, shown), Look{around.width, around.has_colour});
    for (const auto& [which, share] : shares) {
        const auto& [step, stream, component] = which;
        around.out << harmless(component) << (stream.empty() ? "" : " (" + stream + ")") << ": "
                   << in_words(share) << '\n';
    }
}

void print_devices(Surroundings& around, const Json& rows) {
    Table table;
    table.columns = {{"DEVICE", Align::left, true}, {"SITE", Align::left, true}, {"DISPOSITION"}, {"JOB"}};
    for (const auto& row : rows)
        table.rows.push_back({text_at(row, "hostname"), text_at(row, "site_name"),
                              text_at(row, "disposition"), text_at(row, "job_uid")});
    around.out << render(table, Look{around.width, around.has_colour});
}

std::string devices_as_csv(const Json& rows) {
    auto text = csv_line(kDeviceKeys);
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& key : kDeviceKeys) cells.push_back(text_at(row, key.c_str()));
        text += csv_line(cells);
    }
    return text;
}

}  // namespace

int run_outputs(Surroundings& around, const Client& client, const Command& command) {
    Target target("/v1/runs");
    target.segment(command.name).segment("outputs");
    target.parameter("group", command.group > 0 ? std::to_string(command.group) : "");
    const auto body = client.get(target);
    if (!body) return report(around, body.error());
    const auto rows = Json::parse(*body, nullptr, false);
    if (!rows.is_array()) return report(around, {ErrorCode::internal, "the daemon's answer is not a list"});
    if (command.format == Format::json)
        around.out << rows.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    else if (command.format == Format::csv)
        around.out << (command.group > 0 ? devices_as_csv(rows) : csv_of(Verb::outputs, rows));
    else if (rows.empty())
        around.err << "no output was captured, or retention has removed it\n";
    else if (command.group > 0)
        print_devices(around, rows);
    else
        print_groups(around, rows);
    return kDone;
}

}  // namespace runbookd::cli
