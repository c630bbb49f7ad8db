#pragma once
// The OAuth side: tokens given for key and secret, and how long each lasts. (Datto RMM API v2: password
// grant, client "public-client" with the password "public", outside of /api.)
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/time.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/fleet.hpp"
#include "sandbox/rate_window.hpp"

namespace runbookd::sandbox {

class Tokens {
public:
    /// Key, secret, life and the rest are those of `fleet`, which outlives this.
    explicit Tokens(const Fleet& fleet);
    /// Answers the token call: 200 with a token, 401 for a wrong client, key or secret (or as the fleet
    /// says), 400 for another grant; the fleet's refusal over a limit where it limits these calls too.
    [[nodiscard]] Reply grant(const Request& request, Instant now);
    /// Whether the Authorization header holds a token that is still good.
    [[nodiscard]] bool accept(std::string_view authorization, SteadyTime now) const;

private:
    [[nodiscard]] Reply give(Instant now);
    [[nodiscard]] Reply refuse(const char* description) const;

    const Fleet& fleet_;
    RateWindow calls_;
    std::unordered_map<std::string, SteadyTime> good_until_;
    std::unordered_set<std::string> refresh_tokens_;
    unsigned long long given_ = 0;
};

}  // namespace runbookd::sandbox
