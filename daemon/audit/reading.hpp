#pragma once
// Opens a record to be read, and nothing else.
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/connection.hpp"

namespace runbookd::audit {

/// Calls `read` with a connection that can only read, inside one transaction: all that it reads is of one
/// instant. Errors: not_found, permission, invalid_input (not a record), conflict (of another version),
/// unavailable; what is an SQLite::Exception in `read` becomes the last.
[[nodiscard]] Result<void> read_record(const std::string& database,
                                       const std::function<Result<void>(store::Connection&)>& read);

}  // namespace runbookd::audit
