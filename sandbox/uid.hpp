#pragma once
// Stable pseudo-randomness: uids and shares that depend on names only, so that a sandbox started twice is the
// same one.
#include <cstdint>
#include <string>
#include <string_view>

namespace runbookd::sandbox {

/// The first 8 bytes of SHA-256(text), big-endian.
[[nodiscard]] std::uint64_t hash64(std::string_view text);

/// The first 16 bytes of SHA-256(kind, NUL, name) written as a GUID.
[[nodiscard]] std::string guid_of(std::string_view kind, std::string_view name);

/// A number that looks random and depends on its two arguments only (the finaliser of splitmix64).
[[nodiscard]] std::uint64_t scramble(std::uint64_t number, std::uint64_t salt);

/// The same as a fraction in [0, 1).
[[nodiscard]] double fraction(std::uint64_t scrambled);

}  // namespace runbookd::sandbox
