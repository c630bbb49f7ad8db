#include "engine/site_register.hpp"

#include <algorithm>

namespace runbookd::engine {
namespace {

/// So many names stand in one message.
constexpr std::size_t kMostNames = 10;

std::string some_of(const std::set<std::string>& names) {
    std::string text;
    std::size_t told = 0;
    for (const auto& name : names) {
        if (told++ == kMostNames) return text + " and " + std::to_string(names.size() - kMostNames) + " more";
        text += (text.empty() ? "'" : ", '") + name + "'";
    }
    return text;
}

}  // namespace

void SiteRegister::restore(const RecoveredState& state) {
    for (const auto& row : state.sites) recorded_[row.site] = row.customer;
}

void SiteRegister::take_in(const Fleet& fleet, const std::vector<std::string>& by_zone, Instant now) {
    if (!fleet.devices_read_at()) return;
    record_changes(fleet, now);
    const auto before = std::exchange(told_, {});
    problems_.clear();
    const auto tell_once = [&](const std::string& subject, const std::string& uid, const std::string& kind,
                               const std::string& message) {
        problems_.push_back(subject + " " + uid + ": " + message);
        told_.insert(problems_.back());
        if (!before.contains(problems_.back())) tell(subject, uid, kind, message, now);
    };
    for (const auto& [site, customer, other] : customers_.shared())
        tell_once("customer", customer.str(), "customer.shared_site",
                  "the site '" + site.str() + "' fits the customer '" + other.str() +
                      "' too, and stays with the first by name; name it by its uid in one of them");
    if (by_zone.empty()) return;
    std::set<std::string> without;
    for (const auto& [uid, site] : fleet.sites()) {
        const auto* const known = customers_.of(uid, SharedText(site.name));
        if (!(known != nullptr ? known->is_zone_written : customers_.rules().is_zone_written))
            without.insert(site.name);
    }
    if (without.empty()) return;
    for (const auto& runbook : by_zone)
        tell_once("runbook", runbook, "runbook.sites_without_zone",
                  "`timezone: site` leaves out sites without a time zone: " + some_of(without) +
                      "; give their customer or the account one");
}

void SiteRegister::record_changes(const Fleet& fleet, Instant now) {
    SitesAssigned changes{account_, {}, now.utc};
    for (const auto& [uid, site] : fleet.sites()) {
        const auto* const known = customers_.of(uid, SharedText(site.name));
        const auto name = known == nullptr ? std::string{} : known->name.str();
        const auto recorded = recorded_.find(uid);
        if ((recorded == recorded_.end() ? std::string{} : recorded->second) == name) continue;
        changes.rows.push_back({uid, name});
        if (name.empty())
            recorded_.erase(recorded);
        else
            recorded_[uid] = name;
    }
    if (changes.rows.empty()) return;
    std::sort(changes.rows.begin(), changes.rows.end(),
              [](const auto& a, const auto& b) { return a.site < b.site; });
    outbox_.write(std::move(changes));
}

void SiteRegister::tell(const std::string& subject, const std::string& uid, const std::string& kind,
                        const std::string& message, Instant now) {
    outbox_.write(Noted{subject, uid, kind, "", {{"message", message}}, now.utc});
}

}  // namespace runbookd::engine
