#pragma once
// SHA-256, and the choice that runbookd derives from it: jitter, `H` fields, waves and ramps.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbookd {

using Sha256 = std::array<unsigned char, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
/// 64 lower-case letters and digits.
[[nodiscard]] std::string to_hex(const Sha256& hash);
/// The reverse of to_hex; anything else is a mistake (std::invalid_argument).
[[nodiscard]] Sha256 sha256_from_hex(std::string_view hex);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// A number in [0, range), the same for ever for the same `scope` (such as a runbook's name) and `key`: the
/// first 8 bytes of SHA-256(scope ␀ key) as a big-endian integer, modulo `range` (1 or more).
[[nodiscard]] std::uint64_t hash_modulo(std::string_view scope, std::string_view key, std::uint64_t range);

}  // namespace runbookd
