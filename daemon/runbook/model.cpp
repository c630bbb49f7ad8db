#include "runbook/model.hpp"

#include <set>

namespace runbookd::runbook {
namespace {

/// null: the runbook has none, or none of that number.
const Step* step_at(const Boxed<Steps>& steps, std::int64_t number) {
    const auto place = static_cast<std::size_t>(number - 1);
    return steps && number >= 1 && place < steps->list.size() ? &steps->list[place] : nullptr;
}

}  // namespace

Millis Meaning::timeout_of(std::int64_t number) const {
    const auto* const step = step_at(steps, number);
    return step == nullptr ? timeout : step->timeout.value_or(timeout);
}

const Success* Meaning::success_of(std::int64_t number) const {
    const auto* const step = step_at(steps, number);
    if (step != nullptr && step->success) return &*step->success;
    return success ? &*success : nullptr;
}

std::vector<std::string> Meaning::filters() const {
    auto names = targets.filters();
    if (!rollout) return names;
    std::set<std::string> all(names.begin(), names.end());
    for (const auto& wave : rollout->waves)
        if (const auto* selector = std::get_if<Selector>(&wave); selector != nullptr && selector->filter)
            all.insert(selector->filter->any_of.begin(), selector->filter->any_of.end());
    return {all.begin(), all.end()};
}

}  // namespace runbookd::runbook
