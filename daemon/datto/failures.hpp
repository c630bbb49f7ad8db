#pragma once
// What a failed call means: the one table from statuses and bodies to the engine's FailureKind (reference, 6
// and 7).
#include <cstdint>
#include <span>
#include <string>

#include "datto/http.hpp"
#include "engine/api.hpp"

namespace runbookd::datto {

/// Whether the account was throttled a short while ago: then a 403 is the block that follows.
enum class ThrottleMemory : std::uint8_t { calm, recently_throttled };

/// Of an answer whose status is not 2xx. `doing` opens the message; `secrets` are cut out of it.
[[nodiscard]] engine::ApiFailure classify_answer(const Response& answer, std::string_view doing,
                                                 ThrottleMemory memory, UtcTime now,
                                                 std::span<const std::string> secrets);

/// Of an answer to the token call that gave no token. The call itself has not been sent.
[[nodiscard]] engine::ApiFailure classify_token_answer(const Response& answer, ThrottleMemory memory,
                                                       UtcTime now, std::span<const std::string> secrets);

/// Of a request that got no whole answer.
[[nodiscard]] engine::ApiFailure classify_transport(const TransportFailure& failure, std::string_view doing);

/// What an error body says, in its several shapes (JSON, text, HTML, nothing): one line of printable text,
/// bounded, with every one of `secrets` replaced.
[[nodiscard]] std::string error_text(const Response& answer, std::span<const std::string> secrets);

}  // namespace runbookd::datto
