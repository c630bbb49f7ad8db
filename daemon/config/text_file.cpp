#include "config/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace runbookd::config {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

tl::unexpected<Error> system_failure(int number) {
    const auto why = std::generic_category().message(number);
    if (number == ENOENT || number == ENOTDIR) return fail(ErrorCode::not_found, "does not exist");
    if (number == EACCES || number == EPERM) return fail(ErrorCode::permission, "cannot be read: " + why);
    return fail(ErrorCode::unavailable, "cannot be read: " + why);
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t most_bytes) {
    // O_NONBLOCK: opening a pipe without a writer would wait for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return system_failure(errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return system_failure(errno);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::invalid_input, "is not a regular file");

    std::string text;
    char block[16384];
    for (;;) {
        const auto count = ::read(file.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_failure(errno);
        if (count == 0) return text;
        text.append(block, static_cast<std::size_t>(count));
        if (text.size() > most_bytes) {
            return fail(ErrorCode::invalid_input, "is larger than " + std::to_string(most_bytes) + " bytes");
        }
    }
}

bool is_readable_by_others(const std::filesystem::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace runbookd::config
