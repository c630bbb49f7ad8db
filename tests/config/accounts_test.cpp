// Several accounts in one configuration: each runbook is read as its own account sees the settings.
#include "catch.hpp"
#include "config/account_view.hpp"
#include "config/lint.hpp"
#include "config/support.hpp"

using namespace runbookd;
using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

constexpr const char* kSettings = R"(allow_plaintext_secrets: true
accounts:
  main: {api: datto, url: 'https://a.example', key: k, secret: s, timezone: Europe/Berlin}
  japan:
    api: datto
    url: https://b.example
    key: k
    secret: s
    timezone: Asia/Tokyo
    not_during: [{from: 2026-12-20, to: 2027-01-03, reason: a freeze}]
  bare: {api: datto, url: 'https://c.example', key: k, secret: s}
customers:
  acme: {sites: [Acme], not_during: [{from: 2026-12-24, to: 2026-12-24}], windows: {patch: {cron: "0 2 * * *", for: 1h}}}
  birch: {sites: [Birch], timezone: Europe/Paris, not_during: [{from: 2026-12-24, to: 2026-12-24}]}
profiles: {of-japan: {account: japan}}
)";

const std::string kRest = "component: Sweep\ntargets: {include: [{all: true}]}\n";

zones::Zones& system_zones() {
    static zones::Zones zones;
    return zones;
}

Settings settings() {
    const TempFolder folder;
    auto loaded = load_settings(folder.write("runbookd.yaml", kSettings), system_zones());
    REQUIRE(in_full(loaded.diagnostics) == std::vector<std::string>{});
    return std::move(*loaded.settings);
}

ParsedRunbook read(const std::string& text) {
    return parse_runbook(text + kRest, "a.yaml", settings(), system_zones());
}

RecordedRules none() {
    return [](const std::string&) { return nullptr; };
}

}  // namespace

TEST_CASE("accounts are kept in the order of the file, and the first is whom the settings are about",
          "[config]") {
    const auto all = settings();
    CHECK(names_of_accounts(all) == std::vector<std::string>{"main", "japan", "bare"});
    CHECK(all.account.name == "main");
    CHECK(account_of(all, "japan").url == "https://b.example");
    CHECK(account_of(all, "nobody").name == "main");
    CHECK(names_of_accounts(settings_for_tests()) == std::vector<std::string>{"main"});
    CHECK(names_of_accounts(Settings{}).empty());
}

TEST_CASE("where there are several accounts a runbook names its own", "[config]") {
    const auto unnamed = read("");
    CHECK_FALSE(unnamed.runbook);
    CHECK(in_full(unnamed.diagnostics) ==
          std::vector<std::string>{"a.yaml:1:1: error: account: 'account' is missing (expected one of main, "
                                   "japan, bare, for there are several accounts)"});
    const auto misspelt = read("account: jpan\n");
    CHECK(in_full(misspelt.diagnostics) ==
          std::vector<std::string>{"a.yaml:1:10: error: account: there is no account 'jpan' in the "
                                   "configuration (expected one of main, japan, bare; did you mean "
                                   "japan?)"});
    const auto named = read("account: japan\n");
    REQUIRE(named.runbook);
    CHECK(named.runbook->account == "japan");
    const auto by_profile = read("use: [of-japan]\n");
    REQUIRE(by_profile.runbook);
    CHECK(by_profile.runbook->account == "japan");
}

TEST_CASE("zone and blackouts are those of the runbook's account", "[config]") {
    const auto zone_of = [](const std::string& account) {
        const auto parsed = read("account: " + account + "\nschedule: 0 2 * * *\n");
        REQUIRE(parsed.runbook);
        return parsed.runbook->schedule->zone();
    };
    CHECK(zone_of("main") == "Europe/Berlin");
    CHECK(zone_of("japan") == "Asia/Tokyo");
    CHECK(zone_of("bare") == "UTC");
    const auto held = read("account: japan\nschedule: 0 2 * * *\n");
    REQUIRE(held.runbook->account_not_during);
    CHECK(held.runbook->account_not_during->items().at(0).zone->name() == "Asia/Tokyo");
    CHECK_FALSE(read("account: main\nschedule: 0 2 * * *\n").runbook->account_not_during);
}

TEST_CASE("a customer without a zone is in that of the runbook's account", "[config]") {
    const auto lanes_of = [](const std::string& account) {
        const auto parsed = read("account: " + account + "\nschedule: {maintenance: patch}\n");
        REQUIRE(parsed.runbook);
        return parsed.runbook->lanes->all;
    };
    for (const auto& [account, zone] : std::vector<std::pair<std::string, std::string>>{
             {"main", "Europe/Berlin"}, {"japan", "Asia/Tokyo"}}) {
        const auto lanes = lanes_of(account);
        REQUIRE(lanes.size() == 1);
        CHECK(lanes[0].customer == "acme");
        CHECK(lanes[0].zone()->name() == zone);
        CHECK(lanes[0].customer_not_during.items().at(0).zone->name() == zone);
    }
    const auto of_japan = settings_of(settings(), "japan", system_zones());
    CHECK(of_japan.customers.at("acme").not_during.items().at(0).zone->name() == "Asia/Tokyo");
    CHECK(of_japan.customers.at("birch").not_during.items().at(0).zone->name() == "Europe/Paris");
}

TEST_CASE("a revision is read again as its own account's, whatever has become of the accounts", "[config]") {
    const auto then = read("use: [of-japan]\nschedule: 0 2 * * *\n").runbook.value();
    const auto of_main = read("account: main\nschedule: 0 2 * * *\n").runbook.value();
    const auto today = settings_for_tests();  // its one account is called main, and is in UTC
    const auto again = parse_revision({"a", then.yaml, then.resolved}, today, system_zones(), none());
    REQUIRE(again.runbook);
    CHECK(again.runbook->account == "japan");
    CHECK(again.runbook->schedule->zone() == "Asia/Tokyo");
    CHECK(again.runbook->account_not_during->items().size() == 1);
    const auto other =
        parse_revision({"a", of_main.yaml, of_main.resolved}, settings(), system_zones(), none());
    CHECK(other.runbook->account == "main");
    CHECK_FALSE(other.runbook->account_not_during);
    // From when there was one account, and nobody needed to write its name.
    const auto old =
        parse_revision({"a", kRest, R"({"account":"gone"})"}, settings(), system_zones(), none());
    CHECK(old.runbook->account == "gone");
    CHECK(parse_revision({"a", kRest, "{}"}, settings(), system_zones(), none()).runbook->account == "main");
}

TEST_CASE("lint asks for a zone of the runbook's own account", "[config]") {
    const auto lints_zone = [](const std::string& account) {
        const auto parsed = read("account: " + account + "\nschedule: 0 2 * * *\n");
        for (const auto& found : lint_runbook(*parsed.runbook, settings(), UtcTime{}))
            if (found.code == "no_zone") return true;
        return false;
    };
    CHECK(lints_zone("bare"));
    CHECK_FALSE(lints_zone("japan"));
}
