#pragma once
// The audit trail's hash chain: what a line is, what of it is hashed, and where the chain ends.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/sha256.hpp"
#include "base/time.hpp"
#include "store/connection.hpp"
#include "store/line_hasher.hpp"

namespace runbookd::store {

struct EventLine {
    UtcTime at{};
    std::string subject;
    std::string subject_uid;
    std::string kind;
    std::string actor;    ///< empty: nobody in particular, null in the trail
    nlohmann::json data;  ///< an object of strings, booleans and integers below 2^53, with ASCII keys: see
                          ///< canonical_json
};

/// RFC 8785 (JSON Canonicalization Scheme) for the values that EventLine admits: keys sorted, no white space,
/// UTF-8 unescaped. Numbers with a fraction and keys beyond ASCII would need that RFC's other rules, so they
/// are not used.
[[nodiscard]] std::string canonical_json(const nlohmann::json& value);

struct ChainEnd {
    std::int64_t seq = 0;  ///< 0: no event yet
    Sha256 hash{};         ///< zeros before the first
};

/// The chain's end as the database has it.
[[nodiscard]] ChainEnd read_chain_end(Connection& connection);

/// The trail, where it grows. `connection` outlives this, and nothing else writes events meanwhile.
class EventChain {
public:
    explicit EventChain(Connection& connection) : connection_(connection), end_(read_chain_end(connection)) {}

    void append(const EventLine& line);
    /// The same of nobody in particular, with `data` in its canonical form.
    void append(UtcTime at, std::string_view subject, const std::string& subject_uid, std::string_view kind,
                const std::string& data);

    [[nodiscard]] const ChainEnd& end() const { return end_; }
    /// After a rollback: the end as it was before the transaction.
    void rewind(const ChainEnd& end) { end_ = end; }

private:
    void add(UtcTime at, std::string_view subject, const std::string& subject_uid, std::string_view kind,
             const std::string& actor, const std::string& data);

    Connection& connection_;
    ChainEnd end_;
    LineHasher hasher_;
};

}  // namespace runbookd::store
