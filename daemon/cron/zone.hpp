#pragma once
// A time zone as the core sees it: which offset holds at an instant, and until when. No look-up here:
// the config room makes zones from names, so that cron stays pure.
#include <chrono>
#include <string>

#include "base/time.hpp"

namespace runbookd::cron {

/// A stretch of time with one offset from UTC: [begin, end).
struct ZoneInterval {
    UtcTime begin{};
    UtcTime end{};
    std::chrono::seconds offset{};  ///< local time − UTC
};

class Zone {
public:
    virtual ~Zone() = default;
    /// The IANA name, such as "Europe/Berlin".
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// The interval that contains `at`. Total: the first reaches to the far past, the last to the far future.
    [[nodiscard]] virtual ZoneInterval at(UtcTime at) const = 0;
    /// Names the rules themselves, which change while the name stays: SHA-256 (lower hex) of the zone's TZif
    /// file. Empty where the rules cannot change (UTC).
    [[nodiscard]] virtual const std::string& digest() const;
};

/// UTC, which needs no look-up.
[[nodiscard]] const Zone& utc_zone();

}  // namespace runbookd::cron
