#pragma once
// The OAuth side: tokens given for key and secret, and how long each lasts. (Datto RMM API v2: password
// grant, client "public-client" with the password "public", outside of /api.)
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"
#include "sandbox/exchange.hpp"

namespace runbookd::sandbox {

class Tokens {
public:
    Tokens(std::string key, std::string secret, Millis life);
    /// Answers the token call: 200 with a token, 401 for a wrong client, key or secret, 400 for another
    /// grant.
    [[nodiscard]] Reply grant(const Request& request, Instant now);
    /// Whether the Authorization header holds a token that is still good.
    [[nodiscard]] bool accept(std::string_view authorization, SteadyTime now) const;

private:
    std::string key_;
    std::string secret_;
    Millis life_;
    std::unordered_map<std::string, SteadyTime> good_until_;
    unsigned long long given_ = 0;
};

}  // namespace runbookd::sandbox
