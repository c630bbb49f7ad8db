#include "engine/targeting.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "base/glob.hpp"

namespace runbookd::engine {
namespace {

bool names_site(const RunScope& scope, const Device& device) {
    return scope.sites.empty() ||
           std::any_of(scope.sites.begin(), scope.sites.end(), [&](const std::string& name) {
               return glob_matches(name, device.site_name.str()) ||
                      equals_ignoring_case(name, device.site_uid.str());
           });
}

/// A scope made ready once, for many devices: that of a retarget may name tens of thousands.
class ScopeMatcher {
public:
    explicit ScopeMatcher(const RunScope& scope) : scope_(scope) {
        for (const auto& name : scope.devices) names_.insert(ascii_lower(name));
    }
    [[nodiscard]] bool matches(const Device& device) const {
        return (names_.empty() || names_.contains(ascii_lower(device.uid.str())) ||
                names_.contains(ascii_lower(device.hostname))) &&
               names_site(scope_, device);
    }

private:
    const RunScope& scope_;
    std::unordered_set<std::string> names_;
};

bool asks_first_seen(const std::vector<runbook::Selector>& selectors) {
    return std::any_of(selectors.begin(), selectors.end(), [](const auto& s) { return s.first_seen; });
}

std::string reason_for(const std::string& rule, const Device& device) {
    if (rule == "deleted") return "the device is deleted in Datto RMM";
    if (rule == "suspended") return "the device is suspended in Datto RMM";
    if (rule == "class") return "a device of class '" + device.device_class.str() + "' runs no components";
    return "an On-Demand agent runs no jobs";
}

/// A device with the beginning of its hostname: most comparisons need no look at the device itself.
struct Sortable {
    std::array<std::uint64_t, 2> beginning{};
    const Device* device = nullptr;

    explicit Sortable(const Device& d) : device(&d) {
        for (std::size_t i = 0; i < 16; ++i)
            beginning.at(i / 8) = beginning.at(i / 8) << 8U |
                                  (i < d.hostname.size() ? static_cast<unsigned char>(d.hostname[i]) : 0U);
    }
    friend bool operator<(const Sortable& a, const Sortable& b) {
        if (a.beginning != b.beginning) return a.beginning < b.beginning;
        return std::tie(a.device->hostname, a.device->uid) < std::tie(b.device->hostname, b.device->uid);
    }
};

/// Sorts the fleet's devices into those that are targets and those that a rule keeps out.
runbook::DeviceFacts with_facts(const Device& device, std::optional<UtcTime> first_seen,
                                SharedText customer) {
    return {device.uid,          device.site_uid,    device.site_name,    device.hostname,
            device.os,           device.device_type, device.device_class, device.domain,
            device.patch_status, device.udf,         device.online,       device.reboot_required,
            device.last_seen,    first_seen,         std::move(customer)};
}

class Sorter {
public:
    Sorter(const runbook::Targets& targets, const Fleet& fleet, const SelectionFacts& facts)
        : fleet_(fleet),
          facts_(facts),
          asks_first_seen_(facts.first_seen &&
                           (asks_first_seen(targets.include) || asks_first_seen(targets.exclude))),
          asks_customer_(targets.ask_customer()),
          include_(targets.include, facts.filters, facts.now),
          exclude_(targets.exclude, facts.filters, facts.now) {
        for (const auto& selector : targets.exclude)
            reasons_.emplace_back("targets.exclude[" + std::to_string(reasons_.size()) +
                                  "]: " + to_text(selector));
    }

    [[nodiscard]] bool is_of_lane(const Device& device) {
        if (facts_.lane == nullptr) return true;
        // Devices of one site mostly stand together.
        if (last_site_ == nullptr || !(*last_site_ == device.site_uid)) {
            last_site_ = &device.site_uid;
            is_last_of_lane_ = facts_.lanes_by == runbook::LanesBy::customer
                                   ? facts_.customers->name_of(device).str() == facts_.lane->customer
                                   : facts_.customers->zone_of(device) == facts_.lane->zone()->name();
        }
        return is_last_of_lane_;
    }

