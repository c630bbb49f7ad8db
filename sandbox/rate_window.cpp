#include "sandbox/rate_window.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runbookd::sandbox {
namespace {

constexpr double kSlowAbove = 0.9;  // accountCutOffRatio

std::optional<int> limit_of(const std::optional<Limits>& limits, int Limits::* which) {
    if (!limits) return std::nullopt;
    return (*limits).*which;
}

/// As live accounts list them.
constexpr std::array<std::pair<std::string_view, int>, 16> kOperations = {{{"account-variable-create", 100},
                                                                           {"account-variable-update", 100},
                                                                           {"account-variable-delete", 100},
                                                                           {"site-variable-create", 100},
                                                                           {"site-variable-update", 100},
                                                                           {"site-variable-delete", 100},
                                                                           {"site-create", 100},
                                                                           {"site-update", 100},
                                                                           {"site-proxy-create", 100},
                                                                           {"site-proxy-delete", 100},
                                                                           {"device-move", 100},
                                                                           {kJobCreate, 100},
                                                                           {"device-warranty-create", 100},
                                                                           {kUdfSet, 600},
                                                                           {kAlertResolve, 100},
                                                                           {"user-reset-keys", 100}}};

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
    : reads(limit_of(limits, &Limits::reads)), writes(limit_of(limits, &Limits::writes)) {
    for (const auto& [operation, limit] : kOperations)
        operations.emplace(operation, RateWindow(limits ? std::optional(limit) : std::nullopt));
    operations.insert_or_assign(kJobCreate, RateWindow(limit_of(limits, &Limits::device_job_create)));
}

Pace RateLimits::count_write(std::string_view operation, SteadyTime now) {
    const auto as_write = writes.count(now);
    const auto own = operations.find(operation);
    return own == operations.end() ? as_write : std::max(as_write, own->second.count(now));
}

}  // namespace runbookd::sandbox
