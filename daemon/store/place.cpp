#include "store/place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace runbookd::store {
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kFileMode = 0640;

tl::unexpected<Error> cannot(std::string_view what, const std::string& path, int error) {
    const auto code =
        error == EACCES || error == EPERM || error == EROFS ? ErrorCode::permission : ErrorCode::unavailable;
    return fail(code, "cannot " + std::string(what) + " " + path + ": " +
                          std::generic_category().message(error) +
                          "; `store:` in the configuration says where it is");
}

std::string holder_of(int descriptor) {
    std::array<char, 32> text{};
    const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
    const std::string_view read(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::string pid(read.substr(0, read.find_first_not_of("0123456789")));
    return pid.empty() ? "pid unknown" : "pid " + pid;
}

void write_pid(int descriptor) {
    const auto pid = std::to_string(::getpid()) + "\n";
    // The pid only helps people: the lock holds without it (on a full disk, say).
    if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
        const auto written = ::pwrite(descriptor, pid.data(), pid.size(), 0);
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& database) {
    const auto path = database + ".lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
    if (descriptor < 0) return cannot("open the lock", path, errno);
    StoreLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot("lock", path, errno);
        return fail(ErrorCode::conflict, database + " is in use by another runbookd (" +
                                             holder_of(descriptor) + "): one daemon per store");
    }
    write_pid(descriptor);
    return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

StoreLock::~StoreLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> make_folder_of(const std::string& database) {
    std::filesystem::path made;
    for (const auto& part : std::filesystem::path(database).parent_path()) {
        made /= part;
        if (::mkdir(made.c_str(), kFolderMode) == 0) continue;
        const int error = errno;
        std::error_code unreadable;
        if (error != EEXIST && !std::filesystem::is_directory(made, unreadable)) {
            return cannot("create the folder", made.string(), error);
        }
        if (error == EEXIST && !std::filesystem::is_directory(made, unreadable)) {
            return cannot("use as a folder", made.string(), ENOTDIR);
        }
    }
    return {};
}

Result<void> make_file(const std::string& database) {
    const int descriptor = ::open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
    if (descriptor < 0) return cannot("open", database, errno);
    ::close(descriptor);
    return {};
}

}  // namespace runbookd::store
