#pragma once
// Idempotency keys: a POST that is sent again with the same key gets the first one's answer and starts
// nothing. Held in memory, the newest 10,000: a key does not outlive the daemon. Loop thread only.
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "http_api/message.hpp"
#include "http_api/router.hpp"

namespace runbookd::http_api {

inline constexpr std::size_t kKeptKeys = 10'000;

class IdempotencyKeys {
public:
    explicit IdempotencyKeys(std::size_t kept = kKeptKeys) : kept_(kept) {}

    /// nullopt: the request is new (or has no key) and is to be carried out, then finish() follows with its
    /// answer. Otherwise what to answer: the first answer again (with `Idempotency-Replayed: true`), or
    /// CONFLICT 409 where the key stands for another request, or for one whose outcome is not known (yet).
    [[nodiscard]] std::optional<Response> begin(const Request& request);
    /// Keeps a success for later; a failure frees the key, because nothing was started.
    void finish(const Request& request, const Response& response);

private:
    struct Entry {
        std::string fingerprint;  // everything that makes a request the same one
        std::optional<Response> response;
    };
    static std::string name_of(const Request& request);
    void trim();

    std::size_t kept_;
    std::unordered_map<std::string, Entry> entries_;
    std::deque<std::string> order_;  // oldest first
};

/// The handler, carried out once for each key. `keys` outlives it.
[[nodiscard]] Handler once(IdempotencyKeys& keys, Handler handler);

}  // namespace runbookd::http_api
