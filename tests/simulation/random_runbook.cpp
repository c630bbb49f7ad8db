#include "simulation/random_runbook.hpp"

namespace runbookd::simulation {
namespace {

std::string number(int n) { return std::to_string(n); }

std::string zone(Draw& draw) {
    return draw.one_of({"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
                        "Asia/Kolkata"});
}

std::string cron(Draw& draw) {
    const auto minute = number(draw.from(0, 59));
    switch (draw.below(12)) {
        case 0: return minute + " */" + draw.one_of({"4", "6", "8", "12"}) + " * * *";
        case 7:
        case 8:
        case 9: return minute + " */" + draw.one_of({"2", "3", "4", "6"}) + " * * *";
        case 1: return "@every " + draw.one_of({"5h", "9h", "11h30m"});
        case 2: return "H H(1-4) * * *";
        case 3: return minute + " " + number(draw.from(0, 23)) + " * * MON,THU";
        case 4: return "0,30 2,3 * * *";
        case 5: return minute + " " + number(draw.from(0, 23)) + " */2 * ?";
        case 6: return "30 2 * * *";
        default: return minute + " " + number(draw.from(0, 23)) + " * * *";
    }
}

std::string entry(Draw& draw, const std::string& in_zone) {
    const auto when = cron(draw);
    auto text = "{cron: \"" + when + "\"";
    if (!in_zone.empty()) text += ", timezone: " + in_zone;
    if (draw.chance(30)) text += ", jitter: " + draw.one_of({"90s", "10m", "45m"});
    if (when.front() != '@' && draw.chance(25))
        text += ", dst: {gap: " + draw.one_of({"shift", "skip"}) +
                ", repeat: " + draw.one_of({"first", "second", "both"}) + "}";
    if (draw.chance(60)) text += ", catch_up: " + draw.one_of({"none", "latest", "all"});
    return text + "}";
}

bool has_maintenance(const World& world) {
    for (const auto& customer : world.customers)
        if (!customer.window_cron.empty()) return true;
    return false;
}

std::string schedule(const World& world, Draw& draw) {
    if (!world.customers.empty() && draw.chance(45)) {
        if (has_maintenance(world) && draw.chance(40))
            return "{maintenance: patch, catch_up: " + draw.one_of({"none", "latest", "all"}) + "}";
        return entry(draw, draw.one_of({"customer", "customer", "site"}));
    }
    if (draw.chance(20)) return "[" + entry(draw, zone(draw)) + ", " + entry(draw, zone(draw)) + "]";
    if (draw.chance(5)) {
        const auto at = format_utc(world.start + draw.span(Millis{0}, world.length));
        return "{at: \"" + at.substr(0, 16) + "\", timezone: " + zone(draw) + "}";
    }
    return entry(draw, draw.chance(80) ? zone(draw) : "");
}

std::string selector(const World& world, Draw& draw) {
    switch (draw.below(10)) {
        case 0: return "{os: \"*Server*\"}";
        case 1: return "{hostname: {not: \"*-3\"}}";
        case 2:
            return "{site: [\"" + world.sites.at(draw.below(world.sites.size())).name + "\", \"Site *\"]}";
        case 3:
            if (!world.filters.empty()) return "{filter: " + world.filters.begin()->first + "}";
            return "{online: true}";
        case 4:
            if (!world.customers.empty()) return "{customer: {not: [" + world.customers[0].name + "]}}";
            return "{last_seen: {within: 2d}}";
        case 5: return "{udf: {5: gold}}";
        default: return "{all: true}";
    }
}

std::string targets(const World& world, Draw& draw) {
    auto text = "targets:\n  include: [" + selector(world, draw);
    if (draw.chance(25)) text += ", " + selector(world, draw);
    text += "]\n";
    if (draw.chance(15)) text += "  exclude: [{hostname: \"*-1\"}]\n";
    return text;
}

std::string rollout(Draw& draw) {
    std::string text = "rollout:\n";
    if (draw.chance(80))
        text += "  waves: [" + draw.one_of({"1, 50%", "2", "{os: \"*Server*\"}, 60%", "1, 1, 100%"}) + "]\n";
    if (draw.chance(60)) text += "  soak: " + draw.one_of({"2m", "20m", "1h"}) + "\n";
    if (draw.chance(20)) text += "  promote: manual\n";
    if (draw.chance(50))
        text += "  abort_when: {failed: " + draw.one_of({"1", "2", "3"}) +
                ", scope: " + draw.one_of({"run", "site", "group"}) + "}\n";
    else if (draw.chance(50))
        text += "  abort_when: {failed_share: 40%, min_finished: 2}\n";
    if (draw.chance(40)) text += "  max_in_flight: " + draw.one_of({"1", "2", "5"}) + "\n";
    if (draw.chance(30)) text += "  max_in_flight_per: {site: 1, \"udf.5\": 1}\n";
    return text == "rollout:\n" ? "" : text;
}

std::string triggers(const std::vector<std::string>& others, Draw& draw) {
    std::string list;
    const auto add = [&](const std::string& one) { list += "  - " + one + "\n"; };
    if (draw.chance(50))
        add("alert: {priority: [Critical, High], cooldown: " + draw.one_of({"0s", "2h", "24h"}) +
            ", resolve: " + draw.one_of({"true", "false"}) + "}");
    if (!others.empty() && draw.chance(50))
        add("outcome: {runbook: " + draw.one_of(others) + ", disposition: [failed, timeout, expired], " +
            "consecutive: " + draw.one_of({"1", "2"}) + "}");
    if (draw.chance(40)) add("online: {offline_for: " + draw.one_of({"1h", "6h"}) + "}");
    if (list.empty() || draw.chance(30)) add("discovered: {settle: " + draw.one_of({"0s", "30m"}) + "}");
    auto text = "triggers:\n" + list;
    if (draw.chance(40)) text += "max_per_hour: " + number(draw.from(1, 3)) + "\n";
    return text;
}

std::string blackouts(const World& world, Draw& draw) {
    std::string text = "not_during:\n";
    if (draw.chance(70))
        text += "  - {cron: \"" + number(draw.from(0, 59)) + " " + number(draw.from(0, 23)) +
                " * * *\", for: " + draw.one_of({"30m", "3h", "9h"}) + ", reason: hours}\n";
    if (draw.chance(40) || text == "not_during:\n") {
        const auto day = format_utc(world.start + draw.span(Millis{0}, world.length)).substr(0, 10);
        text += "  - {from: " + day + ", to: " + day + ", reason: freeze}\n";
    }
    return text;
}

std::string success(Draw& draw) {
    std::string text = "success:\n";
    if (draw.chance(40)) text += "  warnings: fail\n";
    if (draw.chance(50)) text += "  exit_code: [0, 3010]\n";
    if (draw.chance(50)) text += "  stdout: {must_match: \"^done\", must_not_match: ERROR}\n";
    return text == "success:\n" ? "" : text;
}

std::string variables(const World& world, const WorldComponent& component, Draw& draw) {
    std::string text;
    for (const auto& input : component.inputs) {
        if (input == "token" && !world.secrets.empty() && draw.chance(70)) {
            text += "  token: \"x-${secret:" + world.secrets.begin()->first + "}\"\n";
        } else if (draw.chance(50)) {
            text += "  " + input + ": \"" +
                    draw.one_of({"30", "{{ device.hostname }}", "{{ device.udf.7 | default('none') }}",
                                 "{{ device.udf.5 }}", "{{ occurrence.nominal_at | default('by hand') }}"}) +
                    "\"\n";
        }
    }
    return text.empty() ? "" : "variables:\n" + text;
}

/// Window, timeout and what hangs on them. A maintenance window may be shorter than any timeout.
std::string spans(bool is_in_maintenance, Draw& draw) {
    static const std::vector<std::pair<std::string, std::string>> both{
        {"20m", "5m"}, {"1h", "10m"}, {"1h30m", "1h"}, {"3h", "30m"}, {"6h", "2h"}, {"26h", "1h"}};
    const auto& [window, timeout] = draw.one_of(both);
    auto text = "window: " + window + "\ntimeout: " + timeout + "\n";
    if (!is_in_maintenance && draw.chance(25)) text += "finish_by: window\n";
    return text;
}

/// Of one or two components of the world, with a return between them or not.
std::string steps(const World& world, Draw& draw) {
    const auto component = [&] { return draw.one_of(world.components).name; };
    const auto job = [&](const std::string& name, int own_rules) {
        auto text = "  - {name: " + name + ", component: " + component();
        if (draw.chance(own_rules)) text += ", timeout: " + draw.one_of({"2m", "4m"});
        if (draw.chance(own_rules)) text += ", success: {exit_code: [0, 3010]}";
        if (draw.chance(own_rules)) text += ", variables: {days: \"7\"}";
        return text;
    };
    const bool goes_on = draw.chance(60);
    auto text = "steps:\n" + job("check", 30) + (goes_on ? ", on_failure: continue}\n" : "}\n");
    std::string repair_ends = "repair.succeeded";
    if (draw.chance(80)) {
        text += job("repair", 20);
        if (goes_on && draw.chance(70))
            text +=
                ", when: " + draw.one_of({"check.failed", "[check.failed, check.timeout, check.expired]"});
        if (draw.chance(30)) {
            text += ", on_failure: continue";
            repair_ends = "[repair.succeeded, repair.failed]";
        }
        text += "}\n";
        if (draw.chance(60)) {
            text += "  - {expect: {" +
                    draw.one_of({"online: true", "rebooted: true", "online: true, rebooted: true"}) +
                    ", within: " + draw.one_of({"3m", "20m", "2h"}) + "}";
            if (draw.chance(60)) text += ", when: " + repair_ends;
            if (draw.chance(30)) text += ", on_failure: continue";
            text += "}\n";
        }
    }
    if (draw.chance(50)) text += job("after", 10) + (draw.chance(20) ? ", when: check.succeeded}\n" : "}\n");
    return text;
}

std::string approval(Draw& draw) {
    return "approval: " +
           draw.one_of({"required", "required", "{not_starter: true}", "{ahead: 3h}", "{ahead: 30h}",
                        "{ahead: 12h, not_starter: true}"}) +
           "\n";
}

std::string ramp(const World& world, Draw& draw) {
    const auto day = format_utc(world.start + draw.span(Millis{0}, world.length / 2)).substr(0, 10);
    return "ramp: {from: " + day + ", shares: " +
           draw.one_of(
               {"{0d: 30%, 1d: 60%, 2d: 100%}", "{1d: 50%, 2d: 90%}", "{0d: 10%, 1d: 40%, 3d: 100%}"}) +
           "}\n";
}

/// What a key says, once in a while.
std::string rules(Draw& draw) {
    std::string text;
    const auto maybe = [&](int percent, const std::string& line) {
        if (draw.chance(percent)) text += line + "\n";
    };
    maybe(60, "overlap: " +
                  draw.one_of({"skip", "queue", "allow", "skip_run", "stop_previous", "stop_previous"}));
    maybe(70, "offline: " + draw.one_of({"wait", "skip", "dispatch"}));
    maybe(40, "priority: " + draw.one_of({"high", "normal", "low"}));
    maybe(40, "on_unknown: " + draw.one_of({"hold", "redispatch"}));
    maybe(40, "one_job_per_device: " + draw.one_of({"true", "false"}));
    maybe(30, "tolerate: " + draw.one_of({"1", "50%"}));
    maybe(60, "guard: " + draw.one_of({"{min: 0}", "{max: 4, min: 0}",
                                       "{min: 0, max_change: {share: 20%, at_least: 1}}"}));
    maybe(40, "retry: " + draw.one_of({"{attempts: 2, delay: 1m}", "{attempts: 3, delay: 5m, backoff: 1}",
                                       "{attempts: 2, delay: 10m, on: [failed, timeout, warning]}"}));
    return text;
}

}  // namespace

// The one place where a new part of the language joins the simulation: a line here, and, where what it says
// can be broken, a rule in judged_rules.cpp.
std::string random_runbook(const std::string& name, const World& world,
                           const std::vector<std::string>& others, Draw& draw) {
    const auto& component = draw.one_of(world.components);
    auto text = "name: " + name + "\n";
    const auto kind = draw.below(10);
    if (kind < 8) text += "schedule: " + schedule(world, draw) + "\n";
    if (kind == 7 || kind == 8) text += triggers(others, draw);
    const bool is_in_maintenance = text.find("{maintenance") != std::string::npos;
    text += spans(is_in_maintenance, draw) + targets(world, draw);
    text += draw.chance(30) ? steps(world, draw) : "component: " + component.name + "\n";
    text += variables(world, component, draw) + rules(draw);
    if (draw.chance(30)) text += blackouts(world, draw);
    if (draw.chance(35)) text += rollout(draw);
    if (draw.chance(30)) text += success(draw);
    if (draw.chance(20)) text += approval(draw);
    if (draw.chance(20)) text += "once: " + draw.one_of({"per_device", "20h", "3d"}) + "\n";
    if (draw.chance(15)) text += ramp(world, draw);
    if (draw.chance(40)) text += "collect: rows\n";
    return text;
}

}  // namespace runbookd::simulation
