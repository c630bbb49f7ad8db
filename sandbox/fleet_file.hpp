#pragma once
// The fleet file (YAML) read into a Fleet. The keys are described in docs/sandbox.md.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sandbox/fleet.hpp"

namespace runbookd::sandbox {

/// Errors: invalid_input, its message one line "file:line: key: what was expected" for each mistake;
/// not_found or unavailable when the file cannot be read.
[[nodiscard]] Result<Fleet> load_fleet(const std::filesystem::path& file);

/// The same from a text; `name` stands for the file in messages.
[[nodiscard]] Result<Fleet> parse_fleet(const std::string& text, const std::string& name);

}  // namespace runbookd::sandbox
