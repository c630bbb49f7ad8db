#include "sandbox/idempotency.hpp"

namespace runbookd::sandbox {
namespace {

std::string fingerprint_of(const Request& request) {
    return request.method + ' ' + request.path + '?' + request.query + '\n' + request.body;
}

}  // namespace

IdempotencyKeys::Answer IdempotencyKeys::look_up(const Request& request) const {
    const auto found = kept_.find(request.idempotency_key);
    if (request.idempotency_key.empty() || found == kept_.end()) return {};
    if (found->second.fingerprint != fingerprint_of(request)) return {Finding::conflict, {}};
    return {Finding::replayed, found->second.reply};
}

void IdempotencyKeys::keep(const Request& request, const Reply& reply) {
    if (request.idempotency_key.empty() || reply.status >= 400) return;
    kept_[request.idempotency_key] = Kept{fingerprint_of(request), reply};
    order_.push_back(request.idempotency_key);
    if (order_.size() <= kKept) return;
    kept_.erase(order_.front());
    order_.pop_front();
}

}  // namespace runbookd::sandbox
