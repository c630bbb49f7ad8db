#pragma once
// SHA-256 in pieces, over one context that is used again: much cheaper than one call for each short text.
#include <memory>
#include <string_view>

#include "base/sha256.hpp"

struct evp_md_ctx_st;

namespace runbookd {

/// Failures of OpenSSL are std::runtime_error.
class Digest {
public:
    Digest();
    void add(std::string_view bytes);
    /// The hash of what was added since the last one.
    [[nodiscard]] Sha256 finish();

private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace runbookd
