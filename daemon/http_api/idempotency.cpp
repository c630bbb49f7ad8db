#include "http_api/idempotency.hpp"

#include <algorithm>
#include <utility>

#include "base/sha256.hpp"
#include "http_api/errors.hpp"

namespace runbookd::http_api {
namespace {

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

std::string fingerprint_of(const Request& request) {
    std::string text;
    for (const auto& segment : request.path) text += "/" + segment;
    return sha256_hex(text + "\n" + request.body);
}

Response key_of_another_request() {
    return error_response(409, "CONFLICT",
                          "this Idempotency-Key was used for a different request; use a new one");
}

Response replayed(Response response) {
    response.headers.emplace_back("Idempotency-Replayed", "true");
    return response;
}

std::string IdempotencyKeys::name_of(const Request& request) {
    return request.actor + "\n" + request.idempotency_key;
}

std::optional<Response> IdempotencyKeys::begin(const Request& request) {
    if (request.idempotency_key.empty()) return std::nullopt;
    auto [place, is_new] = entries_.try_emplace(name_of(request));
    auto& entry = place->second;
    if (is_new) {
        entry.fingerprint = fingerprint_of(request);
        order_.push_back(place->first);
        trim();
        return std::nullopt;
    }
    if (entry.fingerprint != fingerprint_of(request)) return key_of_another_request();
    if (entry.state == State::answered) return replayed(entry.response);
    if (entry.state == State::under_way)
        return error_response(409, "CONFLICT", "a request with this Idempotency-Key is under way");
    entry.state = State::under_way;
    entry.was_in_doubt = true;
    return std::nullopt;
}

bool IdempotencyKeys::was_in_doubt(const Request& request) const {
    const auto entry = entries_.find(name_of(request));
    return entry != entries_.end() && entry->second.was_in_doubt;
}

void IdempotencyKeys::finish(const Request& request, const Response& response) {
    if (request.idempotency_key.empty()) return;
    const auto entry = entries_.find(name_of(request));
    if (entry == entries_.end()) return;
    if (response.status < 300) {
        entry->second.state = State::answered;
        entry->second.response = response;
        return;
    }
    order_.erase(std::find(order_.begin(), order_.end(), entry->first));
    entries_.erase(entry);
}

void IdempotencyKeys::doubt(const Request& request) {
    const auto entry = entries_.find(name_of(request));
    if (entry != entries_.end()) entry->second.state = State::in_doubt;
}

void IdempotencyKeys::trim() {
    while (order_.size() > kept_) {
        entries_.erase(order_.front());
        order_.pop_front();
    }
}

}  // namespace runbookd::http_api
