#pragma once
// What readers of the record share: how failures are told, and how uids that people type are looked for.
#include <SQLiteCpp/Exception.h>

#include <string>

#include "base/error.hpp"

namespace runbookd::store {

/// unavailable, with the reason.
[[nodiscard]] Error read_error(const SQLite::Exception& error);

/// ULIDs are upper case in the store; people may type them as they like. What cannot begin one stays as it
/// is.
[[nodiscard]] std::string stored_uid(std::string uid);

}  // namespace runbookd::store
