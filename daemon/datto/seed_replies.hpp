#pragma once
// The answers of the seed's shape that differ from the real API's. A job is one object, with its result, its
// exit code and its outputs (reference, 8).
#include <string>

#include "base/result.hpp"
#include "datto/http.hpp"
#include "engine/api.hpp"

namespace runbookd::datto {

/// Errors: as Dialect::reply.
[[nodiscard]] Result<engine::ApiReply> read_seed_reply(const BaseUrl& base, const engine::ApiCall& call,
                                                       const std::string& target, const std::string& body);

/// Whether the body of a 409 to a create tells that it was refused for what it asks: a rule that stands
/// against it, or a device that runs no components. Any other conflict is about its Idempotency-Key, and says
/// nothing of what became of the first.
[[nodiscard]] bool is_refused_create(const std::string& body);

}  // namespace runbookd::datto
