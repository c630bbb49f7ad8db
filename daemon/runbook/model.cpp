#include "runbook/model.hpp"

#include <set>

namespace runbookd::runbook {

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
