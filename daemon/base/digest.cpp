#include "base/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace runbookd {
namespace {

void require(bool fine) {
    if (!fine) throw std::runtime_error("OpenSSL cannot compute SHA-256 on this machine");
}

}  // namespace

Digest::Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    require(context_ && EVP_DigestInit_ex2(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Digest::add(std::string_view bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Digest::finish() {
    Sha256 hash{};
    unsigned int size = 0;
    require(EVP_DigestFinal_ex(context_.get(), hash.data(), &size) == 1 && size == hash.size());
    // Without a type: the one before, which OpenSSL need not look up again.
    require(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
    return hash;
}

}  // namespace runbookd
