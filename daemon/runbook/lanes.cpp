#include "runbook/lanes.hpp"

#include <algorithm>
#include <set>

namespace runbookd::runbook {

const Lane* Lanes::find(std::string_view zone, std::string_view customer) const {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Lane& lane) {
        return lane.customer == customer && (!customer.empty() || lane.zone()->name() == zone);
    });
    return found == all.end() ? nullptr : &*found;
}

std::string Lanes::zones() const {
    std::set<std::string> names;
    for (const auto& lane : all) names.insert(lane.zone()->name());
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

}  // namespace runbookd::runbook