    [[nodiscard]] Selection select(const RunScope& scope) {
        const ScopeMatcher in_scope(scope);
        std::vector<Sortable> taken;
        std::vector<LeftOut> left_out;
        const auto look_at = [&](const Device& device) {
            if (!is_of_lane(device) || !is_customer_in_scope(device, scope)) return;
            const auto known = facts_of(device);
            if (!include_.find(known) || !in_scope.matches(device)) return;
            if (!exclusion_rule(device, fleet_).empty())
                left_out.push_back({Sortable(device), std::nullopt, std::nullopt});
            else if (const auto place = exclude_.find(known))
                left_out.push_back({Sortable(device), place, std::nullopt});
            else if (auto out = judge(device))
                left_out.push_back({Sortable(device), std::nullopt, std::move(out)});
            else
                taken.emplace_back(device);
        };
        if (const auto named = named_by_uid(scope); !named.empty())
            for (const auto* const device : named) look_at(*device);
        else
            for (const auto& seen : fleet_.devices()) look_at(seen.device);
        std::sort(taken.begin(), taken.end());
        std::sort(left_out.begin(), left_out.end(),
                  [](const LeftOut& a, const LeftOut& b) { return a.place < b.place; });
        Selection selection;
        selection.targets.reserve(taken.size());
        for (const auto& one : taken)
            selection.targets.push_back(as_target(*one.device, customer_of(*one.device)));
        selection.exclusions.reserve(left_out.size());
        for (const auto& one : left_out) selection.exclusions.push_back(as_exclusion(one));
        return selection;
    }

private:
    /// The devices of a scope that names them all by their uids, each once: what triggers start is mostly one
    /// of many thousands. Empty: the scope is another.
    [[nodiscard]] std::vector<const Device*> named_by_uid(const RunScope& scope) const {
        std::vector<const Device*> named;
        for (const auto& name : scope.devices) {
            const auto* const seen = fleet_.find(DeviceUid{name});
            if (seen == nullptr) return {};
            named.push_back(&seen->device);
        }
        std::sort(named.begin(), named.end());
        named.erase(std::unique(named.begin(), named.end()), named.end());
        return named;
    }
    [[nodiscard]] runbook::DeviceFacts facts_of(const Device& device) const {
        return with_facts(device, asks_first_seen_ ? facts_.first_seen(device.uid) : std::nullopt,
                          asks_customer_ ? customer_of(device) : SharedText{});
    }
    [[nodiscard]] SharedText customer_of(const Device& device) const {
        return facts_.customers == nullptr ? SharedText{} : facts_.customers->name_of(device);
    }
    [[nodiscard]] bool is_customer_in_scope(const Device& device, const RunScope& scope) const {
        const auto& names = scope.customers;
        return names.empty() ||
               std::find(names.begin(), names.end(), customer_of(device).str()) != names.end();
    }
    struct LeftOut {
        Sortable place;
        std::optional<std::size_t> exclude;  // which of them; none: it can run no component at all …
        std::optional<StartRules::LeftOut> start_rule;  // … or, where there is one, is out for now
    };
    [[nodiscard]] std::optional<StartRules::LeftOut> judge(const Device& device) const {
        return facts_.start_rules == nullptr ? std::nullopt : facts_.start_rules->judge(device.uid);
    }
    [[nodiscard]] ExclusionRow as_exclusion(const LeftOut& one) const {
        const auto& device = *one.place.device;
        ExclusionRow row{device.uid, device.hostname, device.site_name, "exclude", ""};
        if (one.exclude) {
            row.reason = reasons_[*one.exclude];
        } else if (one.start_rule) {
            row.rule = one.start_rule->rule;
            row.reason = one.start_rule->reason;
        } else {
            row.rule = exclusion_rule(device, fleet_);
            row.reason = reason_for(row.rule, device);
        }
        return row;
    }

    const Fleet& fleet_;
    const SelectionFacts& facts_;
    bool asks_first_seen_, asks_customer_;
    const SiteUid* last_site_ = nullptr;
    bool is_last_of_lane_ = false;
    runbook::MatcherList include_, exclude_;
    std::vector<SharedText> reasons_;  // of each exclude
};

}  // namespace

std::string exclusion_rule(const Device& device, const Fleet& fleet) {
    if (device.deleted) return "deleted";
    if (device.suspended) return "suspended";
    if (!device.device_class.empty() && device.device_class.str() != "device") return "class";
    if (fleet.is_on_demand(device.site_uid)) return "on_demand";
    return "";
}

std::string excluded_since(const TargetRow& row, const Device& device, const Fleet& fleet) {
    if (const auto rule = exclusion_rule(device, fleet); !rule.empty()) return "the device is now " + rule;
    if (!row.site_uid.empty() && !device.site_uid.empty() && row.site_uid != device.site_uid)
        return "the device is no longer on site '" + row.site_name.str() + "', but on '" +
               device.site_name.str() + "'";
    return "";
}

runbook::DeviceFacts facts_of(const Device& device, const SelectionFacts& facts) {
    return with_facts(device, facts.first_seen ? facts.first_seen(device.uid) : std::nullopt,
                      facts.customers == nullptr ? SharedText{} : facts.customers->name_of(device));
}

Selection select_targets(const runbook::Targets& targets, const RunScope& scope, const Fleet& fleet,
                         const SelectionFacts& facts) {
    return Sorter(targets, fleet, facts).select(scope);
}

std::optional<std::string> ambiguity(const RunScope& scope, const Fleet& fleet) {
    for (const auto& name : scope.devices) {
        if (fleet.find(DeviceUid{name}) != nullptr) continue;
        auto named = fleet.find_by_hostname(name);
        std::erase_if(named, [&](const Fleet::Seen* seen) {
            return seen->device.deleted || !names_site(scope, seen->device);
        });
        if (named.size() > 1) return several_of(name, named);
    }
    return std::nullopt;
}

TargetRow as_target(const Device& device, SharedText customer) {
    return {device.uid, device.site_uid, device.site_name, device.hostname,
            1,          device.online,   device.last_seen, std::move(customer)};
}

}  // namespace runbookd::engine
