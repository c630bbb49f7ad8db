#pragma once
// inotify(7) over one folder and the way to it. What it says are hints; what has changed is seen by looking.
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/result.hpp"

namespace runbookd::folder_watch {

/// What was heard since the last time.
struct Heard {
    bool has_news = false;         ///< something may have changed
    bool is_way_changed = false;   ///< the watches may stand in the wrong place, or events were lost
    std::set<std::string> begun;   ///< files that are being written
    std::set<std::string> closed;  ///< and those that are not, any more
};

class Inotify {
public:
    /// Watches `folder` (absolute), if it is there, and every signpost on the way to it. Errors: unavailable
    /// (the kernel gives none, or no more of them).
    [[nodiscard]] static Result<Inotify> open(const std::filesystem::path& folder);
    ~Inotify();
    Inotify(Inotify&& other) noexcept;
    Inotify& operator=(Inotify&&) = delete;
    Inotify(const Inotify&) = delete;
    Inotify& operator=(const Inotify&) = delete;

    /// Readable when there is something to hear.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Never blocks.
    [[nodiscard]] Heard hear();

private:
    explicit Inotify(int descriptor) : descriptor_(descriptor) {}
    [[nodiscard]] bool watch_way(const std::filesystem::path& folder);
    void take(int watch, std::uint32_t mask, const std::string& name, Heard& heard) const;

    int descriptor_;
    int folder_ = -1;                           // the watch on the folder itself
    std::map<int, std::set<std::string>> way_;  // names on the way, by their folder's watch
};

}  // namespace runbookd::folder_watch
