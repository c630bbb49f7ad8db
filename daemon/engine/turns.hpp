#pragma once
// Who of those that want creates is next: by rank, then the one that may not create any more soonest. Those
// that end at about the same time take turns, runbook by runbook and then run by run, so that a large one
// does not shut a small one out. Pure.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/time.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

struct Claim {
    std::uint64_t id = 0;  ///< tells it from others; of equals the smaller goes first
    int rank = 0;          ///< the smaller goes first, whenever it ends
    UtcTime ends{};        ///< it may not create at this instant or later
    std::string runbook;
};

/// Of a run of this runbook; null: a quick job, which goes before all others.
[[nodiscard]] int rank_of(const runbook::Meaning* book);

class Turns {
public:
    /// Claims that end so little after the first take turns with it: this part of the time that it has left.
    /// An hour before its end that is five minutes; when time is short, it goes first.
    static constexpr int kTogether = 12;

    /// Without effect on one that is there already.
    void add(const Claim& claim);
    void remove(std::uint64_t id);
    /// nullopt: nobody is there.
    [[nodiscard]] std::optional<std::uint64_t> next(UtcTime now);
    /// Whether others took turns with the one that was next.
    [[nodiscard]] bool is_shared() const {
        return runbooks_in_turn_.size() > 1 ||
               (runbooks_in_turn_.size() == 1 &&
                std::get<const Runbook*>(*runbooks_in_turn_.begin())->in_turn.size() > 1);
    }
    /// It has had its turn.
    void took(std::uint64_t id);

private:
    using Place = std::tuple<int, UtcTime, std::uint64_t>;  // rank, end, id
    struct Runbook {
        std::uint64_t born = 0;
        std::uint64_t last_turn = 0;
        std::size_t claims = 0;
        std::set<std::pair<std::uint64_t, Place>> in_turn;  // by their last turns
    };
    struct Entry {
        Place place;
        std::string runbook;
        std::uint64_t last_turn = 0;
    };
    using TurnOfRunbook = std::tuple<std::uint64_t, std::uint64_t, const Runbook*>;  // last turn, born

    [[nodiscard]] static TurnOfRunbook turn_of(const Runbook& book) {
        return {book.last_turn, book.born, &book};
    }
    [[nodiscard]] bool is_in_turn(const Entry& entry) const {
        return in_turn_until_ && entry.place <= *in_turn_until_;
    }
    void join(const Entry& entry);
    void leave(const Entry& entry);
    /// Those that take turns with the first, as it is now.
    void follow_first(UtcTime now);

    std::unordered_map<std::uint64_t, Entry> claims_;
    std::map<Place, const Entry*> in_order_;  // an entry stays where it is while others come and go
    std::optional<Place> in_turn_until_;      // up to there in that order they take turns
    std::unordered_map<std::string, Runbook> runbooks_;  // those that have a claim
    std::set<TurnOfRunbook> runbooks_in_turn_;
    std::uint64_t turn_ = 0;
    std::uint64_t last_born_ = 0;
};

}  // namespace runbookd::engine
