#pragma once
// Finds in a valid runbook what is probably not what was meant: days that months lack, hours that the clock
// skips or repeats, fields that read like something else, windows too short for what they are to hold,
// devices that are not waited for. Pure, and bounded for every runbook.
#include "lint/finding.hpp"
#include "lint/subject.hpp"

namespace runbookd::lint {

/// Findings in the order of the checks.
[[nodiscard]] Findings check(const Subject& subject);

}  // namespace runbookd::lint
