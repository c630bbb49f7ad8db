#pragma once
// Finds in a valid runbook what is probably not what was meant. Pure, and bounded for every runbook. Time
// only, so far: days that months lack, hours that the clock skips or repeats, fields that read like something
// else.
#include "lint/finding.hpp"
#include "lint/subject.hpp"

namespace runbookd::lint {

/// Findings in the order of the checks. A runbook without a schedule has none yet.
[[nodiscard]] Findings check(const Subject& subject);

}  // namespace runbookd::lint
