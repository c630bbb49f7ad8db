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
    const auto subject = visible_text(line.subject), subject_uid = visible_text(line.subject_uid);
    const auto kind = visible_text(line.kind), actor = visible_text(line.actor);
    const auto data = canonical_json(line.data);
    StoredEvent event{0, to_unix_ms(line.at), subject, subject_uid, kind, std::nullopt, data};
    if (!actor.empty()) event.actor = actor;
    add(event);
}

void EventChain::append(UtcTime at, std::string_view subject, std::string_view subject_uid,
                        std::string_view kind, std::string_view data) {
    StoredEvent event{0, to_unix_ms(at), subject, subject_uid, kind, std::nullopt, data};
    if (is_plain(subject_uid)) return add(event);
    const auto visible = visible_text(subject_uid);
    event.subject_uid = visible;
    add(event);
}

void EventChain::add(StoredEvent event) {
    event.seq = end_.seq + 1;
    const ChainEnd next{event.seq, hasher_.hash_of(end_.hash, event)};
    Execution insert(connection_.statement("write_event"));
    insert.bind(":seq", event.seq).bind(":at", event.at).bind(":subject", event.subject);
    insert.bind(":subject_uid", event.subject_uid).bind(":kind", event.kind).bind(":actor", event.actor);
    insert.bind(":data", event.data).bind(":hash", to_hex(next.hash)).run();
    end_ = next;
}

}  // namespace runbookd::store
