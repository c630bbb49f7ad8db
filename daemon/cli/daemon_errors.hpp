#pragma once
// From what went wrong at the socket, or what the daemon said, to an Error that says what to do.
#include <string>

#include "base/error.hpp"

namespace runbookd::cli {

/// `number` is the errno of a failed connect.
[[nodiscard]] Error connect_error(const std::string& socket, int number);
/// An answer that is not 2xx; its body should be {"errorCode", "message", "details"}.
[[nodiscard]] Error told_error(unsigned status, const std::string& body);

}  // namespace runbookd::cli
