#pragma once
// Brings a database to the program's schema, and refuses one that is not ours or is newer.
#include <string>

#include "base/result.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

/// Reads who made the file and how new it is, without writing a byte to it. An empty file is fine.
/// Errors: conflict (made by a newer runbookd, or another program's), invalid_input (not a database at all).
[[nodiscard]] Result<void> check_origin(const std::string& path);

/// Applies what is missing, each migration in one transaction together with its mark (`user_version` and a
/// row of `schema_migrations`), so that a kill in the middle leaves the version before it.
void migrate(Connection& connection, UtcTime now);

}  // namespace runbookd::store
