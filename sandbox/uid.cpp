#include "sandbox/uid.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace runbookd::sandbox {
namespace {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view text) {
    Digest digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL cannot compute SHA-256");
    }
    return digest;
}

}  // namespace

std::uint64_t hash64(std::string_view text) {
    const auto digest = sha256(text);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
    return number;
}

std::string guid_of(std::string_view kind, std::string_view name) {
    std::string text(kind);
    text += '\0';
    text += name;
    const auto digest = sha256(text);
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string guid;
    guid.reserve(36);
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) guid += '-';
        guid += kHex[digest[i] >> 4];
        guid += kHex[digest[i] & 15U];
    }
    return guid;
}

std::uint64_t scramble(std::uint64_t number, std::uint64_t salt) {
    auto z = number * 0x9e3779b97f4a7c15U + salt * 0xd1b54a32d192ed03U + 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

double fraction(std::uint64_t scrambled) { return static_cast<double>(scrambled >> 11) * 0x1.0p-53; }

}  // namespace runbookd::sandbox
