// What people ask about a runbook and its devices: its texts, coverage, why, what a run left, and what a job
// came to that is to be settled.
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include <stdexcept>

#include "store/filter_lines.hpp"
#include "store/history_reader.hpp"
#include "store/read_error.hpp"
#include "store/run_scope.hpp"
#include "store/sql.hpp"

namespace runbookd::store {
namespace {

/// The cell of the first row in that column; empty where there is none.
std::string text_at(const ports::Rows& rows, const std::string& column, std::size_t row = 0) {
    for (std::size_t i = 0; row < rows.rows.size() && i < rows.columns.size(); ++i)
        if (rows.columns[i] == column)
            if (const auto* text = std::get_if<std::string>(&rows.rows[row][i])) return *text;
    return {};
}

std::optional<std::int64_t> number_at(const ports::Rows& rows, const std::string& column,
                                      std::size_t row = 0) {
    for (std::size_t i = 0; row < rows.rows.size() && i < rows.columns.size(); ++i)
        if (rows.columns[i] == column)
            if (const auto* number = std::get_if<std::int64_t>(&rows.rows[row][i])) return *number;
    return std::nullopt;
}

}  // namespace

Result<ports::Rows> HistoryReader::revision(const std::string& runbook, std::optional<std::int64_t> number) {
    try {
        std::vector<std::string> set{"runbook"};
        Numbers numbers;
        if (number) {
            set.emplace_back("revision");
            numbers.emplace_back("revision", *number);
        }
        return rows_of(statement_for(with_filters(query_text("history_revision"), set)),
                       {{"runbook", runbook}}, std::nullopt, numbers);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::Rows> HistoryReader::coverage(const ports::CoverageQuery& query) {
    try {
        std::vector<std::string> set{"runbook", "since"};
        Filters filters{{"runbook", query.runbook}};
        if (query.customer) {
            set.emplace_back("customer");
            filters.emplace_back("customer", *query.customer);
        }
        if (query.since_ms) filters.emplace_back("since", format_utc(from_unix_ms(*query.since_ms)));
        return rows_of(statement_for(with_filters(query_text("history_coverage"), set)), filters, query.limit,
                       {{"offset", query.offset}});
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::WhyFacts> HistoryReader::why(const ports::WhyQuery& query) {
    ports::WhyFacts facts;
    std::optional<Error> failure;
    const auto ask = [&](const char* name, const Filters& filters, const Numbers& numbers = {}) {
        if (failure) return ports::Rows{};
        auto rows = rows_of(connection_.statement(name), filters, std::nullopt, numbers);
        if (rows) return std::move(*rows);
        failure = rows.error();
        return ports::Rows{};
    };
    try {
        SQLite::Transaction one_snapshot(connection_.database());
        const Numbers at{{"at", query.at_ms}};
        facts.devices = ask("history_why_devices", {{"device", query.device}, {"runbook", query.runbook}});
        facts.revisions = ask("history_why_revisions", {{"runbook", query.runbook}}, at);
        if (facts.devices.rows.size() != 1)
            return failure ? Result<ports::WhyFacts>(tl::unexpected(*failure)) : facts;
        facts.occurrences = ask("history_why_occurrences", {{"runbook", query.runbook}}, at);
        facts.runs = ask("history_why_runs", {{"runbook", query.runbook}}, at);
        const auto instant = number_at(facts.occurrences, "instant_ms");
        const auto begun = number_at(facts.runs, "begun_ms");
        facts.pauses = ask("history_why_pauses",
                           {{"runbook", query.runbook}, {"device", text_at(facts.devices, "device_uid")}},
                           {{"instant", std::max(instant.value_or(0), begun.value_or(0))}});
        const Filters of_run{{"run", text_at(facts.runs, "run_uid")},
                             {"device", text_at(facts.devices, "device_uid")}};
        facts.targets = ask("history_why_targets", of_run);
        facts.exclusions = ask("history_why_exclusions", of_run);
        facts.jobs = ask("history_why_jobs", of_run);
        facts.events = ask("history_why_events", of_run);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
    if (failure) return tl::unexpected(*failure);
    return facts;
}

Result<ports::RunLeftovers> HistoryReader::leftovers(const std::string& run) {
    try {
        SQLite::Transaction one_snapshot(connection_.database());
        const auto uid = stored_uid(run);
        const auto found =
            rows_of(connection_.statement("history_leftover_run"), {{"uid", uid}}, std::nullopt);
        if (!found) return tl::unexpected(found.error());
        if (uid.empty() || found->rows.empty())
            return fail(ErrorCode::not_found, "no run has a uid that begins with '" + run + "'");
        ports::RunLeftovers left;
        left.run_uid = text_at(*found, "run_uid");
        if (found->rows.size() > 1 && left.run_uid != uid)
            return fail(ErrorCode::conflict,
                        "several runs have uids that begin with '" + run + "': give more of it");
        left.runbook = text_at(*found, "runbook");
        left.revision = number_at(*found, "revision");
        left.account = text_at(*found, "account");
        left.variables = scope_from_json(text_at(*found, "scope")).variables;
        const auto targets =
            rows_of(connection_.statement("history_leftover_targets"), {{"run", left.run_uid}}, std::nullopt);
        if (!targets) return tl::unexpected(targets.error());
        for (std::size_t i = 0; i < targets->rows.size(); ++i)
            left.targets.push_back({text_at(*targets, "device_uid", i), text_at(*targets, "disposition", i),
                                    number_at(*targets, "is_done_since", i).value_or(0) != 0});
        return left;
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

Result<ports::SettledJob> HistoryReader::settling(const std::string& job) {
    try {
        const auto uid = stored_uid(job);
        const auto found = rows_of(connection_.statement("history_settling"), {{"uid", uid}}, std::nullopt);
        if (!found) return tl::unexpected(found.error());
        if (uid.empty() || found->rows.empty())
            return fail(ErrorCode::not_found, "no job has a uid that begins with '" + job + "'");
        ports::SettledJob settled;
        settled.job_uid = text_at(*found, "job_uid");
        if (found->rows.size() > 1 && settled.job_uid != uid)
            return fail(ErrorCode::conflict,
                        "several jobs have uids that begin with '" + job + "': give more of it");
        settled.run_uid = text_at(*found, "run_uid");
        settled.runbook = text_at(*found, "runbook");
        settled.account = text_at(*found, "account");
        settled.variables = scope_from_json(text_at(*found, "scope")).variables;
        settled.device_uid = text_at(*found, "device_uid");
        settled.hostname = text_at(*found, "hostname");
        settled.disposition = text_at(*found, "disposition");
        settled.reason = text_at(*found, "reason");
        settled.revised_at_ms = number_at(*found, "revised_at");
        return settled;
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

}  // namespace runbookd::store
