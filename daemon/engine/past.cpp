#include "engine/past.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {

void Past::restore(const RecoveredRunbook& stored) {
    if (stored.judged_until) decided_until_ = *stored.judged_until;
    for (const auto& decided : stored.missed.empty() ? stored.ahead : stored.missed)
        if (decided.missed_without_run)
            missed_.push_back({decided.first, decided.last, decided.revision,
                               decided.reason.empty() ? "daemon_down" : decided.reason});
    while (missed_.size() > kRemembered) forget_oldest();
    if (stored.ahead_from) reopen_between(stored.ahead, *stored.ahead_from);
    may_continue_ = !missed_.empty() && missed_.back().last == decided_until_;
}

void Past::reopen_between(const std::vector<RecoveredRunbook::Decided>& decided, UtcTime from) {
    for (const auto& [first, last, missed, reason, revision] : decided) {
        if (first > from + Millis{1}) reopened_.push_back({from + Millis{1}, first - Millis{1}});
        from = std::max(from, last);
    }
}

void Past::decide(UtcTime nominal) {
    may_continue_ = false;
    decided_until_ = std::max(decided_until_, nominal);
    while (!reopened_.empty() && reopened_.front().last <= nominal) reopened_.erase(reopened_.begin());
    if (!reopened_.empty()) reopened_.front().first = std::max(reopened_.front().first, nominal + Millis{1});
}

void Past::decide(const Missed& missed) {
    const bool may_continue = may_continue_ && missed_.back().last < missed.first &&
                              missed_.back().revision == missed.revision &&
                              missed_.back().reason == missed.reason;
    decide(missed.last);
    may_continue_ = true;
    if (may_continue) {
        missed_.back().last = missed.last;
        return;
    }
    const auto place =
        std::find_if(missed_.begin(), missed_.end(), [&](const auto& m) { return m.first > missed.first; });
    missed_.insert(place, missed);
    if (missed_.size() > kRemembered) forget_oldest();
}

void Past::forget_oldest() {
    forgotten_until_ = std::max(forgotten_until_, missed_.front().last);
    missed_.erase(missed_.begin());
}

bool Past::Superseded::has(UtcTime nominal) const {
    const auto range =
        std::find_if(decided.begin(), decided.end(), [&](const Range& r) { return nominal <= r.last; });
    if (range == decided.end() || nominal < range->first) return false;
    const auto own = timeline->next_after(nominal - Millis{1});
    return own && own->at == nominal;
}

bool Past::is_superseded(UtcTime nominal) const {
    return std::any_of(superseded_.begin(), superseded_.end(),
                       [&](const Superseded& one) { return one.has(nominal); });
}

std::vector<Past::Range> Past::decided_after(UtcTime now) const {
    std::vector<Range> decided;
    auto first = now + Millis{1};
    for (const auto& open : reopened_) {
        if (open.first > first) decided.push_back({first, open.first - Millis{1}});
        first = std::max(first, open.last + Millis{1});
    }
    if (first <= decided_until_) decided.push_back({first, decided_until_});
    return decided;
}

void Past::supersede(std::shared_ptr<const schedule::Timeline> old, UtcTime now) {
    std::erase_if(superseded_, [&](const Superseded& one) { return one.decided.back().last <= now; });
    if (decided_until_ <= now) return;
    if (auto decided = decided_after(now); !decided.empty())
        superseded_.push_back({std::move(old), std::move(decided)});
    reopened_ = {{now + Millis{1}, decided_until_}};
}

std::optional<schedule::Nominal> Past::next_undecided(const schedule::Timeline& timeline,
                                                      UtcTime after) const {
    auto next = next_open(timeline, after);
    while (next && is_superseded(next->at)) next = next_open(timeline, next->at);
    return next;
}

std::optional<schedule::Nominal> Past::next_open(const schedule::Timeline& timeline, UtcTime after) const {
    if (reopened_.empty()) return timeline.next_after(std::max(after, decided_until_));
    for (auto from = after;;) {
        const auto next = timeline.next_after(from);
        if (!next || next->at > decided_until_) return next;
        const auto range = std::find_if(reopened_.begin(), reopened_.end(),
                                        [&](const Range& r) { return next->at <= r.last; });
        if (range == reopened_.end())
            from = decided_until_;
        else if (next->at >= range->first)
            return next;
        else
            from = range->first - Millis{1};
    }
}

std::optional<Past::Voided> Past::take_back(UtcTime now) {
    Voided voided;
    voided.after = std::max(now, forgotten_until_);
    const auto ahead =
        std::find_if(missed_.begin(), missed_.end(), [&](const Missed& m) { return m.last > voided.after; });
    if (ahead == missed_.end()) return std::nullopt;
    for (auto place = ahead; place != missed_.end(); ++place) {
        if (place->first <= voided.after) {
            voided.cut = *place;
            voided.cut->last = voided.after;
        }
        reopen({std::max(place->first, voided.after + Millis{1}), place->last});
    }
    missed_.erase(ahead, missed_.end());
    if (voided.cut) missed_.push_back(*voided.cut);
    may_continue_ = false;
    return voided;
}

void Past::reopen(Range range) {
    const auto place = std::find_if(reopened_.begin(), reopened_.end(),
                                    [&](const Range& r) { return r.first > range.first; });
    reopened_.insert(place, range);
}

}  // namespace runbookd::engine
