#include "engine/budget.hpp"

#include <algorithm>
#include <limits>

namespace runbookd::engine {
namespace {

constexpr std::chrono::seconds kWindow{60};
// Reads of each window kept back for the request_rate call, which must get through when nothing else may.
constexpr std::int64_t kKeptForRateCheck = 4;

/// A tiny allowance keeps less, or nothing could ever be read.
std::int64_t kept_of(std::int64_t allowed) { return std::min(kKeptForRateCheck, allowed - 1); }

}  // namespace

void CallWindow::end(SteadyTime now) {
    --in_flight_;
    seed(1, now);
}

void CallWindow::seed(std::int64_t count, SteadyTime now) {
    if (count <= 0) return;
    const auto leaves = now + kWindow + Millis{1};
    finished_ += count;
    if (!marks_.empty() && marks_.back().leaves == leaves)
        marks_.back().count += count;
    else
        marks_.push_back({leaves, count});
}

void CallWindow::see_others(std::int64_t count, SteadyTime now) {
    if (count > 0) others_.push_back({now + kWindow + Millis{1}, count});
}

std::int64_t CallWindow::ours(SteadyTime now) const {
    while (!marks_.empty() && marks_.front().leaves <= now) {
        finished_ -= marks_.front().count;
        marks_.pop_front();
    }
    return in_flight_ + finished_;
}

std::int64_t CallWindow::others(SteadyTime now) const {
    while (!others_.empty() && others_.front().leaves <= now) others_.pop_front();
    std::int64_t most = 0;
    for (const auto& mark : others_) most = std::max(most, mark.count);
    return most;
}

std::vector<CallWindow::Leaving> CallWindow::leaving(SteadyTime now) const {
    auto left = used(now);  // drops what has left
    std::vector<Leaving> all;
    for (const auto& [leaves, count] : marks_) all.push_back({leaves, count});
    for (std::size_t i = 0; i < others_.size(); ++i) {
        std::int64_t later = 0;
        for (std::size_t k = i + 1; k < others_.size(); ++k) later = std::max(later, others_[k].count);
        const auto fewer = std::max<std::int64_t>(0, others_[i].count - later);
        if (fewer > 0) all.push_back({others_[i].leaves, fewer});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const auto& one : all) left -= one.count;
    if (left > 0) all.push_back({std::nullopt, left});
    return all;
}

std::optional<SteadyTime> CallWindow::next_leaves() const {
    std::optional<SteadyTime> next;
    if (!marks_.empty()) next = marks_.front().leaves;
    if (!others_.empty() && (!next || others_.front().leaves < *next)) next = others_.front().leaves;
    return next;
}

std::int64_t Budget::allowed(std::int64_t limit) const {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(limit) * share_ + 1e-9));
}

void Budget::seed_creates(std::int64_t creates, SteadyTime now) {
    writes_.seed(creates, now);
    creates_.seed(creates, now);
}

Counts Budget::ours(SteadyTime now) const {
    return {reads_.ours(now), writes_.ours(now), creates_.ours(now)};
}

Counts Budget::learn(const Counts& counted, const Counts& ours, SteadyTime now) {
    const auto beyond = [](std::int64_t all, std::int64_t own) {
        return std::max<std::int64_t>(0, all - own);
    };
    const Counts others{beyond(counted.reads, ours.reads), beyond(counted.writes, ours.writes),
                        beyond(counted.creates, ours.creates)};
    reads_.see_others(others.reads, now);
    writes_.see_others(others.writes, now);
    creates_.see_others(others.creates, now);
    return others;
}

bool Budget::has_room(Kind kind, SteadyTime now) const {
    if (!limits_) return true;
    switch (kind) {
        case Kind::rate_check: return reads_.used(now) < allowed(limits_->reads);
        case Kind::read: return reads_.used(now) < allowed(limits_->reads) - kept_of(allowed(limits_->reads));
        case Kind::write: return writes_.used(now) < allowed(limits_->writes);
        case Kind::create:
            return writes_.used(now) < allowed(limits_->writes) &&
                   creates_.used(now) < allowed(limits_->creates);
    }
    return false;
}

void Budget::begin(Kind kind) {
    if (kind == Kind::read || kind == Kind::rate_check) return reads_.begin();
    writes_.begin();
    if (kind == Kind::create) creates_.begin();
}

void Budget::end(Kind kind, Sent sent, SteadyTime now) {
    const auto close = [&](CallWindow& window) { sent == Sent::yes ? window.end(now) : window.end_unsent(); };
    if (kind == Kind::read || kind == Kind::rate_check) return close(reads_);
    close(writes_);
    if (kind == Kind::create) close(creates_);
}

std::optional<SteadyTime> Budget::next_room(Kind kind, SteadyTime now) const {
    if (has_room(kind, now)) return now;
    if (kind == Kind::read || kind == Kind::rate_check) return reads_.next_leaves();
    if (kind == Kind::write) return writes_.next_leaves();
    const auto a = writes_.used(now) < allowed(limits_->writes) ? std::nullopt : writes_.next_leaves();
    const auto b = creates_.used(now) < allowed(limits_->creates) ? std::nullopt : creates_.next_leaves();
    if (a && b) return std::max(*a, *b);
    return a ? a : b;
}

Budget::Use Budget::reads(SteadyTime now) const {
    return {reads_.used(now), limits_ ? allowed(limits_->reads) : 0};
}

Budget::Use Budget::writes(SteadyTime now) const {
    return {writes_.used(now), limits_ ? allowed(limits_->writes) : 0};
}

Budget::Use Budget::creates(SteadyTime now) const {
    return {creates_.used(now), limits_ ? allowed(limits_->creates) : 0};
}

std::int64_t Budget::allowed_creates() const {
    return limits_ ? std::min(allowed(limits_->creates), allowed(limits_->writes))
                   : std::numeric_limits<std::int64_t>::max();
}

}  // namespace runbookd::engine
