#pragma once
// The door to what happened, for people: rows of the store's views.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
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

enum class View {
    runs,
    targets,
    jobs,
    occurrences,
    events,
    exclusions,
    revisions,
    devices,
    exceptions,  ///< everything outside the rules
    failures,    ///< targets that did not go well, the newest decision first; columns of the targets
    approvals    ///< what people were asked to approve, and have said
};

/// Filters that apply to the view's columns; those a view has no column for are an error (invalid_input).
struct Query {
    View view = View::runs;
    std::optional<std::string> uid;      ///< run_uid, job_uid or approval_uid, whole or a prefix
    std::optional<std::string> run;      ///< run_uid or a prefix
    std::optional<std::string> runbook;  ///< exact
    std::optional<std::string> customer;
    std::optional<std::string> site;    ///< site name or uid, exact ignoring case
    std::optional<std::string> device;  ///< device uid or hostname, exact ignoring case
    /// status, or disposition for targets, verdict for occurrences, kind for exceptions, online, offline or
    /// gone for devices, state for approvals
    std::optional<std::string> status;
    std::optional<std::int64_t> since_ms, until_ms;
    std::int64_t limit = 100;  ///< newest first
};

/// What has become of a runbook's devices, the one that succeeded longest ago (or never) first.
struct CoverageQuery {
    std::string runbook;
    std::optional<std::string> customer;
    std::optional<std::int64_t> since_ms;  ///< `covered` asks for a success since then; none: for any
    std::int64_t limit = 100'000;
    std::int64_t offset = 0;  ///< so many are passed over
};

/// Why a runbook did what it did on a device, up to an instant.
struct WhyQuery {
    std::string runbook;
    std::string device;      ///< uid or hostname, exact ignoring case
    std::int64_t at_ms = 0;  ///< what came later is not looked at
};
/// The rows that bear on it, each of the view of that name and newest first.
struct WhyFacts {
    /// device_uid, hostname, site_name, first_seen_at (where it is known), gone_at of all that have the name;
    /// the rest only where that is one.
    Rows devices;
    Rows revisions;    ///< the one in force, and the first ever; with `is_in_force`
    Rows occurrences;  ///< the newest verdict
    Rows pauses;       ///< that held at its instant, or when the run began
    Rows runs;         ///< the newest; with `is_narrowed`, `scope` and `planned_at`
    Rows targets;      ///< of that run and device
    Rows exclusions;   ///< likewise
    Rows jobs;         ///< likewise, oldest first
    Rows events;       ///< of all these, oldest first
};

/// Of the quick jobs that a user has asked for under an Idempotency-Key.
struct KeyedQuery {
    std::string actor;
    std::int64_t since_ms = 0;  ///< asked for since then
    std::int64_t after_id = 0;  ///< and later than that one
    std::int64_t limit = 250;
};

/// What is left of a run.
struct RunLeftovers {
    std::string run_uid;
    std::string runbook;
    std::optional<std::int64_t> revision;
    std::map<std::string, std::string> variables;  ///< that its starter had set
    struct Target {
        std::string device_uid;
        std::string disposition;
        bool is_done_since = false;  ///< a later run of the runbook succeeded on it
    };
    std::vector<Target> targets;  ///< all but those that succeeded
    std::string account{};        ///< on which it ran
};

/// A job whose fate a person means to settle.
struct SettledJob {
    std::string job_uid, run_uid, runbook, device_uid, hostname;
    std::map<std::string, std::string> variables;  ///< that the run's starter had set
    std::string disposition, reason;               ///< of its target
    std::optional<std::int64_t> revised_at_ms;     ///< when that was revised
    std::string account{};                         ///< of its run
};

/// Rows that the jobs of a run printed for the record.
struct CollectedQuery {
    std::string run;  ///< its uid or a prefix of it
    std::optional<std::string> customer;
    std::optional<std::string> site;    ///< site name or uid, exact ignoring case
    std::optional<std::string> device;  ///< device uid or hostname, exact ignoring case
    struct Place {
        std::string device;  ///< uid
        std::int64_t step = 1, row_no = 0;
    };
    std::optional<Place> after;  ///< only what comes after that row
    std::int64_t limit = 10'000;
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
    /// That revision of the runbook, none given: the newest. All of runbook_revisions' columns, plus
    /// `resolved`. No row: there is none. Errors, of all that follow: unavailable.
    virtual boost::asio::awaitable<Result<Rows>> revision(std::string runbook,
                                                          std::optional<std::int64_t> number) = 0;
    /// Rows of device_coverage, plus `covered`.
    virtual boost::asio::awaitable<Result<Rows>> coverage(CoverageQuery query) = 0;
    virtual boost::asio::awaitable<Result<WhyFacts>> why(WhyQuery query) = 0;
    /// What this user's request with this Idempotency-Key started: `idempotency_key`, `request` (its
    /// fingerprint), run_uid, `finished_at_ms` and `reason` (of the run's one target), and job_uid,
    /// device_uid, component_uid, `created_at_ms` (NULL while there is no job). No row: nothing.
    virtual boost::asio::awaitable<Result<Rows>> keyed_job(std::string actor, std::string key) = 0;
    /// The jobs of such requests, oldest first: `id`, `idempotency_key`, run_uid, job_uid, device_uid,
    /// component_uid, `created_at_ms`.
    virtual boost::asio::awaitable<Result<Rows>> keyed_jobs(KeyedQuery query) = 0;
    /// Of a run by its uid or a prefix of it. Errors: not_found; conflict (the prefix fits several).
    virtual boost::asio::awaitable<Result<RunLeftovers>> leftovers(std::string run) = 0;
    /// Of a job by its uid or a prefix of it. Errors: not_found; conflict (the prefix fits several).
    virtual boost::asio::awaitable<Result<SettledJob>> settling(std::string job) = 0;
    /// What a run's devices printed, in groups: rows of the view output_groups, each with `near_group` (the
    /// first group whose text is the same but for numbers, times, ids and host names) and `near_devices` (how
    /// many devices those groups have together). By the run's uid or a prefix of it. Errors: not_found;
    /// conflict (the prefix fits several).
    virtual boost::asio::awaitable<Result<Rows>> output_groups(std::string run, std::int64_t limit) = 0;
    /// Who is in group `group` of these: run_uid, group_no, component_name, step, stream, output_sha256,
    /// device_uid, hostname, customer, site_uid, site_name, job_uid, disposition. Errors: as above; not_found
    /// too where the run has no such group.
    virtual boost::asio::awaitable<Result<Rows>> output_devices(std::string run, std::int64_t group,
                                                                std::int64_t limit) = 0;
    /// Rows of collected_rows, by device_uid, step and row_no. Errors: not_found; conflict (the prefix fits
    /// several).
    virtual boost::asio::awaitable<Result<Rows>> collected(CollectedQuery query) = 0;
};

}  // namespace runbookd::ports
