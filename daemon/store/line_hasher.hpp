#pragma once
// The hash of an event as it stands in the database. The text of `data` is taken as it is: the writer stores
// it in its canonical form, and any other spelling is a change.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace runbookd::store {

/// One row of `events`; the texts are borrowed.
struct StoredEvent {
    std::int64_t seq = 0;
    std::int64_t at = 0;  ///< Unix milliseconds
    std::string_view subject, subject_uid, kind;
    std::optional<std::string_view> actor;
    std::string_view data;
};

class LineHasher {
public:
    /// SHA-256(previous ‖ RFC 8785 JSON of the event): the same when it is written and when it is proven.
    [[nodiscard]] Sha256 hash_of(const Sha256& previous, const StoredEvent& event);

private:
    Digest digest_;
    std::string line_;  // kept for its memory
};

}  // namespace runbookd::store
