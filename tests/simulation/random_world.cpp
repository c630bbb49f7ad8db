#include "simulation/random_world.hpp"

#include <algorithm>
#include <array>

#include "simulation/draw.hpp"
#include "simulation/random_runbook.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kDay = hours{24};
const std::vector<std::string> kNames{"sweep", "patch", "check", "tidy", "scan"};

/// Most lives begin shortly before the clocks change somewhere.
UtcTime random_start(Draw& draw) {
    const auto day = draw.one_of({"2026-03-05", "2026-03-25", "2026-04-01", "2026-06-10", "2026-09-02",
                                  "2026-10-01", "2026-10-21", "2026-10-28", "2026-12-27"});
    return *parse_utc(day) + draw.span(Millis{0}, kDay);
}

void add_sites(World& world, Draw& draw) {
    const auto count = draw.below(3) + 1;
    for (std::size_t i = 0; i < count; ++i)
        world.sites.push_back({SiteUid{"s" + std::to_string(i)},
                               i == 0 ? "Acme HQ" : "Site " + std::to_string(i), draw.chance(5)});
    if (!draw.chance(60)) return;
    for (std::size_t i = 0; i < count; ++i) {
        if (draw.chance(30)) continue;  // a site of nobody
        WorldCustomer customer;
        customer.name = std::string(draw.one_of({"acme", "birch", "cedar"})) + "-" + std::to_string(i);
        customer.sites = {world.sites[i].name};
        if (draw.chance(80))
            customer.zone = draw.one_of({"Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC"});
        if (draw.chance(70)) {
            customer.window_cron = "0 " + std::to_string(draw.from(0, 23)) + " * * *";
            customer.window_length = hours{draw.from(1, 4)};
        }
        if (draw.chance(40)) {
            customer.blackout_cron = "0 " + std::to_string(draw.from(0, 23)) + " * * MON-FRI";
            customer.blackout_length = hours{draw.from(1, 10)};
        }
        world.customers.push_back(std::move(customer));
    }
}

void add_devices(World& world, Draw& draw) {
    const auto count = draw.below(6) + 2;
    for (std::size_t i = 0; i < count; ++i) {
        WorldDevice device;
        auto& facts = device.facts;
        const auto& site = draw.one_of(world.sites);
        facts.uid = DeviceUid{"d" + std::to_string(i)};
        facts.site_uid = site.uid;
        facts.site_name = site.name;
        facts.hostname = (draw.chance(70) ? "ACME-" : "LAB-") + std::to_string(i);
        facts.os = draw.one_of({"Microsoft Windows Server 2022", "Microsoft Windows 11 Pro"});
        facts.device_class = draw.chance(95) ? "device" : "printer";
        facts.device_type = "Server";
        facts.suspended = draw.chance(4);
        if (draw.chance(50)) facts.udf = runbook::Udfs({{5, draw.one_of({"gold", "silver"})}});
        if (draw.chance(15)) device.exists.from = draw.span(Millis{0}, world.length);
        if (draw.chance(10)) device.exists.until = device.exists.from + draw.span(kDay, world.length + kDay);
        if (draw.chance(50)) {
            auto at = draw.span(Millis{0}, 2 * kDay);
            while (at < world.length) {
                const auto until = at + draw.span(minutes{1}, draw.chance(20) ? 3 * kDay : Millis{hours{6}});
                device.offline.push_back({at, until});
                at = until + draw.span(minutes{1}, 2 * kDay);
            }
        }
        world.devices.push_back(std::move(device));
    }
}

void add_components(World& world, Draw& draw) {
    for (const auto* name : {"Clean", "Repair"}) {
        WorldComponent one;
        one.uid = ComponentUid{std::string("c-") + name};
        one.name = name;
        one.failure = draw.from(0, 25);
        one.warning = draw.from(0, 10);
        one.expired = draw.chance(30) ? 3 : 0;
        one.without_output = draw.chance(50) ? 10 : 0;
        one.shortest = draw.span(Millis{500}, minutes{1});
        one.longest =
            one.shortest + (draw.chance(20) ? Millis{hours{2}} : draw.span(seconds{10}, minutes{10}));
        one.prints =
            draw.one_of({"done", "done\n::exit-code=0::|done\n::exit-code=3::|done\n::exit-code=3010::",
                         "done|ERROR disk full", "done|\r\nall done\r\ndone\r"});
        one.prints_variables = draw.chance(60);
        one.restarts = draw.chance(50) ? draw.from(20, 100) : 0;
        one.rows = draw.chance(60) ? draw.from(1, 4) : 0;
        one.inputs = {"days", "token"};
        world.components.push_back(std::move(one));
    }
}

