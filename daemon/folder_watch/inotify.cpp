#include "folder_watch/inotify.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "folder_watch/snapshot.hpp"
#include "folder_watch/way.hpp"

namespace runbookd::folder_watch {
namespace {

constexpr std::uint32_t kOfWay = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                 IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD;
constexpr std::uint32_t kOfFolder = kOfWay | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;

Error kernel_error(const std::string& what) {
    return {ErrorCode::unavailable, what + ": " + std::system_category().message(errno)};
}

}  // namespace

Inotify::Inotify(Inotify&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      folder_(other.folder_),
      way_(std::move(other.way_)) {}

Inotify::~Inotify() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Inotify> Inotify::open(const std::filesystem::path& folder) {
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0) return tl::unexpected(kernel_error("the kernel gives no inotify instance"));
    Inotify inotify(descriptor);
    if (!inotify.watch_way(folder))
        return tl::unexpected(
            kernel_error("the kernel lets no more folders be watched "
                         "(fs.inotify.max_user_watches)"));
    return inotify;
}

/// A folder that is not there, or may not be read, is no failure: the signpost before it tells when it comes.
bool Inotify::watch_way(const std::filesystem::path& folder) {
    const auto add = [&](const std::filesystem::path& place, std::uint32_t mask) {
        return ::inotify_add_watch(descriptor_, place.c_str(), mask);
    };
    for (const auto& [place, name] : way_to(folder)) {
        const int watch = add(place, kOfWay);
        if (watch >= 0)
            way_[watch].insert(name);
        else if (errno == ENOSPC || errno == ENOMEM)
            return false;
    }
    folder_ = add(folder, kOfFolder);
    return folder_ >= 0 || (errno != ENOSPC && errno != ENOMEM);
}

Heard Inotify::hear() {
    Heard heard;
    constexpr std::size_t kRoom = 16384;
    alignas(inotify_event) std::array<char, kRoom> buffer{};
    for (;;) {
        const auto size = ::read(descriptor_, buffer.data(), buffer.size());
        if (size <= 0) return heard;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            // The name is padded with NULs to event.len.
            const std::string name = event.len > 0 ? buffer.data() + at + sizeof event : "";
            take(event.wd, event.mask, name, heard);
            at += sizeof event + event.len;
        }
    }
}

void Inotify::take(int watch, std::uint32_t mask, const std::string& name, Heard& heard) const {
    if ((mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
        heard.has_news = heard.is_way_changed = true;
        return;
    }
    if (const auto names = way_.find(watch); names != way_.end() && names->second.contains(name))
        heard.has_news = heard.is_way_changed = true;
    if (watch != folder_) return;
    heard.has_news = true;
    if (!is_watched_name(name)) return;
    if ((mask & IN_MODIFY) != 0) {
        heard.begun.insert(name);
        heard.closed.erase(name);
    } else if ((mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)) != 0) {
        heard.closed.insert(name);
        heard.begun.erase(name);
    }
}

}  // namespace runbookd::folder_watch
