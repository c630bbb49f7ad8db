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

std::int64_t CallWindow::used(SteadyTime now) const {
    while (!marks_.empty() && marks_.front().leaves <= now) {
        finished_ -= marks_.front().count;
        marks_.pop_front();
    }
    return in_flight_ + finished_;
}

std::vector<CallWindow::Leaving> CallWindow::leaving(SteadyTime now) const {
    (void)used(now);  // drops what has left
    std::vector<Leaving> all;
    for (const auto& [leaves, count] : marks_) all.push_back({leaves, count});
    if (in_flight_ > 0) all.push_back({std::nullopt, in_flight_});
    return all;
}

std::optional<SteadyTime> CallWindow::next_leaves() const {
    if (marks_.empty()) return std::nullopt;
    return marks_.front().leaves;
}

std::int64_t Budget::allowed(std::int64_t limit) const {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(limit) * share_ + 1e-9));
}

void Budget::seed(std::int64_t reads, std::int64_t writes, std::int64_t creates, SteadyTime now) {
    reads_.seed(reads, now);
    writes_.seed(writes, now);
    creates_.seed(creates, now);
}

bool Budget::has_room(Kind kind, SteadyTime now) const {
    if (!limits_) return true;
    switch (kind) {
        case Kind::rate_check: return reads_.used(now) < allowed(limits_->reads);
        case Kind::read: return reads_.used(now) < allowed(limits_->reads) - kept_of(allowed(limits_->reads));
        case Kind::create:
            return writes_.used(now) < allowed(limits_->writes) &&
                   creates_.used(now) < allowed(limits_->creates);
    }
    return false;
}

void Budget::begin(Kind kind) {
    if (kind != Kind::create) return reads_.begin();
    writes_.begin();
    creates_.begin();
}

void Budget::end(Kind kind, Sent sent, SteadyTime now) {
    const auto close = [&](CallWindow& window) { sent == Sent::yes ? window.end(now) : window.end_unsent(); };
    if (kind != Kind::create) return close(reads_);
    close(writes_);
    close(creates_);
}

std::optional<SteadyTime> Budget::next_room(Kind kind, SteadyTime now) const {
    if (has_room(kind, now)) return now;
    if (kind != Kind::create) return reads_.next_leaves();
    const auto a = writes_.used(now) < allowed(limits_->writes) ? std::nullopt : writes_.next_leaves();
    const auto b = creates_.used(now) < allowed(limits_->creates) ? std::nullopt : creates_.next_leaves();
    if (a && b) return std::max(*a, *b);
    return a ? a : b;
}

Budget::Use Budget::reads(SteadyTime now) const {
    return {reads_.used(now), limits_ ? allowed(limits_->reads) : 0};
}

Budget::Use Budget::creates(SteadyTime now) const {
    return {creates_.used(now), limits_ ? allowed(limits_->creates) : 0};
}

std::int64_t Budget::allowed_creates() const {
    return limits_ ? std::min(allowed(limits_->creates), allowed(limits_->writes))
                   : std::numeric_limits<std::int64_t>::max();
}

}  // namespace runbookd::engine