void add_alerts(World& world, Draw& draw) {
    const auto count = draw.below(8);
    for (std::size_t i = 0; i < count; ++i)
        world.alerts.push_back({draw.below(world.devices.size()),
                                draw.one_of({"Critical", "High", "Moderate"}), "perf_disk_usage_ctx",
                                draw.span(Millis{0}, world.length)});
}

void add_faults(World& world, Draw& draw) {
    if (draw.chance(50)) {
        const auto rate = [&] { return draw.chance(50) ? draw.from(1, 12) : 0; };
        world.faults = {rate(), rate(), rate(), rate(), draw.chance(30) ? 2 : 0, 0};
        if (draw.chance(25)) world.faults.late_log = 200;
    }
    if (draw.chance(40)) {
        world.limits.reads = draw.from(60, 200);
        world.limits.creates = draw.from(2, 20);
    }
    if (draw.chance(40)) world.page = draw.below(3) + 2;
    world.log_lag = draw.span(seconds{2}, seconds{40});
    world.budget_share = draw.chance(70) ? 0.8 : 0.5;
    world.slow_commits = draw.chance(25) ? draw.from(1, 20) : 0;
    if (draw.chance(50)) return;
    static constexpr std::array<std::uint64_t, 7> kEvery{1, 2, 3, 5, 7, 11, 1000};
    if (draw.chance(30))
        world.kill_by_chance = draw.from(15, 600);
    else
        world.kill_every = kEvery.at(draw.below(kEvery.size()));
    world.kills = {Millis{0}, world.length};
    // A daemon that is killed at every few steps comes to little: a part of its life is enough of that.
    if (world.kill_every != 0 && world.kill_every < 100)
        world.kills.from = draw.span(Millis{0}, world.length);
}

void add_settings(World& world, Draw& draw) {
    world.fleet_refresh = draw.chance(30) ? Millis{minutes{10}} : Millis{hours{draw.from(1, 3)}};
    world.follow = draw.chance(60)   ? engine::FollowMode::automatic
                   : draw.chance(50) ? engine::FollowMode::results
                                     : engine::FollowMode::activity_log;
    world.zone = draw.one_of({"UTC", "Europe/Berlin"});
    if (draw.chance(15)) {
        world.blackout_cron = "0 " + std::to_string(draw.from(0, 23)) + " * * SAT";
        world.blackout_length = hours{draw.from(1, 12)};
    }
    if (draw.chance(70)) world.secrets = {{"door-key", "hunter2hunter2-" + std::to_string(world.seed)}};
    if (draw.chance(50)) world.filters = {{"Servers", "ACME-*"}};
}

void add_versions(World& world, Draw& draw) {
    const auto count = draw.below(3) + 2;
    Version version;
    std::vector<std::string> before;
    for (std::size_t i = 0; i < count; ++i) {
        version[kNames[i]] = random_runbook(kNames[i], world, before, draw);
        before.push_back(kNames[i]);
    }
    world.versions.push_back(version);
    const auto reloads = draw.chance(60) ? draw.below(3) + 1 : 0;
    for (std::size_t i = 0; i < reloads; ++i) {
        const auto place = draw.below(count);
        std::vector<std::string> earlier(kNames.begin(), kNames.begin() + static_cast<std::ptrdiff_t>(place));
        if (draw.chance(20))
            version.erase(kNames[place]);  // its file is gone
        else if (draw.chance(80))
            version[kNames[place]] = random_runbook(kNames[place], world, earlier, draw);
        world.versions.push_back(version);  // else nothing has changed
    }
}

engine::PauseScope random_scope(const World& world, Draw& draw) {
    using engine::PauseKind;
    switch (draw.below(5)) {
        case 0: return {};
        case 1:
            if (!world.customers.empty()) return {PauseKind::customer, draw.one_of(world.customers).name};
            return {};
        case 2: return {PauseKind::device, draw.one_of(world.devices).facts.uid.str()};
        case 3: return {PauseKind::component, draw.one_of(world.components).uid.str()};
        default: return {PauseKind::runbook, kNames[draw.below(3)]};
    }
}

Deed random_deed(const World& world, Draw& draw) {
    switch (draw.below(10)) {
        case 0:
        case 1: {
            StartRun run{kNames[draw.below(4)], {}, draw.chance(15)};
            if (draw.chance(40)) run.devices = {draw.below(world.devices.size())};
            return run;
        }
        case 2: return StartQuickJob{draw.below(world.devices.size()), draw.one_of({"Clean", "Repair"})};
        case 3: return Pause{random_scope(world, draw), draw.span(minutes{5}, hours{20})};
        case 4: return Resume{random_scope(world, draw)};
        case 5: return CancelNewest{};
        case 6: return RetargetNewest{draw.chance(50)};
        case 7: return SettleUnknown{draw.from(0, 2)};
        case 8: return RejectAll{};
        default: return ApproveAll{draw.one_of({"dora", "alice"})};
    }
}

