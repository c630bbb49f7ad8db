#include "engine/past.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {

void Past::restore(const RecoveredRunbook& stored) {
    if (stored.judged_until) decided_until_ = *stored.judged_until;
    for (const auto& decided : stored.missed.empty() ? stored.ahead : stored.missed)
        if (decided.missed_without_run)
            make_exceptions().missed.push_back({decided.first, decided.last, decided.revision,
                                                decided.reason.empty() ? "daemon_down" : decided.reason});
    while (exceptions().missed.size() > kRemembered) forget_oldest();
    if (stored.ahead_from) reopen_between(stored.ahead, *stored.ahead_from);
    const auto& missed = exceptions().missed;
    may_continue_ = !missed.empty() && missed.back().last == decided_until_;
}

const Past::Exceptions& Past::exceptions() const {
    static const Exceptions none;
    return exceptions_ ? *exceptions_ : none;
}

Past::Exceptions& Past::make_exceptions() {
    if (!exceptions_) exceptions_ = Exceptions{};
    return *exceptions_;
}

void Past::reopen_between(const std::vector<RecoveredRunbook::Decided>& decided, UtcTime from) {
    for (const auto& [first, last, missed, reason, revision] : decided) {
        if (first > from + Millis{1})
            make_exceptions().reopened.push_back({from + Millis{1}, first - Millis{1}});
        from = std::max(from, last);
    }
}

void Past::decide(UtcTime nominal) {
    may_continue_ = false;
    decided_until_ = std::max(decided_until_, nominal);
    if (!exceptions_) return;
    auto& reopened = exceptions_->reopened;
    while (!reopened.empty() && reopened.front().last <= nominal) reopened.erase(reopened.begin());
    if (!reopened.empty()) reopened.front().first = std::max(reopened.front().first, nominal + Millis{1});
}

void Past::decide(const Missed& missed) {
    auto& all = make_exceptions().missed;
    const bool may_continue = may_continue_ && all.back().last < missed.first &&
                              all.back().revision == missed.revision && all.back().reason == missed.reason;
    decide(missed.last);
    may_continue_ = true;
    if (may_continue) {
        all.back().last = missed.last;
        return;
    }
    const auto place =
        std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.first > missed.first; });
    all.insert(place, missed);
    if (all.size() > kRemembered) forget_oldest();
}

void Past::forget_oldest() {
    auto& missed = exceptions_->missed;
    forgotten_until_ = std::max(forgotten_until_, missed.front().last);
    missed.erase(missed.begin());
}

bool Past::Superseded::has(UtcTime nominal) const {
    const auto range =
        std::find_if(decided.begin(), decided.end(), [&](const Range& r) { return nominal <= r.last; });
    if (range == decided.end() || nominal < range->first) return false;
    const auto own = timeline->next_after(nominal - Millis{1});
    return own && own->at == nominal;
}

bool Past::is_superseded(UtcTime nominal) const {
    const auto& superseded = exceptions().superseded;
    return std::any_of(superseded.begin(), superseded.end(),
                       [&](const Superseded& one) { return one.has(nominal); });
}

std::vector<Past::Range> Past::decided_after(UtcTime now) const {
    std::vector<Range> decided;
    auto first = now + Millis{1};
    for (const auto& open : exceptions().reopened) {
        if (open.first > first) decided.push_back({first, open.first - Millis{1}});
        first = std::max(first, open.last + Millis{1});
    }
    if (first <= decided_until_) decided.push_back({first, decided_until_});
    return decided;
}

void Past::supersede(std::shared_ptr<const schedule::Timeline> old, UtcTime now) {
    if (exceptions_)
        std::erase_if(exceptions_->superseded,
                      [&](const Superseded& one) { return one.decided.back().last <= now; });
    if (decided_until_ <= now) return;
    auto& exceptions = make_exceptions();
    if (auto decided = decided_after(now); !decided.empty())
        exceptions.superseded.push_back({std::move(old), std::move(decided)});
    exceptions.reopened = {{now + Millis{1}, decided_until_}};
}

std::optional<schedule::Nominal> Past::next_undecided(const schedule::Timeline& timeline,
                                                      UtcTime after) const {
    auto next = next_open(timeline, after);
    while (next && is_superseded(next->at)) next = next_open(timeline, next->at);
    return next;
}

std::optional<schedule::Nominal> Past::next_open(const schedule::Timeline& timeline, UtcTime after) const {
    const auto& reopened = exceptions().reopened;
    if (reopened.empty()) return timeline.next_after(std::max(after, decided_until_));
    for (auto from = after;;) {
        const auto next = timeline.next_after(from);
        if (!next || next->at > decided_until_) return next;
        const auto range = std::find_if(reopened.begin(), reopened.end(),
                                        [&](const Range& r) { return next->at <= r.last; });
        if (range == reopened.end())
            from = decided_until_;
        else if (next->at >= range->first)
            return next;
        else
            from = range->first - Millis{1};
    }
}

std::optional<Past::Voided> Past::take_back(UtcTime now) {
    if (!exceptions_) return std::nullopt;
    Voided voided;
    voided.after = std::max(now, forgotten_until_);
    auto& missed = exceptions_->missed;
    const auto ahead =
        std::find_if(missed.begin(), missed.end(), [&](const Missed& m) { return m.last > voided.after; });
    if (ahead == missed.end()) return std::nullopt;
    for (auto place = ahead; place != missed.end(); ++place) {
        if (place->first <= voided.after) {
            voided.cut = *place;
            voided.cut->last = voided.after;
        }
        reopen({std::max(place->first, voided.after + Millis{1}), place->last});
    }
    missed.erase(ahead, missed.end());
    if (voided.cut) missed.push_back(*voided.cut);
    may_continue_ = false;
    return voided;
}

void Past::reopen(Range range) {
    auto& reopened = make_exceptions().reopened;
    const auto place =
        std::find_if(reopened.begin(), reopened.end(), [&](const Range& r) { return r.first > range.first; });
    reopened.insert(place, range);
}

}  // namespace runbookd::engine
