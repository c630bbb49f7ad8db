#pragma once
// What `verify` found: how much was computed again, and what of it the record does not explain.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace runbookd::verify {

enum class Kind : std::uint8_t {
    no_verdict,       ///< an instant has neither a verdict nor a run that may still get one
    not_an_instant,   ///< a row or run stands where the revision's schedule names no instant
    wrong_count,      ///< a row covers another number of instants than the schedule has there
    twice,            ///< two rows cover one instant
    wrong_run,        ///< a verdict and its run contradict each other, or a verdict lacks its run
    run_undecided,    ///< a run has begun, ended or expired without a verdict
    no_pause,         ///< skipped / paused, and nothing was paused
    no_blackout,      ///< skipped / blackout, and not_during left a part of the window free
    not_on_time,      ///< on_time, and the run began more than 60 s after it was to begin
    unreadable_text,  ///< a revision's text or rules cannot be read: its instants cannot be computed
};
[[nodiscard]] std::string_view to_text(Kind kind);

/// One thing that the record does not explain, over one instant or several in a row.
struct Finding {
    std::string runbook;
    std::string zone;      ///< may be empty (unreadable_text)
    std::string customer;  ///< of the lane; empty: none
    UtcTime nominal{};
    UtcTime until{};         ///< the last instant; equal for one
    std::int64_t count = 1;  ///< instants
    Kind kind = Kind::no_verdict;
    std::string message;  ///< a sentence for a person
};

/// So many findings are kept; all are counted.
inline constexpr std::size_t kMostFindings = 1000;

struct Report {
    UtcTime since{}, until{};
    std::int64_t runbooks = 0;     ///< with at least one revision in the range
    std::int64_t instants = 0;     ///< recomputed
    std::int64_t pending = 0;      ///< of them: too young to have a verdict
    std::int64_t unexplained = 0;  ///< findings, each by its instants
    std::vector<Finding> findings;

    void add(Finding finding);
};

}  // namespace runbookd::verify
