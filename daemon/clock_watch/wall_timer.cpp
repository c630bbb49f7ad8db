#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

#include "clock_watch/change_source.hpp"

namespace runbookd::clock_watch {
namespace {

Error kernel_error(const std::string& what) {
    return {ErrorCode::unavailable, what + ": " + std::system_category().message(errno)};
}

class WallTimer final : public ChangeSource {
public:
    explicit WallTimer(int descriptor) : descriptor_(descriptor) {}
    ~WallTimer() override { ::close(descriptor_); }
    WallTimer(const WallTimer&) = delete;
    WallTimer& operator=(const WallTimer&) = delete;

    [[nodiscard]] int descriptor() const override { return descriptor_; }

    [[nodiscard]] Result<bool> has_changed() override {
        std::uint64_t expirations = 0;
        const auto size = ::read(descriptor_, &expirations, sizeof expirations);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
        if (size < 0 && errno != ECANCELED)
            return tl::unexpected(kernel_error("the timer on the wall clock cannot be read"));
        return arm().map([] { return true; });
    }

    [[nodiscard]] Result<void> arm() const {
        itimerspec far_ahead{};
        far_ahead.it_value.tv_sec =
            std::numeric_limits<time_t>::max();  // the kernel takes it for its last instant
        const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        // ECANCELED: armed, and the clock was set just before, which the caller takes to be so anyway.
        if (::timerfd_settime(descriptor_, flags, &far_ahead, nullptr) != 0 && errno != ECANCELED)
            return tl::unexpected(kernel_error("a timer on the wall clock cannot be set"));
        return {};
    }

private:
    int descriptor_;
};

}  // namespace

Result<std::unique_ptr<ChangeSource>> open_wall_timer() {
    const int descriptor = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (descriptor < 0) return tl::unexpected(kernel_error("the kernel gives no timer on the wall clock"));
    auto timer = std::make_unique<WallTimer>(descriptor);
    if (const auto armed = timer->arm(); !armed) return tl::unexpected(armed.error());
    return timer;
}

}  // namespace runbookd::clock_watch
