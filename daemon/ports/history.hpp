#pragma once
// The door to what happened, for people: rows of the store's views.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace runbookd::ports {

/// One cell of a view: NULL, integer, real or text.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;
struct Rows {
    std::vector<std::string> columns;  ///< as the view names them
    std::vector<std::vector<Cell>> rows;
};

enum class View { runs, targets, jobs, occurrences, events, exclusions, revisions, devices };

/// Filters that apply to the view's columns; those a view has no column for are an error (invalid_input).
struct Query {
    View view = View::runs;
    std::optional<std::string> uid;      ///< run_uid or job_uid, whole or a prefix
    std::optional<std::string> run;      ///< run_uid or a prefix
    std::optional<std::string> runbook;  ///< exact
    std::optional<std::string> customer;
    std::optional<std::string> site;    ///< site name or uid, exact ignoring case
    std::optional<std::string> device;  ///< device uid or hostname, exact ignoring case
    /// status, or disposition for targets, verdict for occurrences, online, offline or gone for devices
    std::optional<std::string> status;
    std::optional<std::int64_t> since_ms, until_ms;
    std::int64_t limit = 100;  ///< newest first
};

class History {
public:
    virtual ~History() = default;
    /// Newest first. Job rows leave out `stdout` and `stderr` (see output). Errors: invalid_input,
    /// unavailable.
    virtual boost::asio::awaitable<Result<Rows>> query(Query query) = 0;
    /// The text of a job's stream, by the job's uid or a prefix of it; nullopt: none was captured.
    /// Errors: not_found; conflict (the prefix fits several).
    virtual boost::asio::awaitable<Result<std::optional<std::string>>> output(std::string job,
                                                                              bool of_stderr) = 0;
    /// The job behind `GET /api/v2/job/{uid}`: all of job_history's columns for exactly this uid, plus
    /// `job_id` (integer) and every time also in Unix ms (`created_at_ms`, `queued_at_ms`, `started_at_ms`,
    /// `completed_at_ms`).
    virtual boost::asio::awaitable<Result<Rows>> job_by_uid(std::string uid) = 0;
};

}  // namespace runbookd::ports
