#include "audit/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace runbookd::audit {
namespace {

tl::unexpected<Error> cannot(const std::string& what, const std::string& path, int error) {
    const auto code = error == EEXIST                                       ? ErrorCode::conflict
                      : error == EACCES || error == EPERM || error == EROFS ? ErrorCode::permission
                                                                            : ErrorCode::unavailable;
    return fail(code, "cannot " + what + " " + path + ": " + std::generic_category().message(error));
}

Result<void> sync(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return cannot("open", path, errno);
    const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (failed != 0) return cannot("write", path, failed);
    return {};
}

}  // namespace

Result<void> make_new_file(const std::string& path) {
    constexpr mode_t kMode = 0640;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (descriptor < 0) return cannot("create", path, errno);
    ::close(descriptor);
    return {};
}

Result<void> sync_file(const std::string& path) { return sync(path, O_RDONLY); }

Result<void> sync_folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    return sync(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace runbookd::audit
