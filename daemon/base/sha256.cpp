#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <stdexcept>

namespace runbookd {

std::array<std::byte, 32> sha256(std::span<const std::byte> bytes) {
    std::array<unsigned char, 32> hash{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1 ||
        size != hash.size()) {
        throw std::runtime_error("OpenSSL cannot compute SHA-256 on this machine");
    }
    std::array<std::byte, 32> result{};
    for (std::size_t i = 0; i < hash.size(); ++i) result[i] = std::byte{hash[i]};
    return result;
}

std::string sha256_hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(64);
    for (const auto byte : sha256(std::as_bytes(std::span(bytes)))) {
        hex += kDigits[std::to_integer<std::size_t>(byte >> 4U)];
        hex += kDigits[std::to_integer<std::size_t>(byte & std::byte{0x0F})];
    }
    return hex;
}

std::uint64_t hash_modulo(std::string_view scope, std::string_view key, std::uint64_t range) {
    assert(range > 0);
    std::string text;
    text.reserve(scope.size() + 1 + key.size());
    text.append(scope).append(1, '\0').append(key);
    const auto hash = sha256(std::as_bytes(std::span(text)));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8U | std::to_integer<std::uint64_t>(hash[i]);
    return number % range;
}

}  // namespace runbookd
