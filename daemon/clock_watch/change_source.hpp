#pragma once
// Where news of a changed wall clock come from: a descriptor to wait for, and a look at what it has to say.
#include <memory>

#include "base/result.hpp"

namespace runbookd::clock_watch {

class ChangeSource {
public:
    virtual ~ChangeSource() = default;
    /// Readable when there may be news. Belongs to the source.
    [[nodiscard]] virtual int descriptor() const = 0;
    /// Whether the clock was set, or the machine suspended, since the last look. Never blocks.
    /// Errors: unavailable; it will have no news any more.
    [[nodiscard]] virtual Result<bool> has_changed() = 0;
};

/// A timerfd on the wall clock, so far ahead that it never expires: the kernel cancels it when the clock is
/// set and when the machine resumes (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET; Linux 3.0). Slewing goes
/// unnoticed. Errors: unavailable, where the kernel or a sandbox has none.
[[nodiscard]] Result<std::unique_ptr<ChangeSource>> open_wall_timer();

}  // namespace runbookd::clock_watch
