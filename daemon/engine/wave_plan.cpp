#include "engine/wave_plan.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

#include "base/sha256.hpp"

namespace runbookd::engine {
namespace {

/// Takes targets that are in no wave yet, in their order.
class Placing {
public:
    Placing(std::vector<TargetRow>& targets, const std::string& runbook) : total_(std::ssize(targets)) {
        constexpr auto kWhole = std::numeric_limits<std::uint64_t>::max();
        std::vector<std::pair<std::uint64_t, TargetRow*>> order;
        order.reserve(targets.size());
        for (auto& target : targets)
            order.emplace_back(hash_modulo(runbook, target.device.str(), kWhole), &target);
        std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
            return std::tie(a.first, a.second->device) < std::tie(b.first, b.second->device);
        });
        left_.reserve(order.size());
        for (const auto& [hash, target] : order) left_.push_back(target);
    }

    void take(const runbook::Amount& amount, std::int64_t wave) {
        const auto placed = total_ - std::ssize(left_);
        const auto wanted = amount.is_share ? amount.rounded_up(total_) - placed : amount.rounded_up(total_);
        const auto count = std::clamp<std::int64_t>(wanted, 0, std::ssize(left_));
        for (auto place = left_.begin(); place != left_.begin() + count; ++place) (*place)->wave = wave;
        left_.erase(left_.begin(), left_.begin() + count);
    }

    void take_matches(runbook::Matcher& matcher, const Fleet& fleet, const SelectionFacts& facts,
                      std::int64_t wave) {
        std::erase_if(left_, [&](TargetRow* target) {
            const auto* const seen = fleet.find(target->device);
            if (seen == nullptr || !matcher.matches(facts_of(seen->device, facts))) return false;
            target->wave = wave;
            return true;
        });
    }

private:
    std::int64_t total_;
    std::vector<TargetRow*> left_;
};

}  // namespace

void place_in_waves(std::vector<TargetRow>& targets, const runbook::Meaning& book, const Fleet& fleet,
                    const SelectionFacts& facts) {
    if (!book.rollout || book.rollout->waves.empty()) return;
    Placing placing(targets, book.name);
    std::int64_t wave = 0;
    for (const auto& one : book.rollout->waves) {
        ++wave;
        if (const auto* const amount = std::get_if<runbook::Amount>(&one)) {
            placing.take(*amount, wave);
        } else {
            runbook::Matcher matcher(std::get<runbook::Selector>(one), facts.filters, facts.now);
            placing.take_matches(matcher, fleet, facts, wave);
        }
    }
    placing.take({100, true}, wave + 1);
}

}  // namespace runbookd::engine
