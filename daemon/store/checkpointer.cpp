#include "store/checkpointer.hpp"

#include <stdexcept>
#include <utility>

namespace runbookd::store {

std::string checkpoint_text(std::int64_t seq, const std::string& hash, std::int64_t at) {
    return canonical_json({{"seq", seq}, {"hash", hash}, {"at", at}});
}

Checkpointer::Checkpointer(Connection& connection, std::optional<SigningKey> key)
    : connection_(connection), key_(std::move(key)) {
    Execution last(connection_.statement("write_last_checkpoint"));
    if (last.step()) last_ = {last.integer(0), from_unix_ms(last.integer(1)), last.text(2)};
}

void Checkpointer::after(const ChainEnd& end) {
    if (!is_behind(end)) return;
    const auto at = time_of(end.seq);
    // The first one that this key signs does not wait.
    if (end.seq - last_.seq >= kEvents || at - last_.at >= kSpan || last_.public_key != key_->public_key())
        sign(end, at);
}

void Checkpointer::sign_rest(const ChainEnd& end) {
    if (is_behind(end)) sign(end, time_of(end.seq));
}

UtcTime Checkpointer::time_of(std::int64_t seq) {
    Execution find(connection_.statement("write_event_time"));
    find.bind(":seq", seq);
    if (!find.step()) throw std::logic_error("the newest event is not in the trail");
    return from_unix_ms(find.integer(0));
}

void Checkpointer::sign(const ChainEnd& end, UtcTime at) {
    const auto hash = to_hex(end.hash);
    const auto signature = key_->sign(checkpoint_text(end.seq, hash, to_unix_ms(at)));
    const auto& public_key = key_->public_key();
    Execution insert(connection_.statement("write_checkpoint"));
    insert.bind(":seq", end.seq).bind(":hash", hash).bind(":at", at);
    insert.bind(":key_id", key_id_of(public_key)).bind(":public_key", public_key);
    insert.bind(":signature", signature).run();
    last_ = {end.seq, at, public_key};
}

}  // namespace runbookd::store
