#include "sandbox/online_pattern.hpp"

#include <algorithm>

namespace runbookd::sandbox {
namespace {

/// Start of the online span that `since_start` falls into or follows; `since_start` is not before the first.
Millis span_start(const OnlinePattern& pattern, Millis since_start) {
    if (!pattern.every) return pattern.after;
    return pattern.after + (since_start - pattern.after) / *pattern.every * *pattern.every;
}

}  // namespace

bool OnlinePattern::online_at(Millis since_start) const { return next_online(since_start) == since_start; }

std::optional<Millis> OnlinePattern::next_online(Millis since_start) const {
    if (!ever) return std::nullopt;
    if (since_start < after) return after;
    const auto start = span_start(*this, since_start);
    if (!lasting || since_start < start + *lasting) return since_start;
    if (!every) return std::nullopt;
    return start + *every;
}

std::optional<Millis> OnlinePattern::last_online(Millis since_start) const {
    if (!ever || since_start < after) return std::nullopt;
    const auto start = span_start(*this, since_start);
    return lasting ? std::min(since_start, start + *lasting) : since_start;
}

}  // namespace runbookd::sandbox
