#include "clock_watch/kernel_clock.hpp"

#include <sys/timex.h>

namespace runbookd::clock_watch {

KernelSync KernelClock::look() {
    timex asked{};  // no modes: it is read and not changed
    const int state = ::adjtimex(&asked);
    const bool is_synchronised = state >= 0 && state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
    was_synchronised_ = was_synchronised_ || is_synchronised;
    return {is_synchronised, was_synchronised_};
}

}  // namespace runbookd::clock_watch
