#pragma once
// The door to `verify`: the HTTP room asks, the runtime computes.
#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "verify/report.hpp"

namespace runbookd::ports {

class Verification {
public:
    virtual ~Verification() = default;
    /// Computes every instant after `since` (none: of the whole record, as far as retention has left it)
    /// until now again, and matches it with the record. Takes its time, and none of the loop's. Errors:
    /// unavailable.
    virtual boost::asio::awaitable<Result<verify::Report>> verify(std::optional<UtcTime> since) = 0;
};

}  // namespace runbookd::ports
