#pragma once
// Bytes from outside as text that is safe to store as TEXT and to print.
#include <string>
#include <string_view>

namespace runbookd::store {

/// `bytes` as valid UTF-8: every byte that is not part of a well-formed character (RFC 3629: no surrogates,
/// no overlong forms) becomes U+FFFD, and NUL, at which SQLite's functions and C programs stop reading,
/// becomes U+2400. Text that needs neither comes back unchanged.
[[nodiscard]] std::string visible_text(std::string_view bytes);

}  // namespace runbookd::store
