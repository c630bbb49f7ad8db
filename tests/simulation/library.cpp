#include "simulation/library.hpp"

#include <stdexcept>

#include "config/account_view.hpp"
#include "config/runbooks.hpp"

namespace runbookd::simulation {
namespace {

/// Read once for all worlds: the machine's own rules.
zones::Zones& zones() {
    static zones::Zones all;
    return all;
}

schedule::Blackouts blackouts(const std::string& cron, Millis length, const std::string& zone) {
    if (cron.empty()) return {};
    return schedule::Blackouts(
        {{schedule::Recurring{*cron::Expression::parse(cron), length}, *zones().find(zone), "hours"}});
}

config::Settings settings_of(const World& world) {
    config::Settings settings;
    settings.account.name = "main";
    settings.account.timezone = world.zone;
    settings.account.timezone_is_written = true;
    settings.account.not_during = blackouts(world.blackout_cron, world.blackout_length, world.zone);
    for (const auto& one : world.customers) {
        auto& customer = settings.customers[one.name];
        customer.name = one.name;
        customer.sites = one.sites;
        customer.timezone = one.zone;
        const auto& zone = one.zone.empty() ? world.zone : one.zone;
        customer.not_during = blackouts(one.blackout_cron, one.blackout_length, zone);
        if (!one.window_cron.empty())
            customer.windows.emplace(
                "patch",
                runbook::MaintenanceWindow{*cron::Expression::parse(one.window_cron), one.window_length});
    }
    for (const auto& [name, value] : world.secrets) settings.secrets[name] = {config::Secret{value}, {"*"}};
    return settings;
}

}  // namespace

Library::Library(const World& world) : settings_(settings_of(world)) {
    const auto view = config::settings_of(settings_, "main", zones());
    rules_ = {view.customers, view.account.timezone, true, view.account.not_during};
    std::map<std::string, secrets::Declared> declared;
    for (const auto& [name, value] : world.secrets) declared[name] = {value, {"*"}};
    vault_.renew(std::move(declared));
    for (const auto& version : world.versions) {
        auto& runbooks = versions_.emplace_back();
        for (const auto& [name, text] : version) {
            auto parsed = config::parse_runbook(text, name + ".yaml", view, zones());
            if (!parsed.runbook) {
                std::string why = "a runbook was drawn wrong:\n" + text;
                for (const auto& problem : parsed.diagnostics) why += config::to_line(problem) + "\n";
                throw std::logic_error(why);
            }
            auto& book = runbooks.emplace_back(std::move(*parsed.runbook));
            by_text_[{book.name, book.yaml, book.resolved}] = std::make_shared<const runbook::Runbook>(book);
        }
    }
}

std::shared_ptr<const runbook::Runbook> Library::find(const std::string& name, const std::string& yaml,
                                                      const std::string& resolved) const {
    const auto found = by_text_.find({name, yaml, resolved});
    return found == by_text_.end() ? nullptr : found->second;
}

}  // namespace runbookd::simulation
