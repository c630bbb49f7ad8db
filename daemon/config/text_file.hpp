#pragma once
// Reads whole small files, and nothing but files: a pipe or a folder under that name is an error, not a wait.
#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace runbookd::config {

/// Errors: not_found, permission, unavailable, invalid_input (not a file, or larger than `most_bytes`).
/// The message is a clause without the file's name: "cannot be read: Permission denied".
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t most_bytes);

/// Whether users other than owner and group may read it. False when that cannot be told.
[[nodiscard]] bool is_readable_by_others(const std::filesystem::path& path);

}  // namespace runbookd::config
