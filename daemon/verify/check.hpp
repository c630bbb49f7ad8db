#pragma once
// Computes every instant of a runbook's schedules again, from the revisions that were in force, and matches
// it with the verdicts, runs and pauses of the record. Pure; time is linear in instants and rows.
#include <span>
#include <string>

#include "base/time.hpp"
#include "verify/facts.hpp"
#include "verify/report.hpp"

namespace runbookd::verify {

/// Until when verdicts may still be missing.
struct Present {
    UtcTime now{};
    /// The daemon's start: what passed while it was down is judged a little after that (it may have to wait
    /// for the kernel's clock).
    UtcTime up_since{};
};

/// Adds an unreadable_text for each revision that has no book and was in force in (from, until].
void check_texts(const std::string& runbook, std::span<const Revision> revisions, UtcTime from, UtcTime until,
                 Report& report);

/// One slice; slices that follow each other without a gap may be checked one by one, each row's count is
/// looked at in the one that it begins in. `revisions`: all of the runbook, in order. An instant without a
/// verdict is pending, not unexplained, until its window + timeout + 1 h have passed (design, promise 2).
void check(const std::string& runbook, std::span<const Revision> revisions, const Slice& slice,
           Present present, Report& report);

}  // namespace runbookd::verify
