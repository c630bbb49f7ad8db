#pragma once
// What the checks say. Where a key stands in its file is not known here: only which key it is.
#include <string>
#include <vector>

namespace runbookd::lint {

struct Finding {
    std::string path;  ///< "schedule[1].cron", "window"; may name a key that the text leaves out
    /// A short word for programs: dst_gap, dst_repeat, missing_day, days_either, days_both, midnight_of_day,
    /// every_minute, every_second, six_fields, jitter, overlapping, no_zone, past, always_blacked_out,
    /// never_caught_up, no_time_for_steps, not_away_yet, offline_not_waited_for, not_through_relay,
    /// no_time_for_creates, no_time_for_waves.
    std::string code;
    std::string message;
    std::string expected{};    ///< how it is said so that nobody can take it wrong; may be empty
    std::string suggestion{};  ///< a text in its place that is probably meant; may be empty
};

using Findings = std::vector<Finding>;

}  // namespace runbookd::lint
