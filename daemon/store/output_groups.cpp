// What a run's devices printed, in groups, and who is in one.
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "store/history_reader.hpp"
#include "store/near_text.hpp"
#include "store/read_error.hpp"

namespace runbookd::store {
namespace {

/// Texts are compared as far as that, in characters.
constexpr std::int64_t kCompared = 65'536;
/// So many groups are compared with each other; those behind are nearly equal to none.
constexpr std::size_t kMostCompared = 5'000;

std::size_t column_of(const ports::Rows& rows, std::string_view name) {
    return static_cast<std::size_t>(std::find(rows.columns.begin(), rows.columns.end(), name) -
                                    rows.columns.begin());
}

std::string text_in(const ports::Rows& rows, std::size_t row, std::string_view name) {
    const auto* text = std::get_if<std::string>(&rows.rows[row][column_of(rows, name)]);
    return text == nullptr ? std::string{} : *text;
}

std::int64_t number_in(const ports::Rows& rows, std::size_t row, std::string_view name) {
    const auto* number = std::get_if<std::int64_t>(&rows.rows[row][column_of(rows, name)]);
    return number == nullptr ? 0 : *number;
}

/// Its name, or, of a runbook without steps, its number.
std::string step_in(const ports::Rows& rows, std::size_t row) {
    const auto name = text_in(rows, row, "step");
    return name.empty() ? std::to_string(number_in(rows, row, "step")) : name;
}

Hostnames hostnames_of(Connection& connection, const std::string& run) {
    Hostnames names;
    Execution row(connection.statement("history_run_hostnames"));
    row.bind(":run", run);
    while (row.step()) {
        auto name = row.text(0);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        names.insert(std::move(name));
    }
    return names;
}

std::string beginning_of(Connection& connection, const std::string& hash) {
    Execution row(connection.statement("history_output_text"));
    row.bind(":sha256", sha256_from_hex(hash)).bind(":most", kCompared);
    return row.step() ? row.text(0) : std::string{};
}

/// Adds `near_group` and `near_devices` to rows of output_groups.
void add_near_groups(Connection& connection, const std::string& run, ports::Rows& rows) {
    struct Near {
        std::int64_t group = 0;
        std::int64_t devices = 0;
    };
    using Key = std::tuple<std::string, std::string, std::string, Sha256>;  // step, component, stream, text
    std::map<Key, Near> near;
    std::vector<Near*> of_row;
    const auto hostnames = hostnames_of(connection, run);
    for (std::size_t i = 0; i < std::min(rows.rows.size(), kMostCompared); ++i) {
        const auto text = beginning_of(connection, text_in(rows, i, "output_sha256"));
        const Key key{step_in(rows, i), text_in(rows, i, "component_name"), text_in(rows, i, "stream"),
                      sha256(near_text(text, hostnames))};
        auto& one = near[key];
        if (one.group == 0) one.group = number_in(rows, i, "group_no");
        one.devices += number_in(rows, i, "devices");
        of_row.push_back(&one);
    }
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
        const auto alone = Near{number_in(rows, i, "group_no"), number_in(rows, i, "devices")};
        const auto& one = i < of_row.size() ? *of_row[i] : alone;
        rows.rows[i].emplace_back(one.group);
        rows.rows[i].emplace_back(one.devices);
    }
    rows.columns.emplace_back("near_group");
    rows.columns.emplace_back("near_devices");
}

}  // namespace

Result<std::string> HistoryReader::run_of(const std::string& run) {
    const auto uid = stored_uid(run);
    const auto found = rows_of(connection_.statement("history_run_by_prefix"), {{"run", uid}}, std::nullopt);
    if (!found) return tl::unexpected(found.error());
    if (uid.empty() || found->rows.empty())
        return fail(ErrorCode::not_found, "no run has a uid that begins with '" + run + "'");
    auto first = text_in(*found, 0, "run_uid");
    if (found->rows.size() > 1 && first != uid)
        return fail(ErrorCode::conflict,
                    "several runs have uids that begin with '" + run + "': give more of it");
    return first;
}

Result<ports::Rows> HistoryReader::output_groups(const std::string& run, std::int64_t limit) {
    try {
        SQLite::Transaction one_snapshot(connection_.database());
        const auto uid = run_of(run);
        if (!uid) return tl::unexpected(uid.error());
        auto rows = rows_of(connection_.statement("history_output_groups"), {{"run", *uid}}, limit);
        if (rows) add_near_groups(connection_, *uid, *rows);
        return rows;
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::Rows> HistoryReader::output_devices(const std::string& run, std::int64_t group,
                                                  std::int64_t limit) {
    try {
        SQLite::Transaction one_snapshot(connection_.database());
        const auto uid = run_of(run);
        if (!uid) return tl::unexpected(uid.error());
        const auto groups = rows_of(connection_.statement("history_output_groups"), {{"run", *uid}}, group);
        if (!groups) return tl::unexpected(groups.error());
        if (group < 1 || static_cast<std::size_t>(group) != groups->rows.size())
            return fail(ErrorCode::not_found, "run " + *uid + " has no output group " +
                                                  std::to_string(group) + "; it has " +
                                                  std::to_string(groups->rows.size()));
        const auto row = groups->rows.size() - 1;
        auto devices = rows_of(connection_.statement("history_output_devices"),
                               {{"run", *uid},
                                {"stream", text_in(*groups, row, "stream")},
                                {"component", text_in(*groups, row, "component_name")},
                                {"sha256", text_in(*groups, row, "output_sha256")},
                                {"step", step_in(*groups, row)}},
                               limit);
        if (!devices) return devices;
        devices->columns.insert(devices->columns.begin() + 1, "group_no");
        for (auto& device : devices->rows) device.insert(device.begin() + 1, ports::Cell{group});
        return devices;
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

}  // namespace runbookd::store
