#include "cron/walk.hpp"

#include <algorithm>
#include <set>

namespace cron_tests {
namespace {

using runbookd::cron::GapRule;
using runbookd::cron::RepeatRule;

constexpr std::int64_t kDay = 86'400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

Walk::Walk(const runbookd::cron::Zone& zone, Walked stretch) : stretch_(stretch) {
    const auto count = stretch_.length / stretch_.step;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = stretch_.first + i * stretch_.step;
        const auto local = at + zone.at(runbookd::from_unix_ms(at * 1000)).offset.count();
        shown_.push_back(floor_div(local, stretch_.step));
    }
    least_ = *std::min_element(shown_.begin(), shown_.end());
    const auto greatest = *std::max_element(shown_.begin(), shown_.end());
    const auto size = static_cast<std::size_t>(greatest - least_ + 1);
    first_.assign(size, -1);
    last_.assign(size, -1);
    passed_.assign(size, -1);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
        const auto local = static_cast<std::size_t>(shown_[i] - least_);
        const auto step = static_cast<std::int32_t>(i);
        if (first_[local] < 0) first_[local] = step;
        last_[local] = step;
        if (i == 0) continue;
        for (auto skipped = shown_[i - 1] + 1; skipped < shown_[i]; ++skipped) {
            auto& passed = passed_[static_cast<std::size_t>(skipped - least_)];
            if (passed < 0) passed = step;
        }
    }
}

/// Which local times match, from least_ on.
std::vector<bool> Walk::matching(const RandomExpression& e) const {
    std::vector<bool> found(first_.size());
    const auto offset = e.options.offset.count() * kDay;
    std::int64_t day_known = INT64_MIN;
    bool day_matches = false;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto nominal = (least_ + static_cast<std::int64_t>(i)) * stretch_.step - offset;
        const auto day = floor_div(nominal, kDay);
        if (day != day_known) {
            day_known = day;
            day_matches = e.names(date_of(day));
        }
        const auto time = static_cast<std::size_t>(nominal - day * kDay);
        found[i] = day_matches && e.hours[time / 3600] && e.minutes[time / 60 % 60] && e.seconds[time % 60];
    }
    return found;
}

std::vector<std::int64_t> Walk::instants(const RandomExpression& e) const {
    std::set<std::int64_t> found;
    const auto add = [&](std::int32_t step) {
        found.insert(stretch_.first + std::int64_t{step} * stretch_.step);
    };
    const auto matches = matching(e);
    const auto repeat = e.repeat();
    if (repeat == RepeatRule::both)
        for (std::size_t i = 0; i < shown_.size(); ++i)
            if (matches[static_cast<std::size_t>(shown_[i] - least_)]) add(static_cast<std::int32_t>(i));
    for (std::size_t local = 0; local < matches.size(); ++local) {
        if (!matches[local]) continue;
        if (first_[local] >= 0 && repeat == RepeatRule::first) add(first_[local]);
        if (first_[local] >= 0 && repeat == RepeatRule::second) add(last_[local]);
        if (first_[local] < 0 && passed_[local] >= 0 && e.gap() == GapRule::shift) add(passed_[local]);
    }
    return {found.begin(), found.end()};
}

}  // namespace cron_tests
