#pragma once
// One request in, one reply out: faults, the token, the limits, then the route. No sockets; time is an
// argument.
#include "base/time.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/json_lines.hpp"
#include "sandbox/rate_window.hpp"
#include "sandbox/routes.hpp"
#include "sandbox/tokens.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

class Api {
public:
    /// Both outlive this. Key, secret, limits and faults are those of the world's fleet.
    Api(World& world, AccessLog& access_log);

    /// `now` is the arrival. Whatever the request does has happened, and is in ledger and access log, on
    /// return.
    [[nodiscard]] Reply handle(const Request& request, Instant now);

private:
    Reply answer(const Request& request, const Match& match, Instant now);
    Reply answer_api(const Request& request, const Match& match, Instant now);
    Reply answer_with(const Fault& fault, const Request& request, const Match& match, Instant now);
    Reply control(const Request& request, Instant now);
    Reply refuse_for_pace(const Request& request, Instant now);
    Reply blocked_reply(const Request& request, Instant now) const;
    Pace count(const Request& request, const Match& match, SteadyTime now);

    World& world_;
    AccessLog& access_log_;
    RateLimits limits_;
    Tokens tokens_;
    Faults faults_;
    RateWindow over_limit_{std::nullopt};  // calls that were refused for their number
    SteadyTime blocked_until_ = SteadyTime::min();
};

}  // namespace runbookd::sandbox
