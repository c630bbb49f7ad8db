#include "runbook/model.hpp"

#include <algorithm>

namespace runbookd::runbook {

bool TextMatch::matches(std::string_view text) const {
    const bool any = std::any_of(any_of.begin(), any_of.end(),
                                 [&](const std::string& pattern) { return glob_matches(pattern, text); });
    return any != negated;
}

bool Selector::matches(const DeviceFacts& facts) const {
    if (site) {
        const bool by_name_or_uid =
            std::any_of(site->any_of.begin(), site->any_of.end(), [&](const std::string& pattern) {
                return glob_matches(pattern, facts.site_name) ||
                       equals_ignoring_case(pattern, facts.site_uid.str());
            });
        if (by_name_or_uid == site->negated) return false;
    }
    return (!hostname || hostname->matches(facts.hostname)) && (!os || os->matches(facts.os)) &&
           (!device || device->matches(facts.uid.str()));
}

}  // namespace runbookd::runbook
