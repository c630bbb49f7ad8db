#include "engine/customers.hpp"

#include <algorithm>

#include "base/spelling.hpp"

namespace runbookd::engine {

void Customers::set(Rules rules) {
    rules_ = std::move(rules);
    known_.clear();
    patterns_.clear();
    by_uid_.clear();
    places_.clear();
    answers_.clear();
    shared_.clear();
    for (const auto& [name, customer] : rules_.customers) {
        for (const auto& site : customer.sites) {
            patterns_.push_back({Glob(site), known_.size()});
            by_uid_.try_emplace(ascii_lower(site), known_.size());
        }
        const bool has_zone = !customer.timezone.empty();
        known_.push_back({SharedText(name), &customer, has_zone ? customer.timezone : rules_.account_zone,
                          has_zone || rules_.is_zone_written});
    }
}

const Customers::Known* Customers::of(const SiteUid& site, const SharedText& name) const {
    if (known_.empty()) return nullptr;
    auto [place, is_new] = places_.try_emplace(site);
    auto& found = place->second;
    if (is_new || !(found.name == name)) found = {name, look(site, name)};
    return found.known;
}

const Customers::Known* Customers::look(const SiteUid& site, const SharedText& name) const {
    if (const auto named = by_uid_.find(ascii_lower(site.str())); named != by_uid_.end())
        return &known_[named->second];
    const Known* first = nullptr;
    for (const auto& pattern : patterns_) {  // in the order of their customers
        const auto* const known = &known_[pattern.customer];
        if (known == first || !pattern.glob.matches(name.str())) continue;
        if (first != nullptr) {
            shared_.push_back({name, first->name, known->name});
            break;
        }
        first = known;
    }
    return first;
}

const Customers::Known* Customers::find(std::string_view name) const {
    const auto found =
        std::lower_bound(known_.begin(), known_.end(), name,
                         [](const Known& one, std::string_view n) { return one.name.str() < n; });
    return found == known_.end() || found->name.str() != name ? nullptr : &*found;
}

const SharedText& Customers::name_of(const Device& device) const {
    static const SharedText kNone;
    const auto* const known = of(device);
    return known == nullptr ? kNone : known->name;
}

const std::string& Customers::zone_of(const Device& device) const {
    static const std::string kNone;
    const auto* const known = of(device);
    if (known != nullptr) return known->is_zone_written ? known->zone : kNone;
    return rules_.is_zone_written ? rules_.account_zone : kNone;
}

std::optional<schedule::Blackouts::Hold> Customers::hold_of(const Known& known, UtcTime at,
                                                            UtcTime horizon) const {
    const auto& blackouts = known.customer->not_during;
    if (blackouts.empty()) return std::nullopt;
    auto& answer = answers_[&known];
    if (answer.at != at || answer.horizon != horizon) answer = {at, horizon, blackouts.at(at, horizon)};
    return answer.hold;
}

std::string Customers::unknown(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& known : known_) names.push_back(known.name.str());
    const auto close = nearest(name, names, 1);
    return "customer '" + std::string(name) + "' does not exist" +
           (close.empty() ? "; the configuration's `customers` lists them"
                          : "; did you mean '" + close.front() + "'?");
}

}  // namespace runbookd::engine
