#include "audit/chain.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "store/line_hasher.hpp"

namespace runbookd::audit {
namespace {

/// The text of a column without a copy; valid until the next step.
std::string_view text_of(SQLite::Statement& row, int column) {
    const auto value = row.getColumn(column);
    const auto* text = value.getText();
    return {text, static_cast<std::size_t>(value.getBytes())};
}

constexpr std::string_view kEventsPruned = "record.events_pruned";

std::string name_of(std::int64_t seq) { return "event " + std::to_string(seq); }

/// Where the trail begins after what retention has removed.
struct Beginning {
    std::int64_t seq = 0;  ///< of the last event that is gone
    std::string hash;
};

class Walk {
public:
    Walk(ChainReport& report, const std::vector<Checkpoint>& checkpoints, std::optional<Beginning> pruned)
        : report_(report),
          checkpoints_(checkpoints),
          next_(checkpoints.begin()),
          pruned_(std::move(pruned)) {}

    /// False: this event does not follow, and the walk is over.
    bool take(const store::StoredEvent& event, std::string_view hash) {
        if (report_.events == 0 && event.seq > 1) begin_after_pruned(event.seq);
        if (event.seq != report_.end.seq + 1) return stop(report_.end.seq + 1, missing(event.seq));
        const auto expected = hasher_.hash_of(report_.end.hash, event);
        const auto hex = to_hex(expected);
        if (hex != hash)
            return stop(event.seq,
                        "its hash does not follow from its content and the event before it: it was changed, "
                        "or something before it was removed, inserted or moved");
        report_.end = {event.seq, expected};
        ++report_.events;
        if (is_untold_ && event.kind == kEventsPruned && tells_of_beginning(event.data)) is_untold_ = false;
        return agrees_with_checkpoint(hex);
    }

    /// After the last event.
    void finish() {
        if (report_.broken) return;
        if (is_untold_) {
            stop(report_.pruned_until,
                 "and those before it are gone, and no event record.events_pruned of "
                 "the trail tells that retention removed them");
            return;
        }
        const auto beyond = std::find_if(checkpoints_.rbegin(), checkpoints_.rend(),
                                         [&](const Checkpoint& one) { return one.seq > report_.end.seq; });
        if (beyond != checkpoints_.rend())
            stop(report_.end.seq + 1, "is missing: a checkpoint of event " +
                                          std::to_string(checkpoints_.back().seq) +
                                          " is there, so events were cut off the end of the trail");
    }

private:
    void begin_after_pruned(std::int64_t first) {
        const auto found = std::find_if(checkpoints_.begin(), checkpoints_.end(),
                                        [&](const Checkpoint& one) { return one.seq == first - 1; });
        const bool is_signed = found != checkpoints_.end();
        if (!is_signed && (!pruned_ || pruned_->seq != first - 1)) return;
        try {
            beginning_ = is_signed ? found->hash : pruned_->hash;
            report_.end = {first - 1, sha256_from_hex(beginning_)};
        } catch (const std::invalid_argument&) {
            return;  // then the events before are missing, and that is told
        }
        report_.pruned_until = first - 1;
        is_untold_ = true;
        while (next_ != checkpoints_.end() && next_->seq < first) ++next_;
    }

    /// `data` is in its canonical form.
    [[nodiscard]] bool tells_of_beginning(std::string_view data) const {
        return data.find("\"to_seq\":\"" + std::to_string(report_.pruned_until) + "\"") !=
                   std::string_view::npos &&
               data.find("\"last_hash\":\"" + beginning_ + "\"") != std::string_view::npos;
    }

    static std::string missing(std::int64_t found) {
        return "is missing: the next one that is there is event " + std::to_string(found);
    }

    bool agrees_with_checkpoint(const std::string& hash) {
        while (next_ != checkpoints_.end() && next_->seq < report_.end.seq) ++next_;
        if (next_ == checkpoints_.end() || next_->seq != report_.end.seq) return true;
        const auto& checkpoint = *next_++;
        if (checkpoint.hash == hash) return true;
        return stop(checkpoint.seq,
                    "is not the one that its checkpoint was made of: the chain was built anew up to here");
    }

    bool stop(std::int64_t seq, std::string what) {
        report_.broken = Finding{"chain", seq, name_of(seq), std::move(what)};
        return false;
    }

    ChainReport& report_;
    const std::vector<Checkpoint>& checkpoints_;
    std::vector<Checkpoint>::const_iterator next_;
    std::optional<Beginning> pruned_;
    std::string beginning_;   // the hash that the first event follows, in hex
    bool is_untold_ = false;  // of where the trail begins nothing has told so far
    store::LineHasher hasher_;
};

}  // namespace

ChainReport check_chain(store::Connection& connection, const std::vector<Checkpoint>& checkpoints) {
    ChainReport report;
    std::optional<Beginning> pruned;
    {
        store::Execution range(connection.statement("audit_pruned"));
        if (range.step()) pruned = Beginning{range.integer(0), range.text(1)};
    }
    Walk walk(report, checkpoints, std::move(pruned));
    auto& events = connection.statement("audit_events");
    const store::Execution use(events);
    while (events.executeStep()) {
        store::StoredEvent event;
        event.seq = events.getColumn(0).getInt64();
        event.at = events.getColumn(1).getInt64();
        event.subject = text_of(events, 2);
        event.subject_uid = text_of(events, 3);
        event.kind = text_of(events, 4);
        if (!events.isColumnNull(5)) event.actor = text_of(events, 5);
        event.data = text_of(events, 6);
        if (!walk.take(event, text_of(events, 7))) return report;
    }
    walk.finish();
    return report;
}

}  // namespace runbookd::audit
