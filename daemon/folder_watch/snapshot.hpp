#pragma once
// What can be seen of a folder's runbooks without reading them: equal snapshots, nothing has changed.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace runbookd::folder_watch {

struct Snapshot {
    /// Of the file itself, where the name is a symbolic link: what it leads to.
    struct File {
        std::string name;
        std::uint64_t device = 0, inode = 0, size = 0, mode = 0;  ///< all 0: it leads nowhere
        std::int64_t modified_ns = 0, changed_ns = 0;
        friend bool operator==(const File&, const File&) = default;
    };
    bool is_listed = false;   ///< the folder is there and may be read
    std::vector<File> files;  ///< sorted
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// Whether a file of that name is read as a runbook, or warned of for its name.
[[nodiscard]] bool is_watched_name(const std::string& name);

/// Blocking, a stat for each file.
[[nodiscard]] Snapshot look_at(const std::filesystem::path& folder);

}  // namespace runbookd::folder_watch
