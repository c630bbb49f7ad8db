#pragma once
// What nobody outside knows of the live API, as settings of the sandbox: each has a default and every other
// answer that is likely, so that a client can be tried against all of them.
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/job_status.hpp"

namespace runbookd::sandbox {

/// How a time is written: epoch milliseconds, ISO 8601, or epoch seconds with a fraction.
enum class TimeForm { ms, iso, seconds };

struct TimeForms {
    TimeForm date_created = TimeForm::ms;  ///< of jobs
    TimeForm ran_on = TimeForm::ms;        ///< of results
    TimeForm devices = TimeForm::ms;
    TimeForm alerts = TimeForm::ms;
    TimeForm activity_log = TimeForm::seconds;
};

/// How long after a job's end the API shows each sign of it.
struct EndOrder {
    SpanRange completed;  ///< the job's status is "completed"
    SpanRange result;     ///< jobDeploymentStatus is the last one
    SpanRange output;     ///< stdout and stderr are no empty lists any more
};

struct OutputTraits {
    std::optional<std::size_t> max_bytes;  ///< of each stream; the rest is cut off
    bool raw_bytes = false;                ///< bytes that are no UTF-8 are sent as they are, not replaced
};

/// Statuses that refuse a quick job; unset: it is accepted.
struct QuickJobRefusals {
    int component = 400;                ///< the account has no such component
    std::optional<int> variable = 400;  ///< the component has no such input
    std::optional<int> value = 400;     ///< it is not of the variable's type
    std::optional<int> missing;         ///< an input without a default is left out
};

/// What becomes of a quick job that something speaks against.
struct JobFate {
    enum class Kind {
        run,     ///< as any other
        wait,    ///< accepted; no agent ever takes it
        fail,    ///< accepted; ends as a Failure that ran nothing
        refuse,  ///< refused with `status`
    };
    Kind kind = Kind::run;
    int status = 0;
};

struct JobFates {
    JobFate on_demand{JobFate::Kind::wait};
    JobFate suspended{JobFate::Kind::wait};
    JobFate deleted{JobFate::Kind::refuse, 404};
    JobFate other_class{JobFate::Kind::refuse, 400};  ///< printers, ESXi hosts, network devices
    JobFate credentials;                              ///< components that ask for credentials
};

enum class BodyForm { json, html, text, empty };
/// In which form the Retry-After header comes, if at all.
enum class RetryAfter { none, seconds, date };

struct RefusalShape {
    int status = 429;
    BodyForm body = BodyForm::json;
    RetryAfter retry_after = RetryAfter::none;
};

struct TokenTraits {
    bool refresh_token = false;     ///< given with each token, and taken for another
    std::optional<int> per_minute;  ///< token calls in a rolling minute; unset: any number
    int refused = 401;              ///< for a wrong key or secret
};

struct Unknowns {
    TimeForms times;
    bool empty_results_are_lists = false;  ///< componentResults before the end: [] and not null
    EndOrder order;
    OutputTraits output;
    std::optional<Millis> job_retention;  ///< jobs are not found that long after their creation
    QuickJobRefusals refusals;
    RefusalShape over_limit;
    RefusalShape blocked{403, BodyForm::html, RetryAfter::none};
    JobFates jobs_for;
    std::map<std::string, std::string> variable_types;  ///< how the API spells a type of the fleet file
    JobStatus timed_out = JobStatus::failure;           ///< of a component that ran into its own timeout
    TokenTraits token;
    bool write_fields = true;  ///< request_rate tells of writes
};

}  // namespace runbookd::sandbox