/// What goes wrong around the daemon, or with it.
Deed random_trouble(Draw& draw) {
    switch (draw.below(4)) {
        case 0:
            return Kill{draw.chance(50) ? draw.span(seconds{1}, minutes{20})
                                        : draw.span(hours{1}, hours{40})};
        case 1: return Stall{draw.span(seconds{30}, hours{3})};
        case 2: return Outage{draw.span(minutes{1}, hours{4})};
        default: return Kill{seconds{1}};
    }
}

bool wants_approval(const World& world) {
    for (const auto& version : world.versions)
        for (const auto& [name, text] : version)
            if (text.find("approval:") != std::string::npos) return true;
    return false;
}

/// Somebody looks in now and then, mostly to say yes.
void add_approvers(World& world, Draw& draw) {
    if (!wants_approval(world) || draw.chance(15)) return;
    const auto often = draw.span(minutes{20}, hours{6});
    for (auto at = draw.span(minutes{10}, often); at < world.length; at += draw.span(minutes{5}, 2 * often)) {
        if (draw.chance(10))
            world.events.push_back({at, RejectAll{}});
        else
            world.events.push_back({at, ApproveAll{draw.one_of({"dora", "dora", "alice"})}});
    }
}

/// Somebody puts the store back to what it was, and accepts that after a while. What the log shows only hours
/// later, or not while the search may last, nobody can find.
void add_restore(World& world, Draw& draw) {
    world.faults.late_log = 0;
    world.log_lag = std::min(world.log_lag, Millis{seconds{10}});
    std::erase_if(world.events, [](const auto& event) { return std::holds_alternative<Outage>(event.deed); });
    auto at = draw.span(minutes{10}, world.length * 3 / 4);
    world.events.push_back({at, BackUp{}});
    at += draw.span(minutes{2}, hours{30});
    world.events.push_back({at, PutBack{draw.span(seconds{1}, draw.chance(30) ? hours{5} : minutes{5})}});
    for (int word = 0; word < 4; ++word) {
        at += draw.span(seconds{30}, hours{3});
        world.events.push_back({at, AcceptRestore{}});
    }
}

void add_events(World& world, Draw& draw) {
    const auto days = static_cast<int>(std::max<std::int64_t>(world.length / kDay, 1));
    const auto at = [&] { return draw.span(minutes{10}, world.length); };
    const auto deeds = draw.chance(70) ? draw.from(0, 3 * days) : 0;
    for (int i = 0; i < deeds; ++i) world.events.push_back({at(), random_deed(world, draw)});
    const auto troubles = draw.chance(50) ? draw.from(0, days) : 0;
    for (int i = 0; i < troubles; ++i) world.events.push_back({at(), random_trouble(draw)});
    add_approvers(world, draw);
    for (std::size_t version = 1; version < world.versions.size(); ++version)
        world.events.push_back(
            {world.length * static_cast<int>(version) / static_cast<int>(world.versions.size()) +
                 draw.span(Millis{0}, hours{3}),
             Reload{version}});
    if (!world.on_sqlite && draw.chance(15)) {
        add_restore(world, draw);
    } else if (draw.chance(20)) {  // somebody sets the clock, and later sets it right again
        // What fired under a clock ahead, and lies beyond the end of its revision then, is explained by
        // nothing.
        std::erase_if(world.events,
                      [](const auto& event) { return std::holds_alternative<Reload>(event.deed); });
        const auto by = draw.span(minutes{2}, hours{30}) * (draw.chance(50) ? 1 : -1);
        const auto wrong = draw.span(hours{2}, world.length);
        world.events.push_back({wrong, StepClock{by}});
        world.events.push_back({wrong + draw.span(minutes{1}, hours{6}), StepClock{-by}});
    }
    std::stable_sort(world.events.begin(), world.events.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
}

}  // namespace

World random_world(std::uint64_t seed, Millis length) {
    Draw draw(seed * 0x9E3779B97F4A7C15U + 11);
    World world;
    world.seed = seed;
    world.start = random_start(draw);
    world.length = length;
    world.on_sqlite = seed % 4 == 0;
    add_sites(world, draw);
    add_devices(world, draw);
    add_components(world, draw);
    add_alerts(world, draw);
    add_faults(world, draw);
    add_settings(world, draw);
    add_versions(world, draw);
    add_events(world, draw);
    return world;
}

}  // namespace runbookd::simulation
