#pragma once
// The requests of the real API, from the engine's calls. Pure; paths and bodies as in reference 1.2, 3 and 4.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "datto/http.hpp"
#include "engine/api.hpp"
#include "secrets/vault.hpp"

namespace runbookd::datto {

/// The API's default and maximum (reference, 2.1).
inline constexpr std::string_view kPageSize = "250";

/// Here the secrets of a create get their values: its body holds them, and is never to be shown. Errors:
/// invalid_input for an empty uid, and for a cursor that leaves the account's address; what the vault says of
/// a secret. Nothing was sent then.
[[nodiscard]] Result<Request> build_request(const BaseUrl& base, const engine::ApiCall& call,
                                            const secrets::Vault& vault);

/// The password grant. Its body holds key and secret: never to be shown.
[[nodiscard]] Request token_request(const BaseUrl& base, const std::string& key, const std::string& secret);

/// What the call does, for messages: "creating the quick job", "reading the sites".
[[nodiscard]] std::string_view describe(const engine::ApiCall& call);

}  // namespace runbookd::datto
