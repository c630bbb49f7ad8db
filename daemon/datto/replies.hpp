#pragma once
// Bodies of the real API's successful answers, read into the engine's words. Pure, and lenient as the
// reference's section 2.3 asks: a null where a value was due is an absent value; entries without a uid are
// left out, for nothing can be done with them.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "datto/http.hpp"
#include "engine/api.hpp"

namespace runbookd::datto {

/// The answer to `call`, which was asked at `target`. Lists: see read_list. An object may also come as the
/// only entry of a list. Errors: unavailable where the body is not what the call answers with (HTML, cut
/// JSON, no job uid), or where its next page leaves the account's address.
[[nodiscard]] Result<engine::ApiReply> read_reply(const BaseUrl& base, const engine::ApiCall& call,
                                                  const std::string& target, const std::string& body);

/// Whether the text can be a bearer token: there is one, and it fits a header.
[[nodiscard]] bool is_usable_token(std::string_view text);

struct Token {
    std::string text;
    Millis life{};  ///< from the moment of the answer
};
/// Errors: unavailable where the body holds no usable access_token, as during a platform release
/// (reference, 1.3).
[[nodiscard]] Result<Token> read_token(const std::string& body);

}  // namespace runbookd::datto
