#pragma once
// Idempotency keys: a POST that is sent again with the same key gets the first one's answer and starts
// nothing. Held in memory, the newest 10,000; what a quick job's key started is in the record as well (see
// quick_job_post.hpp). Loop thread only.
#include <cstddef>
#include <cstdint>
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

    /// nullopt: the request is new (or has no key), or its first outcome is in doubt; it is to be carried
    /// out, then finish() or doubt() follows. Otherwise what to answer: the first answer again (with
    /// `Idempotency-Replayed: true`), or CONFLICT 409 where the key stands for another request, or for one
    /// that is under way.
    [[nodiscard]] std::optional<Response> begin(const Request& request);
    /// After begin(): whether an earlier request with this key may have started something.
    [[nodiscard]] bool was_in_doubt(const Request& request) const;
    /// Keeps a success for later; a failure frees the key, because nothing was started.
    void finish(const Request& request, const Response& response);
    /// What came of the request is not known, but something may have been started: the key is kept.
    void doubt(const Request& request);

private:
    enum class State : std::uint8_t { under_way, answered, in_doubt };
    struct Entry {
        std::string fingerprint;
        State state = State::under_way;
        bool was_in_doubt = false;
        Response response;  // where it is answered
    };
    static std::string name_of(const Request& request);
    void trim();

    std::size_t kept_;
    std::unordered_map<std::string, Entry> entries_;
    std::deque<std::string> order_;  // oldest first
};

/// Everything that makes a request the same one, in 64 letters and digits.
[[nodiscard]] std::string fingerprint_of(const Request& request);
[[nodiscard]] Response key_of_another_request();
/// The answer once more, marked as such.
[[nodiscard]] Response replayed(Response response);

/// The handler, carried out once for each key. `keys` outlives it.
[[nodiscard]] Handler once(IdempotencyKeys& keys, Handler handler);

}  // namespace runbookd::http_api
