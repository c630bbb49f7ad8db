#include "cli/collecting.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kPage = 10'000;
/// A table has no more columns for what rows hold: scripts name them, and may name each row's otherwise.
constexpr std::size_t kMostKeys = 200;

constexpr std::array kColumns{"run_uid",  "runbook",   "device_uid", "hostname",
                              "customer", "site_name", "step",       "row_no"};

std::string place_of(const Json& row) {
    return text_at(row, "device_uid") + "," + text_at(row, "step") + "," + text_at(row, "row_no");
}

Result<Json> read_page(const Client& client, const Command& command, const Json& before, std::int64_t most) {
    Target target("/v1/runs");
    target.segment(before.empty() ? command.name : text_at(before.back(), "run_uid")).segment("collected");
    target.parameter("customer", command.filters.customer)
        .parameter("site", command.filters.site)
        .parameter("device", command.filters.device)
        .parameter("after", before.empty() ? "" : place_of(before.back()))
        .parameter("limit", std::to_string(most));
    const auto body = client.get(target);
    if (!body) return tl::unexpected(body.error());
    auto page = Json::parse(*body, nullptr, false);
    if (!page.is_array()) return fail(ErrorCode::internal, "the daemon's answer is not a list");
    return page;
}

Result<Json> read_rows(const Client& client, const Command& command) {
    auto rows = Json::array();
    for (;;) {
        const auto wanted = command.filters.limit ? *command.filters.limit - std::ssize(rows) : kPage;
        const auto most = std::min(wanted, kPage);
        if (most == 0) return rows;
        auto page = read_page(client, command, rows, most);
        if (!page) return page;
        for (auto& row : *page) rows.push_back(std::move(row));
        if (std::ssize(*page) < most) return rows;
    }
}

/// The keys that the rows' objects have, in the order in which they appear first.
std::vector<std::string> keys_of(const Json& rows) {
    std::vector<std::string> keys;
    std::set<std::string> known;
    for (const auto& row : rows) {
        const auto data = row.find("data");
        if (data == row.end() || !data->is_object()) continue;
        for (const auto& [key, value] : data->items())
            if (known.insert(key).second) keys.push_back(key);
    }
    return keys;
}

std::string cell(const Json& row, const std::string& key) {
    const auto data = row.find("data");
    return data != row.end() && data->is_object() ? text_at(*data, key.c_str()) : std::string{};
}

/// Leaves what a table has room for, and says so.
void bound(Surroundings& around, std::vector<std::string>& keys) {
    if (keys.size() <= kMostKeys) return;
    around.err << "runbookctl: the rows have " << keys.size() << " different keys; only the first "
               << kMostKeys << " are shown (all of them: --json)\n";
    keys.resize(kMostKeys);
}

void print_table(Surroundings& around, const Json& rows, const std::vector<std::string>& keys) {
    Table table;
    table.columns.push_back({"DEVICE", Align::left, true});
    for (const auto& key : keys) table.columns.push_back({key, Align::left, true});
    for (const auto& row : rows) {
        auto& cells = table.rows.emplace_back();
        cells.push_back(text_at(row, "hostname"));
        for (const auto& key : keys) cells.push_back(cell(row, key));
    }
    around.out << render(table, Look{around.width, around.has_colour});
}

void print_csv(Surroundings& around, const Json& rows, const std::vector<std::string>& keys) {
    std::vector<std::string> header(kColumns.begin(), kColumns.end());
    for (const auto& key : keys) {
        const bool is_taken =
            std::find(kColumns.begin(), kColumns.end(), std::string_view(key)) != kColumns.end();
        header.push_back(is_taken ? "data." + key : key);
    }
    around.out << csv_line(header);
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto* const column : kColumns) cells.push_back(text_at(row, column));
        for (const auto& key : keys) cells.push_back(cell(row, key));
        around.out << csv_line(cells);
    }
}

}  // namespace

int run_collect(Surroundings& around, const Client& client, const Command& command) {
    auto rows = read_rows(client, command);
    if (!rows) return report(around, rows.error());
    // They come by uid, and people look for names.
    std::stable_sort(rows->begin(), rows->end(), [](const Json& one, const Json& other) {
        return text_at(one, "hostname") < text_at(other, "hostname");
    });
    if (command.format == Format::json) {
        around.out << to_json_text(*rows, 2) << '\n';
        return kDone;
    }
    auto keys = keys_of(*rows);
    bound(around, keys);
    if (command.format == Format::csv)
        print_csv(around, *rows, keys);
    else if (rows->empty())
        around.err << "no rows were collected, or retention has removed them\n";
    else
        print_table(around, *rows, keys);
    return kDone;
}

}  // namespace runbookd::cli
