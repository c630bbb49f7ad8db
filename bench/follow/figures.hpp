#pragma once
// What following a thousand jobs cost, and how late their ends were known.
#include <cstddef>
#include <map>
#include <string>

#include "base/time.hpp"
#include "follow/account.hpp"

namespace runbookd::bench {

/// As it was seen by whoever followed: when each job's end was on record, by its uid upstream.
struct Followed {
    std::map<std::string, UtcTime> recorded;
    std::size_t result_reads = 0, output_reads = 0, log_reads = 0, other_reads = 0;
    std::size_t refused = 0;  ///< calls that the limit refused
    UtcTime began{};
};

struct FollowFigures {
    std::size_t jobs = 0;      ///< whose end is on record
    double reads_per_job = 0;  ///< results, outputs and pages of the log
    double other_reads = 0;    ///< of the fleet, of the request rate: all of them
    double median_delay_s = 0, p95_delay_s = 0;
    double makespan_s = 0;  ///< from the begin to the last end on record
    double makespan_over_bound =
        0;  ///< by how much it is beyond what the budget's creates allow: 0.1 is 10 %
    double refused = 0;
};

/// `creates_a_minute`: what the budget allows, of which all go out at the begin of a minute.
[[nodiscard]] FollowFigures figures_of(const Followed& followed, const Ends& ends, int creates_a_minute);

}  // namespace runbookd::bench
