#pragma once
// Idempotency keys: a request that comes again with the same key gets the first one's reply, and nothing
// happens again.
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "sandbox/exchange.hpp"

namespace runbookd::sandbox {

class IdempotencyKeys {
public:
    static constexpr std::size_t kKept = 10'000;  ///< the newest keys; older ones are forgotten

    enum class Finding { fresh, replayed, conflict };
    struct Answer {
        Finding finding = Finding::fresh;
        Reply reply;  ///< of the first request, where it is replayed
    };
    /// What stands against carrying the request out: nothing where it has no key or a new one.
    [[nodiscard]] Answer look_up(const Request& request) const;
    /// Keeps the reply of a request that was carried out. One that was refused frees its key.
    void keep(const Request& request, const Reply& reply);

private:
    struct Kept {
        std::string fingerprint;  // everything that makes a request the same one
        Reply reply;
    };
    std::unordered_map<std::string, Kept> kept_;
    std::deque<std::string> order_;  // oldest first
};

}  // namespace runbookd::sandbox
