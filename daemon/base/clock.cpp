#include "base/clock.hpp"

namespace runbookd {

Instant SystemClock::now() const {
    return {std::chrono::floor<Millis>(std::chrono::system_clock::now()),
            std::chrono::floor<Millis>(std::chrono::steady_clock::now())};
}

}  // namespace runbookd
