#pragma once
// Whether a verdict is borne out by the run, the pauses and the blackouts that it speaks of. Private to this
// room.
#include <string>
#include <vector>

#include "runbook/lane_view.hpp"
#include "schedule/timeline.hpp"
#include "verify/facts.hpp"
#include "verify/stretch.hpp"

namespace runbookd::verify {

class Evidence {
public:
    /// All outlive this.
    Evidence(const std::string& runbook, const Slice& slice, Report& report);

    /// What the row as a whole claims: its run, and that it began in time. `book` is that of its revision.
    void check_row(const Occurrence& row, const runbook::Runbook* book);
    /// What it claims of each of its instants, which are of that lane. The instants of a lane come in order.
    void check_instant(const Occurrence& row, const runbook::LaneView& lane,
                       const schedule::Nominal& instant);
    /// The next instant is not of the row that the last one was of.
    void end_row();

private:
    [[nodiscard]] bool was_paused(UtcTime at) const;
    void contradiction(const Occurrence& row, Kind kind, std::string message);

    const std::string& runbook_;
    Report& report_;
    std::vector<Pause> pauses_;  // in order, none touching another
    Stretch no_pause_, no_blackout_;
    const Occurrence* row_ = nullptr;
};

}  // namespace runbookd::verify
