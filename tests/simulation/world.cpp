#include "simulation/world.hpp"

#include <array>
#include <sstream>

namespace runbookd::simulation {
namespace {

std::string words(const StartRun& deed) {
    return "run " + deed.runbook +
           (deed.devices.empty() ? "" : " on " + std::to_string(deed.devices.size()) + " of its devices") +
           (deed.override_rules ? ", guard, blackouts and window overridden" : "");
}
std::string words(const StartQuickJob& deed) {
    return "quick job " + deed.component + " on device " + std::to_string(deed.device);
}
std::string words(const Pause& deed) {
    return "pause " + deed.scope.words() + " for " + format_duration(deed.span);
}
std::string words(const Resume& deed) { return "resume " + deed.scope.words(); }
std::string words(const CancelNewest& /*deed*/) { return "cancel the newest open run"; }
std::string words(const ApproveAll& deed) { return deed.actor + " approves what waits"; }
std::string words(const RejectAll& /*deed*/) { return "reject what waits"; }
std::string words(const RetargetNewest& deed) {
    return deed.at_next_window ? "retarget the newest finished run at the next window"
                               : "retarget the newest finished run now";
}
std::string words(const SettleUnknown& deed) {
    constexpr std::array kWords{"ran", "not-run", "redispatch"};
    return std::string("settle what is unknown: ") + kWords.at(static_cast<std::size_t>(deed.word));
}
std::string words(const Reload& deed) { return "reload: version " + std::to_string(deed.version); }
std::string words(const StepClock& deed) {
    return deed.by < Millis{0} ? "the clock is set back by " + format_duration(-deed.by)
                               : "the clock is set forward by " + format_duration(deed.by);
}
std::string words(const Stall& deed) { return "the process stands still for " + format_duration(deed.span); }
std::string words(const Kill& deed) { return "killed; started again after " + format_duration(deed.down); }
std::string words(const Outage& deed) { return "the API is away for " + format_duration(deed.span); }

std::string words(const BackUp& /*deed*/) { return "the store is backed up"; }
std::string words(const PutBack& deed) {
    return "killed, and the store put back to its backup; started again after " + format_duration(deed.down);
}
std::string words(const AcceptRestore& /*deed*/) { return "the store is accepted as it is"; }

void tell_account(const World& world, std::ostringstream& out) {
    out << "account: reads " << world.limits.reads << ", creates " << world.limits.creates
        << " a minute, budget " << world.budget_share << ", pages of " << world.page << ", log lag "
        << format_duration(world.log_lag) << ", zone " << world.zone << ", fleet read every "
        << format_duration(world.fleet_refresh) << "\n";
    const auto& faults = world.faults;
    out << "faults in 1,000 calls: not sent " << faults.not_sent << ", lost before " << faults.lost_before
        << ", lost after " << faults.lost_after << ", 500 " << faults.server_error << ", 429 "
        << faults.throttled << ", late in the log " << faults.late_log << "\n";
    if (!world.blackout_cron.empty())
        out << "account not_during: " << world.blackout_cron << " for "
            << format_duration(world.blackout_length) << "\n";
    if (world.kill_every != 0) out << "killed at every step number " << world.kill_every;
    if (world.kill_by_chance != 0) out << "killed at " << world.kill_by_chance << " of 100,000 steps";
    if (world.kill_every != 0 || world.kill_by_chance != 0)
        out << ", from " << format_duration(world.kills.from) << " on, " << world.kills_at_most
            << " times at most\n";
    if (world.slow_commits != 0) out << "slow commits in 1,000: " << world.slow_commits << "\n";
    out << "store: " << (world.on_sqlite ? "SQLite on a disk whose power is cut" : "simulated") << "\n";
}

void tell_fleet(const World& world, std::ostringstream& out) {
    for (const auto& site : world.sites)
        out << "site " << site.uid << " " << site.name << (site.on_demand ? ", on demand" : "") << "\n";
    for (const auto& customer : world.customers) {
        out << "customer " << customer.name << ": zone " << (customer.zone.empty() ? "-" : customer.zone);
        for (const auto& site : customer.sites) out << ", site " << site;
        if (!customer.window_cron.empty())
            out << ", patch " << customer.window_cron << " for " << format_duration(customer.window_length);
        if (!customer.blackout_cron.empty())
            out << ", not_during " << customer.blackout_cron << " for "
                << format_duration(customer.blackout_length);
        out << "\n";
    }
    for (const auto& device : world.devices) {
        out << "device " << device.facts.uid << " " << device.facts.hostname << " on "
            << device.facts.site_uid << (device.facts.suspended ? ", suspended" : "");
        if (device.exists.from > Millis{0}) out << ", appears at " << format_duration(device.exists.from);
        if (device.exists.until < Millis::max()) out << ", gone at " << format_duration(device.exists.until);
        for (const auto& span : device.offline)
            out << ", offline " << format_duration(span.from) << " to " << format_duration(span.until);
        out << "\n";
    }
    for (const auto& one : world.components)
        out << "component " << one.name << ": " << one.failure << "% failure, " << one.warning
            << "% warning, " << one.expired << "% expired, " << one.restarts << "% restart, rows " << one.rows
            << ", " << format_duration(one.shortest) << " to " << format_duration(one.longest) << "\n";
    for (const auto& alert : world.alerts)
        out << "alert " << alert.priority << " on device " << alert.device << " at "
            << format_duration(alert.at) << "\n";
}

}  // namespace

std::string to_story(const World& world) {
    std::ostringstream out;
    out << "from " << format_utc(world.start) << " for " << format_duration(world.length) << "\n";
    tell_account(world, out);
    tell_fleet(world, out);
    for (std::size_t number = 0; number < world.versions.size(); ++number)
        for (const auto& [name, text] : world.versions[number])
            if (number == 0 || !world.versions[number - 1].contains(name) ||
                world.versions[number - 1].at(name) != text)
                out << "--- version " << number << ", " << name << ".yaml\n" << text;
    out << "---\n";
    for (const auto& event : world.events)
        out << format_utc(world.start + event.at) << "  "
            << std::visit([](const auto& deed) { return words(deed); }, event.deed) << "\n";
    return out.str();
}

}  // namespace runbookd::simulation
