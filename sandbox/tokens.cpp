#include "sandbox/tokens.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "sandbox/call.hpp"
#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

constexpr std::string_view kClient = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";  // public-client:public
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kBearer = "Bearer ";

Reply refusal(int status, const char* error, const char* description) {
    auto reply = json_reply({{"error", error}, {"error_description", description}});
    reply.status = status;
    return reply;
}

}  // namespace

Tokens::Tokens(std::string key, std::string secret, Millis life)
    : key_(std::move(key)), secret_(std::move(secret)), life_(life) {}

Reply Tokens::grant(const Request& request, Instant now) {
    if (request.authorization != kClient)
        return refusal(401, "unauthorized", "Full authentication is required");
    auto form = request.content_type.rfind(kForm, 0) == 0 ? parse_form(request.body) : Form{};
    if (form["grant_type"] != "password")
        return refusal(400, "unsupported_grant_type", "Unsupported grant type");
    if (form["username"] != key_ || form["password"] != secret_)
        return refusal(401, "unauthorized", "Bad credentials");

    std::erase_if(good_until_, [&](const auto& token) { return token.second <= now.steady; });
    const auto number = std::to_string(++given_) + ' ' + std::to_string(to_unix_ms(now.utc)) + ' ' + secret_;
    auto token = guid_of("access token", number) + guid_of("token signature", number);
    const auto body =
        nlohmann::json{{"access_token", token},
                       {"token_type", "bearer"},
                       {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(life_).count()},
                       {"scope", "read write"},
                       {"jti", guid_of("jti", number)}};
    good_until_.emplace(std::move(token), now.steady + life_);
    return json_reply(body);
}

bool Tokens::accept(std::string_view authorization, SteadyTime now) const {
    if (authorization.rfind(kBearer, 0) != 0) return false;
    const auto found = good_until_.find(std::string(authorization.substr(kBearer.size())));
    return found != good_until_.end() && now < found->second;
}

}  // namespace runbookd::sandbox
