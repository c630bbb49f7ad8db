#pragma once
// Whether the kernel holds its wall clock for right (adjtimex(2)).
#include "base/clock.hpp"

namespace runbookd::clock_watch {

/// Time services (chrony, systemd-timesyncd, ntpd) tell the kernel that they keep the clock; the kernel
/// withdraws it when the clock is set, and by itself when it has not been told for long (an estimated error
/// above 16 s). Where nobody tells it, or it may not be asked, the clock is never synchronised.
class KernelClock final : public SyncSource {
public:
    [[nodiscard]] KernelSync look() override;

private:
    bool was_synchronised_ = false;
};

}  // namespace runbookd::clock_watch
