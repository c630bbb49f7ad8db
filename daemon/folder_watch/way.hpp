#pragma once
// The way to a folder: every name on it whose change may lead elsewhere, symbolic links followed.
#include <filesystem>
#include <string>
#include <vector>

namespace runbookd::folder_watch {

struct Signpost {
    std::filesystem::path folder;
    std::string name;  ///< that is looked up in it
};

/// In the order of the way, as far as it leads: the last signpost may name what is not there. `folder` is
/// absolute. At most 40 links are followed, as the kernel does.
[[nodiscard]] std::vector<Signpost> way_to(const std::filesystem::path& folder);

}  // namespace runbookd::folder_watch
