#pragma once
// The door to time. Only clock.cpp reads the real clocks; everything else is handed an Instant or a Clock.
#include "base/time.hpp"

namespace runbookd {

class Clock {
public:
    virtual ~Clock() = default;
    /// Both clocks, read together.
    [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
};

}  // namespace runbookd
