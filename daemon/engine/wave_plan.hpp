#pragma once
// Which wave each target of a run is in, as its runbook says and its devices are when it starts. Pure.
#include <vector>

#include "engine/targeting.hpp"

namespace runbookd::engine {

/// Sets the wave of each, from 1: its place in the runbook's list; what none takes is of one more at the end.
/// Whom a count or a share takes first is decided by the hash of runbook and device, so it is the same
/// every time. `facts`: of every filter that the runbook names.
void place_in_waves(std::vector<TargetRow>& targets, const runbook::Meaning& book, const Fleet& fleet,
                    const SelectionFacts& facts);

}  // namespace runbookd::engine
