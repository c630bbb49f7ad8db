#pragma once
// Ed25519: the key that signs checkpoints of the audit trail, and the check of what it signed.
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct evp_pkey_st;

namespace runbookd::store {

class SigningKey {
public:
    /// A private key as `openssl genpkey -algorithm ed25519` writes it. Errors: invalid_input, without a word
    /// of the text.
    [[nodiscard]] static Result<SigningKey> from_pem(const std::string& pem);

    /// The 64 bytes of the signature, in hex.
    [[nodiscard]] std::string sign(std::string_view bytes) const;
    /// The 32 bytes of the public key, in hex.
    [[nodiscard]] const std::string& public_key() const { return public_key_; }

private:
    SigningKey(std::shared_ptr<evp_pkey_st> key, std::string public_key)
        : key_(std::move(key)), public_key_(std::move(public_key)) {}

    std::shared_ptr<evp_pkey_st> key_;
    std::string public_key_;
};

/// The public key, in hex, of a PEM text that holds it (`openssl pkey -pubout`). Errors: invalid_input.
[[nodiscard]] Result<std::string> public_key_from_pem(const std::string& pem);

/// A short name of a public key (in hex): the first 16 digits of its SHA-256.
[[nodiscard]] std::string key_id_of(const std::string& public_key);

/// Whether `signature` is that of `bytes` by the owner of `public_key`, both in hex. What is no key or no
/// signature is false.
[[nodiscard]] bool is_signed_by(const std::string& public_key, std::string_view bytes,
                                const std::string& signature);

}  // namespace runbookd::store
