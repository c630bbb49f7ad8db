#pragma once
// A copy of the record, made while the daemon may be writing it.
#include <string>

#include "audit/verify.hpp"
#include "base/result.hpp"

namespace runbookd::audit {

/// Copies `database` as it is at one instant to `file` (0640), in one pass that does not hold up the writer,
/// checks the copy (SQLite's own integrity_check, then verify_record), and only then gives it its name. What
/// is there already is never overwritten, and what fails leaves nothing behind. Errors: conflict (`file`
/// exists), permission, not_found, unavailable; internal: the copy is damaged.
[[nodiscard]] Result<VerifyReport> back_up(const std::string& database, const std::string& file);

}  // namespace runbookd::audit
