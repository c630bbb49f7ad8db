#include "http_api/idempotency.hpp"

#include <algorithm>
#include <utility>

#include "http_api/errors.hpp"

namespace runbookd::http_api {
namespace {

std::string fingerprint_of(const Request& request) {
    std::string text;
    for (const auto& segment : request.path) text += "/" + segment;
    return text + "\n" + request.body;
}

boost::asio::awaitable<Response> carry_out(IdempotencyKeys& keys, Handler handler, Request request) {
    const auto earlier = keys.begin(request);
    if (earlier) co_return *earlier;
    auto answer = handler(request);
    const auto response = co_await std::move(answer);
    keys.finish(request, response);
    co_return response;
}

}  // namespace

Handler once(IdempotencyKeys& keys, Handler handler) {
    return [&keys, handler = std::move(handler)](Request request) {
        return carry_out(keys, handler, std::move(request));
    };
}

std::string IdempotencyKeys::name_of(const Request& request) {
    return request.actor + "\n" + request.idempotency_key;
}

std::optional<Response> IdempotencyKeys::begin(const Request& request) {
    if (request.idempotency_key.empty()) return std::nullopt;
    auto [entry, is_new] = entries_.try_emplace(name_of(request));
    if (is_new) {
        entry->second.fingerprint = fingerprint_of(request);
        order_.push_back(entry->first);
        trim();
        return std::nullopt;
    }
    if (entry->second.fingerprint != fingerprint_of(request))
        return error_response(409, "CONFLICT",
                              "this Idempotency-Key was used for a different request; use a new one");
    if (!entry->second.response)
        return error_response(
            409, "CONFLICT",
            "a request with this Idempotency-Key is under way, or its outcome is not known; look "
            "at the newest jobs before starting another");
    auto again = *entry->second.response;
    again.headers.emplace_back("Idempotency-Replayed", "true");
    return again;
}

void IdempotencyKeys::finish(const Request& request, const Response& response) {
    if (request.idempotency_key.empty()) return;
    const auto entry = entries_.find(name_of(request));
    if (entry == entries_.end()) return;
    if (response.status < 300) {
        entry->second.response = response;
        return;
    }
    order_.erase(std::find(order_.begin(), order_.end(), entry->first));
    entries_.erase(entry);
}

void IdempotencyKeys::trim() {
    while (order_.size() > kept_) {
        entries_.erase(order_.front());
        order_.pop_front();
    }
}

}  // namespace runbookd::http_api
