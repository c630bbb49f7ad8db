#pragma once
// One request in, one reply out: faults, the token, the limits, then the route. No sockets; time is an
// argument.
#include "base/time.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/idempotency.hpp"
#include "sandbox/json_lines.hpp"
#include "sandbox/rate_window.hpp"
#include "sandbox/routes.hpp"
#include "sandbox/tokens.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

class Api {
public:
    /// All three outlive this. Tokens, limits and faults are those of the world's fleet.
    Api(World& world, AccessLog& access_log, TrafficLog& traffic);

    /// `now` is the arrival. Whatever the request does has happened, and is in ledger, access log and traffic
    /// file, on return.
    [[nodiscard]] Reply handle(const Request& request, Instant now);

private:
    /// One request, and where it leads.
    struct Arrival {
        const Request& request;
        Dialect dialect;
        Match match;
        Instant now;
    };
    [[nodiscard]] Dialect dialect_of(const Request& request) const;
    [[nodiscard]] bool may_enter(const Arrival& arrival) const;
    Reply answer(const Arrival& arrival);
    Reply answer_api(const Arrival& arrival);
    Reply answer_with(const Fault& fault, const Arrival& arrival);
    Reply answer_without_effect(const Fault& fault, const Arrival& arrival);
    Reply control(const Request& request, Instant now);
    [[nodiscard]] Reply refuse(int status, const Arrival& arrival) const;
    [[nodiscard]] Reply refuse_over_limit(const Arrival& arrival) const;
    [[nodiscard]] Reply refuse_blocked(const Arrival& arrival) const;
    Pace count(const Arrival& arrival);
    /// Whether one more call over a limit is one too many.
    bool blocks(SteadyTime now);

    World& world_;
    AccessLog& access_log_;
    TrafficLog& traffic_;
    RateLimits limits_;
    Tokens tokens_;
    Faults faults_;
    IdempotencyKeys keys_;
    RateWindow over_limit_{std::nullopt};  // calls that were refused for their number
    SteadyTime blocked_until_ = SteadyTime::min();
};

}  // namespace runbookd::sandbox
