#pragma once
// Which keys of a runbook differ between two revisions, defaults and profiles included.
#include <string>
#include <vector>

#include "runbook/reload_plan.hpp"

namespace runbookd::config {

/// A revision as the record has it, or as it would be recorded.
struct RevisionTexts {
    std::string yaml;
    std::string resolved;
};

/// In the order of their paths. Maps are compared key by key, lists of one length item by item, other lists
/// as a whole. Rules of time zones that have changed are keys `zones.NAME`, the account's zone is `timezone`.
/// Empty: only comments or layout differ. A text that cannot be read any more has no keys.
[[nodiscard]] std::vector<runbook::KeyChange> changed_keys(const RevisionTexts& before,
                                                           const RevisionTexts& after);

}  // namespace runbookd::config
