#include "config/lanes_reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "config/zone_reader.hpp"
#include "zones/zone_source.hpp"

namespace runbookd::config {
namespace {

using runbook::Customer;
using runbook::LanesBy;

/// So many names are told of customers without a window.
constexpr std::size_t kMostNames = 5;

std::string some_of(const std::vector<std::string>& names) {
    const std::vector<std::string> told(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames)));
    const auto more = names.size() - told.size();
    return join(told) + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

class LanesMaker {
public:
    LanesMaker(const SharedSchedule& schedule, const LaneSurroundings& around)
        : schedule_(schedule), around_(around), customers_(around.settings.customers) {}

    runbook::Lanes make() {
        runbook::Lanes lanes;
        lanes.by = schedule_.by;
        for (const auto& entry : schedule_.entries)
            lanes.text += (lanes.text.empty() ? "" : "; ") + text_of(entry);
        if (schedule_.by == LanesBy::site_zone)
            for (const auto& zone : site_zones()) add(lanes, nullptr, zone);
        else
            add_customers(lanes);
        return lanes;
    }

private:
    static std::string text_of(const SharedEntry& entry) {
        if (!entry.rule) return "maintenance: " + entry.maintenance;
        return std::visit([](const auto& when) { return std::string(when.text()); }, *entry.rule);
    }

    [[nodiscard]] const std::string& zone_name(const Customer& customer) const {
        return customer.timezone.empty() ? around_.settings.account.timezone : customer.timezone;
    }

    /// Those of all customers, and the account's if somebody chose it.
    [[nodiscard]] std::set<std::string> site_zones() const {
        std::set<std::string> names;
        const auto& account = around_.settings.account;
        for (const auto& [name, customer] : customers_)
            if (!customer.timezone.empty() || account.timezone_is_written) names.insert(zone_name(customer));
        if (account.timezone_is_written) names.insert(account.timezone);
        return names;
    }

    void add_customers(runbook::Lanes& lanes) {
        for (const auto& entry : schedule_.entries)
            if (!entry.rule) check_window(entry);
        add(lanes, nullptr, around_.settings.account.timezone);
        for (const auto& [name, customer] : customers_) add(lanes, &customer, zone_name(customer));
    }

    void check_window(const SharedEntry& entry) const {
        if (around_.settings.account.name.empty()) return;
        std::vector<std::string> without;
        std::set<std::string> windows;
        for (const auto& [name, customer] : customers_) {
            if (!customer.windows.contains(entry.maintenance)) without.push_back(name);
            for (const auto& [window, when] : customer.windows) windows.insert(window);
        }
        const std::vector<std::string> known(windows.begin(), windows.end());
        if (without.size() == customers_.size())
            return entry.field.error({.code = "bad_value",
                                      .message = "no customer has a window " + shown(entry.maintenance),
                                      .expected = known.empty() ? "a window under `windows` of a customer"
                                                                : "one of " + join(known),
                                      .suggestion = nearest_of(entry.maintenance, known)});
        if (!without.empty())
            entry.field.warning({.code = "no_window",
                                 .message = "customers without a window " + shown(entry.maintenance) +
                                            " are in no run of it: " + some_of(without),
                                 .expected = "such a window, where it is meant to run"});
    }

    void add(runbook::Lanes& lanes, const Customer* customer, const std::string& zone_name) {
        const auto& zone = zone_of(zone_name);
        if (!zone) return;
        std::vector<schedule::Entry> entries;
        for (const auto& shared : schedule_.entries)
            if (auto entry = entry_of(shared, customer)) {
                entry->zone = zone;
                entries.push_back(std::move(*entry));
            }
        if (entries.empty()) return;
        auto items = around_.not_during.items();
        for (auto& item : items) item.zone = zone;
        lanes.all.push_back({customer != nullptr ? customer->name : std::string{},
                             schedule::Timeline(std::move(entries)), schedule::Blackouts(std::move(items)),
                             customer != nullptr ? customer->not_during : schedule::Blackouts{}});
    }

    /// nullopt: the customer has no such window.
    [[nodiscard]] std::optional<schedule::Entry> entry_of(const SharedEntry& shared,
                                                          const Customer* customer) const {
        if (shared.rule)
            return schedule::Entry{
                .rule = *shared.rule, .zone = nullptr, .jitter = shared.jitter, .catch_up = shared.catch_up};
        if (customer == nullptr) return std::nullopt;
        const auto window = customer->windows.find(shared.maintenance);
        if (window == customer->windows.end()) return std::nullopt;
        auto options = shared.options;
        options.scope = customer->name;
        auto begins = cron::Expression::parse(window->second.begins.text(), options);
        if (!begins) return std::nullopt;  // `dst` beside @every; it stands without
        const auto span = std::min(window->second.span, around_.window.value_or(window->second.span));
        return schedule::Entry{.rule = std::move(*begins),
                               .zone = nullptr,
                               .jitter = shared.jitter,
                               .catch_up = shared.catch_up,
                               .window = std::chrono::duration<std::uint32_t, std::milli>(
                                   static_cast<std::uint32_t>(span.count()))};
    }

    /// Looked up once each; null: reported.
    const std::shared_ptr<const cron::Zone>& zone_of(const std::string& name) {
        const auto [place, is_new] = zones_.try_emplace(name);
        if (is_new) place->second = find_account_zone(schedule_.entries.front().field, name, around_.zones);
        return place->second;
    }

    const SharedSchedule& schedule_;
    const LaneSurroundings& around_;
    const runbook::Customers& customers_;
    std::map<std::string, std::shared_ptr<const cron::Zone>> zones_;
};

}  // namespace

runbook::Lanes make_lanes(const SharedSchedule& schedule, const LaneSurroundings& around) {
    return LanesMaker(schedule, around).make();
}

runbook::Customers used_customers(const SharedSchedule& schedule, const runbook::Lanes& lanes,
                                  const Settings& settings) {
    runbook::Customers used;
    for (const auto& lane : lanes.all) {
        if (lanes.by == LanesBy::site_zone) {
            // Which zones there are is all that counts: each stands for a customer of that name.
            auto& stand_in = used[lane.key()];
            stand_in.name = lane.key();
            stand_in.timezone = lane.key();
            continue;
        }
        if (lane.customer.empty()) continue;
        const auto& known = settings.customers.at(lane.customer);
        auto& customer = used[lane.customer];
        customer.name = known.name;
        customer.timezone = lane.zone()->name();
        customer.not_during = known.not_during;
        for (const auto& entry : schedule.entries)
            if (const auto window = known.windows.find(entry.maintenance); window != known.windows.end())
                customer.windows.insert(*window);
    }
    return used;
}

}  // namespace runbookd::config
