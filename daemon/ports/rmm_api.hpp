#pragma once
// The door to Datto RMM, as the runtime needs it: one call, one HTTP request, one answer.
#include <boost/asio/awaitable.hpp>

#include "engine/api.hpp"

namespace runbookd::ports {

class RmmApi {
public:
    virtual ~RmmApi() = default;
    /// Fetches a token first where none is held (its request is not part of the budget). Never retries: what
    /// to do after a failure is the engine's decision. Bounded in time; cancellation ends it as `lost` or
    /// `not_sent`.
    virtual boost::asio::awaitable<engine::ApiResult> perform(engine::ApiCall call) = 0;
};

}  // namespace runbookd::ports
