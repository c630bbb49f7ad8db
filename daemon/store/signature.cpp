#include "store/signature.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <stdexcept>

#include "base/sha256.hpp"

namespace runbookd::store {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

using Key = std::shared_ptr<EVP_PKEY>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

template <std::size_t size>
std::string hex_of(const std::array<unsigned char, size>& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const auto byte : bytes) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 0x0FU];
    }
    return hex;
}

template <std::size_t size>
std::optional<std::array<unsigned char, size>> bytes_of(std::string_view hex) {
    std::array<unsigned char, size> bytes{};
    if (hex.size() != 2 * size) return std::nullopt;
    for (std::size_t i = 0; i < size; ++i) {
        const auto* const first = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(first, first + 2, bytes[i], 16);
        if (error != std::errc{} || end != first + 2) return std::nullopt;
    }
    return bytes;
}

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// No pass phrase is ever asked for on a terminal.
int no_pass_phrase(char*, int, int, void*) { return 0; }

Key key_from(const std::string& pem, bool is_private) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    if (!bio) return {};
    auto* key = is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr)
                           : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_pass_phrase, nullptr);
    Key owned(key, &EVP_PKEY_free);
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return {};
    return owned;
}

std::string public_key_of(const EVP_PKEY* key) {
    std::array<unsigned char, kKeyBytes> bytes{};
    auto size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) != 1 || size != bytes.size())
        throw std::runtime_error("OpenSSL cannot tell the public key of an Ed25519 key");
    return hex_of(bytes);
}

}  // namespace

Result<SigningKey> SigningKey::from_pem(const std::string& pem) {
    auto key = key_from(pem, true);
    if (!key)
        return fail(ErrorCode::invalid_input,
                    "it is not an Ed25519 private key in PEM form without a pass phrase; `openssl genpkey "
                    "-algorithm ed25519` makes one");
    auto public_key = public_key_of(key.get());
    return SigningKey(std::move(key), std::move(public_key));
}

std::string SigningKey::sign(std::string_view bytes) const {
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, kSignatureBytes> signature{};
    auto size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, raw(bytes), bytes.size()) != 1 ||
        size != signature.size())
        throw std::runtime_error("OpenSSL cannot sign a checkpoint of the audit trail");
    return hex_of(signature);
}

Result<std::string> public_key_from_pem(const std::string& pem) {
    auto key = key_from(pem, false);
    if (!key)
        return fail(ErrorCode::invalid_input,
                    "it is not an Ed25519 public key in PEM form; `openssl pkey -in KEY -pubout` writes one");
    return public_key_of(key.get());
}

std::string key_id_of(const std::string& public_key) {
    constexpr std::size_t kDigits = 16;
    return sha256_hex(public_key).substr(0, kDigits);
}

bool is_signed_by(const std::string& public_key, std::string_view bytes, const std::string& signature) {
    const auto key_bytes = bytes_of<kKeyBytes>(public_key);
    const auto signature_bytes = bytes_of<kSignatureBytes>(signature);
    if (!key_bytes || !signature_bytes) return false;
    const Key key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_bytes->data(), key_bytes->size()),
        &EVP_PKEY_free);
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature_bytes->data(), signature_bytes->size(), raw(bytes),
                            bytes.size()) == 1;
}

}  // namespace runbookd::store
