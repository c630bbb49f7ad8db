#pragma once
// The requests of the seed's shape that differ from the real API's, and which of its calls there are.
#include "base/result.hpp"
#include "datto/http.hpp"
#include "engine/api.hpp"
#include "secrets/vault.hpp"

namespace runbookd::datto {

/// A create carries the token of its job's name as Idempotency-Key: sent again, it is the same one. Lists,
/// the request rate and the activity log are asked for as in the real API; there are no filters and no
/// alerts. Errors: as Dialect::request.
[[nodiscard]] Result<Request> build_seed_request(const BaseUrl& base, const engine::ApiCall& call,
                                                 const secrets::Vault& vault);

}  // namespace runbookd::datto
