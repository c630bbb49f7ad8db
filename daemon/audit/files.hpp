#pragma once
// Files that are written once and must be there after a power cut.
#include <string>

#include "base/result.hpp"

namespace runbookd::audit {

/// Makes an empty file (0640). Errors: conflict (it exists), permission, unavailable.
[[nodiscard]] Result<void> make_new_file(const std::string& path);
/// Until what was written to it is on the disk. Errors: unavailable.
[[nodiscard]] Result<void> sync_file(const std::string& path);
/// The same of the name in its folder. Errors: unavailable.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path);

}  // namespace runbookd::audit
