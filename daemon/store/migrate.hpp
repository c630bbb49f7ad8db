#pragma once
// Brings a database to the program's schema, and refuses one that is not ours or is newer.
#include <cstddef>
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
/// As migrate(), no further than to version `last`: for those who need an older file.
void migrate(Connection& connection, UtcTime now, std::size_t last);

/// Copies the database to `<its path>.before-NNNN`, NNNN being the number of the first migration that it
/// lacks; where it lacks none, or holds nothing yet, or the copy is there, does nothing. A copy that was cut
/// off has another name, and is made anew. Errors: SQLite::Exception; std::filesystem::filesystem_error.
void back_up_before_migrating(Connection& connection);

}  // namespace runbookd::store
