#include "engine/turns.hpp"

#include <algorithm>
#include <limits>

namespace runbookd::engine {

int rank_of(const runbook::Meaning* book) {
    if (book == nullptr) return 0;
    switch (book->priority) {
        case runbook::Priority::high: return 1;
        case runbook::Priority::normal: return 2;
        case runbook::Priority::low: break;
    }
    return 3;
}

void Turns::join(const Entry& entry) {
    auto& book = runbooks_.at(entry.runbook);
    if (book.in_turn.empty()) runbooks_in_turn_.insert(turn_of(book));
    book.in_turn.emplace(entry.last_turn, entry.place);
}

void Turns::leave(const Entry& entry) {
    auto& book = runbooks_.at(entry.runbook);
    book.in_turn.erase({entry.last_turn, entry.place});
    if (book.in_turn.empty()) runbooks_in_turn_.erase(turn_of(book));
}

void Turns::follow_first(UtcTime now) {
    const auto before = std::exchange(in_turn_until_, std::nullopt);
    if (in_order_.empty()) return;
    const auto& [rank, soonest, id] = in_order_.begin()->first;
    const auto left = std::max(Millis{0}, soonest - now);
    const Place until{rank, soonest + left / kTogether, std::numeric_limits<std::uint64_t>::max()};
    in_turn_until_ = until;
    auto place = before ? in_order_.upper_bound(std::min(*before, until)) : in_order_.begin();
    if (before && until < *before) {
        for (; place != in_order_.end() && place->first <= *before; ++place) leave(*place->second);
        return;
    }
    for (; place != in_order_.end() && place->first <= until; ++place) join(*place->second);
}

void Turns::add(const Claim& claim) {
    const Place place{claim.rank, claim.ends, claim.id};
    const auto [found, is_new] = claims_.try_emplace(claim.id, Entry{place, claim.runbook});
    if (!is_new) return;
    const auto& entry = found->second;
    in_order_.emplace(place, &entry);
    auto& book = runbooks_[claim.runbook];
    if (++book.claims == 1) book.born = ++last_born_;
    if (is_in_turn(entry)) join(entry);
}

void Turns::remove(std::uint64_t id) {
    const auto found = claims_.find(id);
    if (found == claims_.end()) return;
    const auto& entry = found->second;
    if (is_in_turn(entry)) leave(entry);
    in_order_.erase(entry.place);
    const auto book = runbooks_.find(entry.runbook);
    if (--book->second.claims == 0) runbooks_.erase(book);
    claims_.erase(found);
}

std::optional<std::uint64_t> Turns::next(UtcTime now) {
    follow_first(now);
    if (runbooks_in_turn_.empty()) return std::nullopt;
    const auto* const book = std::get<const Runbook*>(*runbooks_in_turn_.begin());
    return std::get<std::uint64_t>(book->in_turn.begin()->second);
}

void Turns::took(std::uint64_t id) {
    const auto found = claims_.find(id);
    if (found == claims_.end()) return;
    auto& entry = found->second;
    auto& book = runbooks_.at(entry.runbook);
    const bool is_turning = is_in_turn(entry);
    if (is_turning) leave(entry);
    if (!book.in_turn.empty()) runbooks_in_turn_.erase(turn_of(book));
    entry.last_turn = book.last_turn = ++turn_;
    if (!book.in_turn.empty()) runbooks_in_turn_.insert(turn_of(book));
    if (is_turning) join(entry);
}

}  // namespace runbookd::engine
