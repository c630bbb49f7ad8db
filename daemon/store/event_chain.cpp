#include "store/event_chain.hpp"

#include "store/json_text.hpp"
#include "store/visible_text.hpp"

namespace runbookd::store {

std::string canonical_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ChainEnd read_chain_end(Connection& connection) {
    Execution last(connection.statement("write_chain_end"));
    if (!last.step()) return {};
    return {last.integer(0), sha256_from_hex(last.text(1))};
}

void EventChain::append(const EventLine& line) {
    // What is hashed must be what a reader gets back, so text is made valid before both.
    add(line.at, visible_text(line.subject), visible_text(line.subject_uid), visible_text(line.kind),
        visible_text(line.actor), canonical_json(line.data));
}

void EventChain::append(UtcTime at, std::string_view subject, const std::string& subject_uid,
                        std::string_view kind, const std::string& data) {
    if (is_plain(subject_uid))
        add(at, subject, subject_uid, kind, "", data);
    else
        add(at, subject, visible_text(subject_uid), kind, "", data);
}

void EventChain::add(UtcTime at, std::string_view subject, const std::string& subject_uid,
                     std::string_view kind, const std::string& actor, const std::string& data) {
    StoredEvent event{end_.seq + 1, to_unix_ms(at), subject, subject_uid, kind, std::nullopt, data};
    if (!actor.empty()) event.actor = actor;
    const ChainEnd next{event.seq, hasher_.hash_of(end_.hash, event)};
    const auto hash = to_hex(next.hash);
    Execution insert(connection_.statement("write_event"));
    insert.bind(":seq", event.seq).bind(":at", event.at).bind(":subject", subject);
    insert.bind(":subject_uid", subject_uid).bind(":kind", kind).bind(":data", data).bind(":hash", hash);
    if (!actor.empty()) insert.bind(":actor", actor);
    insert.run();
    end_ = next;
}

}  // namespace runbookd::store
