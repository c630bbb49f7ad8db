#pragma once
// The address of an account's API, checked before anything is sent to it.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::config {

/// "https://host[:port]" without a slash at the end, from what was written. Plain http only to this machine
/// (127.0.0.0/8, ::1, localhost), because key and secret go there.
/// Errors: invalid_input, a sentence that says what is wrong.
[[nodiscard]] Result<std::string> check_base_url(std::string_view text);

}  // namespace runbookd::config
