#include "sandbox/tokens.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
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

Tokens::Tokens(const Fleet& fleet) : fleet_(fleet), calls_(fleet.unknowns.token.per_minute) {}

Reply Tokens::grant(const Request& request, Instant now) {
    if (calls_.count(now.steady) == Pace::refused)
        return refusal_reply(fleet_.unknowns.over_limit, request, now, kRateWindow);
    if (request.authorization != kClient)
        return refusal(401, "unauthorized", "Full authentication is required");
    auto form = request.content_type.rfind(kForm, 0) == 0 ? parse_form(request.body) : Form{};
    const bool refreshes = form["grant_type"] == "refresh_token" && fleet_.unknowns.token.refresh_token;
    if (form["grant_type"] != "password" && !refreshes)
        return refusal(400, "unsupported_grant_type", "Unsupported grant type");
    if (refreshes) {
        if (refresh_tokens_.erase(form["refresh_token"]) == 0) return refuse("Invalid refresh token");
        return give(now);
    }
    if (form["username"] != fleet_.key || form["password"] != fleet_.secret) return refuse("Bad credentials");
    return give(now);
}

Reply Tokens::refuse(const char* description) const {
    const int status = fleet_.unknowns.token.refused;
    return refusal(status, status == 401 ? "unauthorized" : "invalid_grant", description);
}

Reply Tokens::give(Instant now) {
    std::erase_if(good_until_, [&](const auto& token) { return token.second <= now.steady; });
    const auto number =
        std::to_string(++given_) + ' ' + std::to_string(to_unix_ms(now.utc)) + ' ' + fleet_.secret;
    auto token = guid_of("access token", number) + guid_of("token signature", number);
    nlohmann::json body = {
        {"access_token", token},
        {"token_type", "bearer"},
        {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(fleet_.token_life).count()},
        {"scope", "read write"},
        {"jti", guid_of("jti", number)}};
    if (fleet_.unknowns.token.refresh_token)
        body["refresh_token"] = *refresh_tokens_.insert(guid_of("refresh token", number)).first;
    good_until_.emplace(std::move(token), now.steady + fleet_.token_life);
    return json_reply(blemished(fleet_.blemishes, "token", number, std::move(body)));
}

bool Tokens::accept(std::string_view authorization, SteadyTime now) const {
    if (authorization.rfind(kBearer, 0) != 0) return false;
    const auto found = good_until_.find(std::string(authorization.substr(kBearer.size())));
    return found != good_until_.end() && now < found->second;
}

}  // namespace runbookd::sandbox
