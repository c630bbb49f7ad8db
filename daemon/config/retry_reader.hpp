#pragma once
// Reads `retry:`, whether a device gets another job after one that ended badly.
#include "config/fields.hpp"
#include "runbook/retry.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read.
[[nodiscard]] runbook::Retry read_retry(const Field& field);

}  // namespace runbookd::config
