#include "base/sha256.hpp"

#include <cassert>
#include <charconv>
#include <stdexcept>

#include "base/digest.hpp"

namespace runbookd {

Sha256 sha256(std::string_view bytes) {
    thread_local Digest digest;
    digest.add(bytes);
    return digest.finish();
}

std::string to_hex(const Sha256& hash) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * hash.size());
    for (const auto byte : hash) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 0x0FU];
    }
    return hex;
}

Sha256 sha256_from_hex(std::string_view hex) {
    Sha256 hash{};
    if (hex.size() != 2 * hash.size()) throw std::invalid_argument("not a SHA-256 in hex");
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const auto* const first = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(first, first + 2, hash[i], 16);
        if (error != std::errc{} || end != first + 2) throw std::invalid_argument("not a SHA-256 in hex");
    }
    return hash;
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::uint64_t hash_modulo(std::string_view scope, std::string_view key, std::uint64_t range) {
    assert(range > 0);
    std::string text;
    text.reserve(scope.size() + 1 + key.size());
    text.append(scope).append(1, '\0').append(key);
    const auto hash = sha256(text);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8U | hash[i];
    return number % range;
}

}  // namespace runbookd
