#pragma once
// The audit trail's hash chain: what a line is, what of it is hashed, and where the chain ends.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/sha256.hpp"
#include "base/time.hpp"
#include "store/connection.hpp"

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

/// SHA-256(previous hash ‖ canonical JSON of {seq, at, subject, subject_uid, kind, actor, data}).
[[nodiscard]] Sha256 chained_hash(const ChainEnd& previous, const EventLine& line);

/// The chain's end as the database has it.
[[nodiscard]] ChainEnd read_chain_end(Connection& connection);
/// Adds one line after `end` and moves `end` on.
void append_event(Connection& connection, ChainEnd& end, EventLine line);

}  // namespace runbookd::store
