#pragma once
// Takes secrets out of what the API says, before anybody else sees it.
#include "engine/api.hpp"
#include "secrets/vault.hpp"

namespace runbookd::datto {

/// Outputs, above all, whole: they are hashed and cut later. What a device or a site is called stays, because
/// selectors compare it; it is redacted where it is written or shown.
void redact(engine::ApiReply& reply, const secrets::Vault& vault);

}  // namespace runbookd::datto
