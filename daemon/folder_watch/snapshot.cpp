#include "folder_watch/snapshot.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

namespace runbookd::folder_watch {
namespace {

namespace fs = std::filesystem;

std::int64_t to_ns(const timespec& at) {
    constexpr std::int64_t kPerSecond = 1'000'000'000;
    return static_cast<std::int64_t>(at.tv_sec) * kPerSecond + at.tv_nsec;
}

}  // namespace

bool is_watched_name(const std::string& name) {
    return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"));
}

Snapshot look_at(const fs::path& folder) {
    Snapshot seen;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        Snapshot::File file;
        file.name = entry->path().filename().string();
        if (!is_watched_name(file.name)) continue;
        struct stat found{};
        if (::stat(entry->path().c_str(), &found) == 0) {
            file.device = found.st_dev;
            file.inode = found.st_ino;
            file.size = static_cast<std::uint64_t>(found.st_size);
            file.mode = found.st_mode;
            file.modified_ns = to_ns(found.st_mtim);
            file.changed_ns = to_ns(found.st_ctim);
        }
        seen.files.push_back(std::move(file));
    }
    if (failed) return {};
    seen.is_listed = true;
    std::sort(seen.files.begin(), seen.files.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return seen;
}

}  // namespace runbookd::folder_watch
