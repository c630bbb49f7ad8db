#pragma once
// SHA-256, and the choice that runbookd derives from it: jitter, `H` fields, waves and ramps.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace runbookd {

[[nodiscard]] std::array<std::byte, 32> sha256(std::span<const std::byte> bytes);
/// 64 lower-case letters and digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// A number in [0, range), the same for ever for the same `scope` (such as a runbook's name) and `key`: the
/// first 8 bytes of SHA-256(scope ␀ key) as a big-endian integer, modulo `range` (1 or more).
[[nodiscard]] std::uint64_t hash_modulo(std::string_view scope, std::string_view key, std::uint64_t range);

}  // namespace runbookd
