#pragma once
// Signs the chain's end from time to time. Belongs to the writer, and works inside its transactions.
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "store/connection.hpp"
#include "store/event_chain.hpp"
#include "store/signature.hpp"

namespace runbookd::store {

/// What a checkpoint's signature is over: the RFC 8785 JSON of {seq, hash (hex), at (ms)}.
[[nodiscard]] std::string checkpoint_text(std::int64_t seq, const std::string& hash, std::int64_t at);

class Checkpointer {
public:
    /// A checkpoint is due after so many events,
    static constexpr std::int64_t kEvents = 1000;
    /// or so long after the one before, by the times of the events.
    static constexpr Millis kSpan = std::chrono::hours{1};

    /// The last checkpoint, as the database has it.
    struct Last {
        std::int64_t seq = 0;  ///< 0: none yet
        UtcTime at{};
        std::string public_key;
    };

    /// `connection` outlives this. Without a key nothing is ever written.
    Checkpointer(Connection& connection, std::optional<SigningKey> key);

    /// To be called after events were added, in their transaction: signs `end` when that is due.
    /// Errors: SQLite::Exception.
    void after(const ChainEnd& end);
    /// Whether something was added since the last one that this key could sign.
    [[nodiscard]] bool is_behind(const ChainEnd& end) const { return key_ && end.seq > last_.seq; }
    /// Signs `end` if it is behind. Errors: SQLite::Exception.
    void sign_rest(const ChainEnd& end);

    [[nodiscard]] const Last& last() const { return last_; }
    /// After a rollback: the last one as it was before the transaction.
    void rewind(Last last) { last_ = std::move(last); }

private:
    [[nodiscard]] UtcTime time_of(std::int64_t seq);
    void sign(const ChainEnd& end, UtcTime at);

    Connection& connection_;
    std::optional<SigningKey> key_;
    Last last_;
};

}  // namespace runbookd::store
