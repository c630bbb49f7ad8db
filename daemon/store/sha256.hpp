#pragma once
// SHA-256, as bytes and as lower-case hex.
#include <array>
#include <string>
#include <string_view>

namespace runbookd::store {

using Sha256 = std::array<unsigned char, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
/// 64 lower-case letters and digits.
[[nodiscard]] std::string to_hex(const Sha256& hash);
/// The reverse of to_hex; anything else is a mistake (std::invalid_argument).
[[nodiscard]] Sha256 sha256_from_hex(std::string_view hex);

}  // namespace runbookd::store
