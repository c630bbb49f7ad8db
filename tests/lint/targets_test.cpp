// What runbooks ask of devices and accounts, and do not get.
#include "catch.hpp"
#include "config/lint.hpp"
#include "config/runbooks.hpp"
#include "zones/zones.hpp"

namespace runbookd::lint {
namespace {

config::Settings settings_of(config::Api api = config::Api::datto) {
    config::Settings settings;
    settings.account.name = "main";
    settings.account.api = api;
    settings.account.timezone = "UTC";
    settings.account.timezone_is_written = true;
    return settings;
}

/// "code path: message" of each finding.
std::vector<std::string> findings_of(const std::string& yaml,
                                     const config::Settings& settings = settings_of()) {
    static zones::Zones zones;
    const auto parsed = config::parse_runbook(yaml, "sweep.yaml", settings, zones);
    INFO(yaml);
    for (const auto& found : parsed.diagnostics) CHECK(config::to_line(found).empty());
    REQUIRE(parsed.runbook);
    std::vector<std::string> lines;
    for (const auto& found :
         config::lint_runbook(*parsed.runbook, settings, *parse_utc("2026-12-01T12:00:00Z")))
        lines.push_back(found.code + " " + found.path + ": " + found.message);
    return lines;
}

const std::string kAll = "component: Sweep\ntargets: {include: [{all: true}]}\n";

}  // namespace

TEST_CASE("lint knows devices that are not waited for", "[lint]") {
    const auto online = [](const char* includes, const char* offline) {
        return findings_of("component: Sweep\ntargets: {include: [" + std::string(includes) + "]}\n" +
                           offline);
    };
    CHECK(online("{hostname: a}, {online: true}", "") ==
          std::vector<std::string>{
              "offline_not_waited_for targets.include[1].online: a device that is offline "
              "when the run begins is no target, so 'offline: wait' does not wait for it"});
    CHECK(online("{online: {not: false}}", "offline: wait").size() == 1);
    CHECK(online("{online: true}", "offline: skip").empty());
    CHECK(online("{online: true}", "offline: dispatch").empty());
    CHECK(online("{online: false}, {online: {not: true}}", "").empty());
}

TEST_CASE("lint knows windows that are too short for the account", "[lint]") {
    CHECK(
        findings_of(kAll + "window: 1h\nguard: {max: 4881}") ==
        std::vector<std::string>{
            "no_time_for_creates window: guard.max lets 4881 devices through, whose jobs take 1h1m to "
            "create, "
            "at the account's 80 a minute, and jobs may be created for 1h only: the devices behind expire"});
    CHECK(findings_of(kAll + "window: 1h\nguard: {max: 4880}").empty());
    CHECK(findings_of(kAll + "window: 1h").empty());
    auto settings = settings_of();
    settings.account.limits.mode = config::Limits::Mode::off;
    CHECK(findings_of(kAll + "window: 1h\nguard: {max: 100000}", settings).empty());
    settings.account.limits = {config::Limits::Mode::fixed, 600, 100, 10};
    CHECK(findings_of(kAll + "window: 10m\nguard: {max: 100}", settings).size() == 1);
    // A job for each step; and with finish_by none may begin that could end too late.
    CHECK(findings_of(
              "steps: [{name: a, component: A}, {name: b, component: B}]\ntargets: {include: [{all: true}]}\n"
              "window: 1h\nguard: {max: 2500}")
              .size() == 1);
    CHECK(findings_of(kAll + "window: 1h\nfinish_by: window\ntimeout: 30m\nguard: {max: 2500}").size() == 1);
}

TEST_CASE("lint knows pauses between waves that outlast the window", "[lint]") {
    const auto waves = [](const char* soak) {
        return findings_of(kAll + "window: 1h\nrollout: {waves: [1, 10%, 100%], soak: " + soak + "}");
    };
    CHECK(waves("30m") == std::vector<std::string>{
                              "no_time_for_waves rollout.soak: after all waves but the last, 30m are "
                              "waited, and jobs may be created for 1h only: the last wave finds the window "
                              "closed"});
    CHECK(waves("29m").empty());
    CHECK(findings_of(kAll + "window: 1h\nrollout: {waves: [100%], soak: 2h}").empty());
}

TEST_CASE("lint knows what does not work through a relay", "[lint]") {
    const std::string text =
        "targets: {include: [{filter: Servers}], exclude: [{filter: Lab}]}\n"
        "triggers: [{discovered: {settle: 30m}}, {alert: {priority: [High]}}]\n"
        "steps: [{name: a, component: A}, {expect: {rebooted: true}}]\nwindow: 2h\n";
    const auto found = findings_of(text, settings_of(config::Api::seed));
    REQUIRE(found.size() == 4);
    CHECK(
        found[0].starts_with("not_through_relay targets.include[0].filter: the account is another runbookd"));
    CHECK(found[1].starts_with("not_through_relay targets.exclude[0].filter: "));
    CHECK(found[2].starts_with("not_through_relay triggers[1].alert: "));
    CHECK(found[3].starts_with("not_through_relay steps[1].expect.rebooted: "));
    CHECK(findings_of(text).empty());
}

}  // namespace runbookd::lint
