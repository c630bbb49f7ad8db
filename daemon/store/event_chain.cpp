#include "store/event_chain.hpp"

#include "store/visible_text.hpp"

namespace runbookd::store {

std::string canonical_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Sha256 chained_hash(const ChainEnd& previous, const EventLine& line) {
    nlohmann::json hashed = nlohmann::json::object();
    hashed["seq"] = previous.seq + 1;
    hashed["at"] = to_unix_ms(line.at);
    hashed["subject"] = line.subject;
    hashed["subject_uid"] = line.subject_uid;
    hashed["kind"] = line.kind;
    hashed["actor"] = line.actor.empty() ? nlohmann::json() : nlohmann::json(line.actor);
    hashed["data"] = line.data;
    std::string bytes(previous.hash.begin(), previous.hash.end());
    bytes += canonical_json(hashed);
    return sha256(bytes);
}

ChainEnd read_chain_end(Connection& connection) {
    Execution last(connection.statement("write_chain_end"));
    if (!last.step()) return {};
    return {last.integer(0), sha256_from_hex(last.text(1))};
}

void append_event(Connection& connection, ChainEnd& end, EventLine line) {
    // What is hashed must be what a reader gets back, so text is made valid before both.
    line.subject = visible_text(line.subject);
    line.subject_uid = visible_text(line.subject_uid);
    line.kind = visible_text(line.kind);
    line.actor = visible_text(line.actor);
    const auto data = canonical_json(line.data);
    const ChainEnd next{end.seq + 1, chained_hash(end, line)};
    Execution insert(connection.statement("write_event"));
    insert.bind(":seq", next.seq).bind(":at", line.at).bind(":subject", line.subject);
    insert.bind(":subject_uid", line.subject_uid).bind(":kind", line.kind);
    insert.bind(":data", data).bind(":hash", to_hex(next.hash));
    if (line.actor.empty()) {
        insert.bind_null(":actor");
    } else {
        insert.bind(":actor", line.actor);
    }
    insert.run();
    end = next;
}

}  // namespace runbookd::store
