#include "sandbox/rate_window.hpp"

#include <algorithm>

namespace runbookd::sandbox {
namespace {

constexpr double kSlowAbove = 0.9;  // accountCutOffRatio

std::optional<int> limit_of(const std::optional<Limits>& limits, int Limits::* which) {
    if (!limits) return std::nullopt;
    return (*limits).*which;
}

}  // namespace

void RateWindow::forget_before(SteadyTime now) {
    while (!calls_.empty() && calls_.front() <= now - kRateWindow) calls_.pop_front();
}

Pace RateWindow::count(SteadyTime now) {
    forget_before(now);
    calls_.push_back(now);
    if (!limit_) return Pace::normal;
    const auto calls = static_cast<double>(calls_.size());
    if (calls > *limit_) return Pace::refused;
    return calls > *limit_ * kSlowAbove ? Pace::slowed : Pace::normal;
}

std::size_t RateWindow::used(SteadyTime now) {
    forget_before(now);
    return calls_.size();
}

RateLimits::RateLimits(const std::optional<Limits>& limits)
    : reads(limit_of(limits, &Limits::reads)),
      writes(limit_of(limits, &Limits::writes)),
      job_creates(limit_of(limits, &Limits::device_job_create)) {}

Pace RateLimits::count_job_create(SteadyTime now) {
    const auto as_write = writes.count(now);
    const auto as_create = job_creates.count(now);
    return std::max(as_write, as_create);
}

}  // namespace runbookd::sandbox
