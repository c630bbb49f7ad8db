#include "store/history_reader.hpp"

#include <sqlite3.h>

#include <chrono>
#include <utility>

#include "base/clock.hpp"
#include "store/filter_lines.hpp"
#include "store/read_error.hpp"
#include "store/sql.hpp"

namespace runbookd::store {
namespace {

constexpr Millis kLongest{5000};
constexpr int kInstructionsBetweenLooks = 10000;
constexpr std::size_t kKeptStatements = 64;

std::string query_name(ports::View view) {
    switch (view) {
        case ports::View::runs: return "history_runs";
        case ports::View::targets: return "history_targets";
        case ports::View::jobs: return "history_jobs";
        case ports::View::occurrences: return "history_occurrences";
        case ports::View::events: return "history_events";
        case ports::View::exclusions: return "history_exclusions";
        case ports::View::devices: return "history_devices";
        case ports::View::revisions: return "history_revisions";
        case ports::View::exceptions: return "history_exceptions";
        case ports::View::failures: return "history_failures";
        case ports::View::approvals: return "history_approvals";
    }
    return {};
}

ports::Cell cell_of(const SQLite::Column& column) {
    if (column.isNull()) return std::monostate{};
    if (column.isInteger()) return column.getInt64();
    if (column.isFloat()) return column.getDouble();
    return column.getString();
}

}  // namespace

HistoryReader::HistoryReader(const std::string& path) : connection_(path, Access::read_only) {
    connection_.prepare("history_");
    sqlite3_progress_handler(connection_.database().getHandle(), kInstructionsBetweenLooks, is_over, this);
}

int HistoryReader::is_over(void* reader) {
    const auto& self = *static_cast<const HistoryReader*>(reader);
    return self.stopped_ || SystemClock{}.now().steady > self.deadline_ ? 1 : 0;
}

Result<ports::Rows> HistoryReader::query(const ports::Query& query) {
    if (query.limit < 1) return fail(ErrorCode::invalid_input, "the limit must be at least 1");
    const auto name = query_name(query.view);
    const auto sql = query_text(name);
    Filters filters;
    const auto add = [&](const char* parameter, const std::optional<std::string>& value) {
        if (value) filters.emplace_back(parameter, *value);
    };
    const auto time = [](std::optional<std::int64_t> ms) -> std::optional<std::string> {
        if (!ms) return std::nullopt;
        return format_utc(from_unix_ms(*ms));
    };
    const auto uid = [](const std::optional<std::string>& given) -> std::optional<std::string> {
        if (!given) return std::nullopt;
        return stored_uid(*given);
    };
    add("uid", uid(query.uid));
    add("run", uid(query.run));
    add("runbook", query.runbook);
    add("customer", query.customer);
    add("site", query.site);
    std::optional<std::string> one_device;
    if (query.device && has_parameter(sql, "one_device")) {
        auto found = only_device(*query.device);
        if (!found) return tl::unexpected(found.error());
        one_device = std::move(*found);
    }
    add("one_device", one_device);
    if (!one_device) add("device", query.device);
    add("status", query.status);
    add("since", time(query.since_ms));
    add("until", time(query.until_ms));
    std::vector<std::string> set;
    for (const auto& [parameter, value] : filters) {
        if (!has_parameter(sql, parameter)) {
            return fail(ErrorCode::invalid_input, "the list of " + name.substr(name.find('_') + 1) +
                                                      " cannot be filtered by " + parameter);
        }
        set.push_back(parameter);
    }
    try {
        return rows_of(statement_for(with_filters(sql, set)), filters, query.limit);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<std::optional<std::string>> HistoryReader::only_device(const std::string& device) {
    try {
        const auto found =
            rows_of(connection_.statement("history_jobs_devices"), {{"device", device}}, std::nullopt);
        if (!found) return tl::unexpected(found.error());
        if (found->rows.size() != 1) return std::optional<std::string>();
        return std::optional(std::get<std::string>(found->rows[0][0]));
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<std::optional<std::string>> HistoryReader::output(const std::string& job, bool of_stderr) {
    const auto uid = stored_uid(job);
    try {
        auto& statement = connection_.statement(of_stderr ? "history_stderr" : "history_stdout");
        auto found = rows_of(statement, {{"uid", uid}}, std::nullopt);
        if (!found) return tl::unexpected(found.error());
        auto& rows = found->rows;
        if (uid.empty() || rows.empty())
            return fail(ErrorCode::not_found, "no job has a uid that begins with '" + job + "'");
        if (rows.size() > 1 && std::get<std::string>(rows[0][0]) != uid) {
            return fail(ErrorCode::conflict,
                        "several jobs have uids that begin with '" + job + "': give more of it");
        }
        auto* const text = std::get_if<std::string>(&rows[0][1]);
        if (text == nullptr) return std::optional<std::string>();
        return std::optional(std::move(*text));
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::Rows> HistoryReader::job_by_uid(const std::string& uid) {
    try {
        return rows_of(connection_.statement("history_job_by_uid"), {{"uid", uid}}, std::nullopt);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::Rows> HistoryReader::keyed_job(const std::string& actor, const std::string& key) {
    try {
        return rows_of(connection_.statement("history_keyed_job"), {{"actor", actor}, {"key", key}},
                       std::nullopt);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::Rows> HistoryReader::keyed_jobs(const ports::KeyedQuery& query) {
    try {
        return rows_of(connection_.statement("history_keyed_jobs"), {{"actor", query.actor}}, query.limit,
                       {{"since", query.since_ms}, {"after", query.after_id}});
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Prepared& HistoryReader::statement_for(const std::string& sql) {
    const auto found = filtered_.find(sql);
    if (found != filtered_.end()) return found->second;
    if (filtered_.size() >= kKeptStatements) filtered_.clear();
    return filtered_.try_emplace(sql, connection_.database(), sql).first->second;
}

Result<ports::Rows> HistoryReader::rows_of(Prepared& statement, const Filters& filters,
                                           std::optional<std::int64_t> limit, const Numbers& numbers) {
    if (stopped_) return fail(ErrorCode::unavailable, "runbookd is stopping");
    deadline_ = SystemClock{}.now().steady + kLongest;
    Execution execution(statement);
    for (const auto& [parameter, value] : filters) execution.bind_named(":" + parameter, value);
    for (const auto& [parameter, value] : numbers) execution.bind_named(":" + parameter, value);
    if (limit) execution.bind(":limit", *limit);
    ports::Rows rows;
    const int columns = statement.getColumnCount();
    for (int i = 0; i < columns; ++i) rows.columns.emplace_back(statement.getColumnName(i));
    while (execution.step()) {
        auto& row = rows.rows.emplace_back();
        row.reserve(static_cast<std::size_t>(columns));
        for (int i = 0; i < columns; ++i) row.push_back(cell_of(statement.getColumn(i)));
    }
    return rows;
}

}  // namespace runbookd::store
