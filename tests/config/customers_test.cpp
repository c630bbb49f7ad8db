// `customers:`, and what a runbook makes of them.
#include "catch.hpp"
#include "config/customers_reader.hpp"
#include "config/document.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

struct Read {
    runbookd::runbook::Customers customers;
    std::vector<Diagnostic> diagnostics;
};

Read read(const std::string& yaml, const std::filesystem::path& folder = {}) {
    static runbookd::zones::Zones zones;
    const auto document = parse_document(yaml, "runbookd.yaml");
    REQUIRE(document.root);
    Surroundings around;
    around.folder = folder;
    around.zones = &zones;
    Report report("runbookd.yaml");
    Read result;
    const auto* entry = document.root->find("customers");
    result.customers =
        read_customers(Field{entry->value.get(), "customers", &report}, "Europe/Berlin", around);
    result.diagnostics = report.take();
    return result;
}

}  // namespace

TEST_CASE("a customer has sites, a zone, windows and blackouts", "[config]") {
    const auto result = read(
        "customers:\n"
        "  acme:\n"
        "    sites: [\"Acme *\", 1b0a]\n"
        "    timezone: America/New_York\n"
        "    windows: {patch: {cron: \"0 2 * * SUN\", for: 3h}}\n"
        "    not_during: [{from: 2026-12-20, to: 2027-01-03, reason: freeze}]\n"
        "  birch: {sites: [Birch], not_during: [{cron: '0 8 * * *', for: 1h}]}\n");
    CHECK(in_full(result.diagnostics).empty());
    REQUIRE(result.customers.size() == 2);
    const auto& acme = result.customers.at("acme");
    CHECK(acme.sites == std::vector<std::string>{"Acme *", "1b0a"});
    CHECK(acme.timezone == "America/New_York");
    REQUIRE(acme.windows.count("patch") == 1);
    CHECK(acme.windows.at("patch").begins.text() == "0 2 * * SUN");
    CHECK(acme.windows.at("patch").span == std::chrono::hours(3));
    REQUIRE(acme.not_during.items().size() == 1);
    CHECK(acme.not_during.items()[0].zone->name() == "America/New_York");
    const auto& birch = result.customers.at("birch");
    CHECK(birch.timezone.empty());
    CHECK(birch.not_during.items()[0].zone->name() == "Europe/Berlin");
}

TEST_CASE("every mistake in a customer is reported", "[config]") {
    const auto result = read(
        "customers:\n"
        "  Acme: {sites: []}\n"
        "  a: {timezone: Nowhere, windows: {p: {cron: '61 * * * *'}, Q: {cron: '0 2 * * *', for: 0s}}}\n"
        "  b: {sites: [x, x], window: {}}\n"
        "  c: x\n");
    CHECK(in_short(result.diagnostics) ==
          std::vector<std::string>{
              "2:3 bad_value customers.Acme", "2:17 bad_value customers.Acme.sites",
              "3:6 missing_key customers.a.sites", "3:17 unknown_zone customers.a.timezone",
              "3:39 missing_key customers.a.windows.p.for", "3:47 cron_syntax customers.a.windows.p.cron",
              "3:61 bad_value customers.a.windows.Q", "3:89 bad_value customers.a.windows.Q.for",
              "4:18 bad_value customers.b.sites[1]", "4:22 unknown_key customers.b.window",
              "5:6 wrong_type customers.c"});
}

TEST_CASE("customers may stand in a folder of files, each with its own places", "[config]") {
    const TempFolder folder;
    folder.write("a.yaml", "acme: {sites: [A]}\n");
    folder.write("b.yaml", "birch: {sites: [B]}\nacme: {sites: [C]}\n");
    folder.write("c.yaml", "- x\n");
    folder.write("d.txt", "not read");
    folder.write(".e.yaml", "{{");
    const auto result = read("customers: .\n", folder.path());
    CHECK(in_short(result.diagnostics) ==
          std::vector<std::string>{"1:1 wrong_type", "2:1 duplicate_name acme"});
    CHECK(result.diagnostics[0].file == (folder.path() / "c.yaml").string());
    CHECK(result.diagnostics[1].file == (folder.path() / "b.yaml").string());
    CHECK(result.customers.size() == 2);
    CHECK(in_short(read("customers: missing\n", folder.path()).diagnostics) ==
          std::vector<std::string>{"1:12 unreadable customers"});
    CHECK(in_short(read("customers: [a]\n").diagnostics) ==
          std::vector<std::string>{"1:12 wrong_type customers"});
}

TEST_CASE("a site that two customers name is told, and refuses nothing", "[config]") {
    const auto result = read("customers:\n  acme: {sites: [\"Acme *\", HQ]}\n  birch: {sites: [hq]}\n");
    CHECK(in_full(result.diagnostics) ==
          std::vector<std::string>{"runbookd.yaml:3:19: warning: customers.birch.sites[0]: 'hq' stands in "
                                   "customer 'acme' too; the first by name has its sites (expected each site "
                                   "in one customer)"});
    CHECK(result.customers.size() == 2);
}

namespace {

/// Settings with the customers of `yaml`.
Settings with_customers(const std::string& yaml) {
    auto settings = settings_for_tests();
    settings.account.timezone = "Europe/Berlin";
    settings.account.timezone_is_written = true;
    auto found = read("customers:\n" + yaml);
    REQUIRE(found.diagnostics.empty());
    settings.customers = std::move(found.customers);
    return settings;
}

Settings three() {
    return with_customers(
        "  acme: {sites: [A], timezone: America/New_York, windows: {patch: {cron: '0 2 * * SUN', for: 3h}}}\n"
        "  birch: {sites: [B], windows: {patch: {cron: '0 22 * * SAT', for: 90m}, reboot: {cron: '0 4 * * "
        "*', "
        "for: 1h}}, not_during: [{from: 2026-12-20, to: 2027-01-03, reason: 'a \"freeze\"'}]}\n"
        "  cedar: {sites: [C]}\n");
}

ParsedRunbook parse_with(const Settings& settings, const std::string& rest) {
    static runbookd::zones::Zones zones;
    return parse_runbook("name: patch\ncomponent: Patch\ntargets: {include: [{all: true}]}\n" + rest + "\n",
                         "patch.yaml", settings, zones);
}

/// "customer zone text window", one line for each entry of each lane.
std::vector<std::string> lanes_in_short(const runbookd::runbook::Runbook& book) {
    std::vector<std::string> lines;
    REQUIRE(book.lanes);
    for (const auto& lane : book.lanes->all)
        for (const auto& entry : lane.schedule.entries())
            lines.push_back(lane.customer + " " + entry.zone->name() + " " + entry.text() + " " +
                            runbookd::format_duration(book.window_of(entry)));
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a schedule in its customers' zones has a lane for each, and one for the others", "[config]") {
    const auto parsed = parse_with(three(), "schedule: {cron: '0 2 * * *', timezone: customer}\nwindow: 2h");
    CHECK(in_full(parsed.diagnostics).empty());
    REQUIRE(parsed.runbook);
    CHECK_FALSE(parsed.runbook->schedule);
    CHECK(lanes_in_short(*parsed.runbook) ==
          Lines{" Europe/Berlin 0 2 * * * 2h", "acme America/New_York 0 2 * * * 2h",
                "birch Europe/Berlin 0 2 * * * 2h", "cedar Europe/Berlin 0 2 * * * 2h"});
    CHECK(parsed.runbook->lanes->text == "0 2 * * *");
    CHECK(parsed.runbook->zones.size() == 2);
}

TEST_CASE("a schedule in its sites' zones has a lane for each zone", "[config]") {
    const std::string rest =
        "schedule: [{cron: '0 2 * * *', timezone: site}, {at: 2026-12-01T02:00, timezone: site}]";
    const auto parsed = parse_with(three(), rest);
    REQUIRE(parsed.runbook);
    CHECK(lanes_in_short(*parsed.runbook) ==
          Lines{" America/New_York 0 2 * * * 1h", " America/New_York 2026-12-01T02:00:00 1h",
                " Europe/Berlin 0 2 * * * 1h", " Europe/Berlin 2026-12-01T02:00:00 1h"});
    auto zoneless = three();
    zoneless.account.timezone = "UTC";
    zoneless.account.timezone_is_written = false;
    const auto nobodys = parse_with(zoneless, rest);
    REQUIRE(nobodys.runbook);
    CHECK(lanes_in_short(*nobodys.runbook) ==
          Lines{" America/New_York 0 2 * * * 1h", " America/New_York 2026-12-01T02:00:00 1h"});
}

TEST_CASE("a maintenance window gives a lane to each customer that has it", "[config]") {
    const auto parsed = parse_with(three(), "schedule: {maintenance: patch}");
    CHECK(
        in_full(parsed.diagnostics) ==
        Lines{"patch.yaml:4:25: warning: schedule.maintenance: customers without a window 'patch' are in no "
              "run of it: cedar (expected such a window, where it is meant to run)"});
    REQUIRE(parsed.runbook);
    CHECK(lanes_in_short(*parsed.runbook) ==
          Lines{"acme America/New_York 0 2 * * SUN 3h", "birch Europe/Berlin 0 22 * * SAT 1h30m"});
    const auto shorter = parse_with(three(), "window: 2h\nschedule: {maintenance: patch, jitter: 10m}");
    REQUIRE(shorter.runbook);
    CHECK(lanes_in_short(*shorter.runbook) ==
          Lines{"acme America/New_York 0 2 * * SUN 2h", "birch Europe/Berlin 0 22 * * SAT 1h30m"});
    const auto both = parse_with(three(), "schedule: [{maintenance: patch}, {maintenance: reboot}]");
    REQUIRE(both.runbook);
    CHECK(lanes_in_short(*both.runbook) == Lines{"acme America/New_York 0 2 * * SUN 3h",
                                                 "birch Europe/Berlin 0 22 * * SAT 1h30m",
                                                 "birch Europe/Berlin 0 4 * * * 1h"});
}

TEST_CASE("a window that nobody has, and one that is too short, are errors", "[config]") {
    const auto misspelt = parse_with(three(), "schedule: {maintenance: pach}");
    CHECK(in_full(misspelt.diagnostics) ==
          Lines{"patch.yaml:4:25: error: schedule.maintenance: no customer has a window 'pach' (expected one "
                "of patch, reboot; did you mean patch?)"});
    const auto early = parse_with(three(), "timeout: 2h\nfinish_by: window\nschedule: {maintenance: patch}");
    CHECK_FALSE(early.runbook);
    REQUIRE(early.diagnostics.size() == 2);
    CHECK(to_line(early.diagnostics[0]).find("before the end of the window of customer birch (1h30m)") !=
          std::string::npos);
    CHECK(parse_with(three(), "timeout: 80m\nfinish_by: window\nschedule: {maintenance: patch}").runbook);
}

TEST_CASE("a misspelt customer in a selector has a suggestion", "[config]") {
    const auto parsed =
        parse_with(three(), "variables: {who: '{{ customer.name }} {{ customer.timezone }}'}");
    CHECK(in_full(parsed.diagnostics).empty());
    static runbookd::zones::Zones zones;
    const auto wrong = parse_runbook("name: x\ncomponent: y\ntargets: {include: [{customer: brich}]}\n",
                                     "x.yaml", three(), zones);
    CHECK(in_full(wrong.diagnostics) ==
          Lines{"x.yaml:3:32: error: targets.include[0].customer: the configuration has no customer 'brich' "
                "(expected the name of one that it has; did you mean birch?)"});
}

TEST_CASE("a revision remembers what its lanes are made of, and no more", "[config]") {
    const std::string rest =
        "schedule: {maintenance: patch}\nnot_during: [{from: 2026-11-01, to: 2026-11-02}]";
    const auto parsed = parse_with(three(), rest);
    REQUIRE(parsed.runbook);
    const auto& then = *parsed.runbook;

    static runbookd::zones::Zones zones;
    const auto read_again = [&](const Settings& now) {
        return parse_revision({"patch", then.yaml, then.resolved}, now, zones,
                              [&](const std::string& digest) {
                                  for (const auto& rules : then.zones)
                                      if (rules->digest == digest) return rules;
                                  return std::shared_ptr<const runbookd::runbook::ZoneRules>();
                              });
    };
    auto moved = settings_for_tests();  // the customers are gone, the account is elsewhere
    moved.account.timezone = "Asia/Tokyo";
    const auto again = read_again(moved);
    CHECK(in_full(again.diagnostics).empty());
    REQUIRE(again.runbook);
    CHECK(lanes_in_short(*again.runbook) == lanes_in_short(then));
    const auto& birch = again.runbook->lanes->all.at(1);
    REQUIRE(birch.customer_not_during.items().size() == 1);
    CHECK(birch.customer_not_during.items()[0].reason == "a \"freeze\"");
    CHECK(birch.customer_not_during.items()[0].zone->name() == "Europe/Berlin");
    REQUIRE(birch.not_during.items().size() == 1);
    CHECK(birch.not_during.items()[0].zone->name() == "Europe/Berlin");
    CHECK(again.runbook->lanes->all.at(0).not_during.items()[0].zone->name() == "America/New_York");

    const auto resolved_with = [&](const std::function<void(Settings&)>& change) {
        auto settings = three();
        change(settings);
        return parse_with(settings, rest).runbook->resolved;
    };
    using runbookd::runbook::Customer;
    CHECK(resolved_with([](Settings&) {}) == then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers.erase("cedar"); }) == then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers["acme"].sites = {"Other"}; }) == then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers["birch"].windows.erase("reboot"); }) == then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers["birch"].not_during = {}; }) != then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers["birch"].timezone = "UTC"; }) != then.resolved);
    CHECK(resolved_with([](Settings& s) {
              s.customers["acme"].windows.at("patch").span += std::chrono::hours{1};
          }) != then.resolved);
    CHECK(resolved_with([](Settings& s) { s.customers.erase("acme"); }) != then.resolved);
}

TEST_CASE("zones of sites are remembered as such", "[config]") {
    const auto parsed = parse_with(three(), "schedule: {cron: '0 2 * * *', timezone: site}");
    REQUIRE(parsed.runbook);
    static runbookd::zones::Zones zones;
    auto moved = settings_for_tests();
    moved.account.timezone = "Asia/Tokyo";
    moved.account.timezone_is_written = true;
    const auto again = parse_revision({"patch", parsed.runbook->yaml, parsed.runbook->resolved}, moved, zones,
                                      [](const std::string&) { return nullptr; });
    REQUIRE(again.runbook);
    CHECK(lanes_in_short(*again.runbook) == lanes_in_short(*parsed.runbook));
    auto more = three();
    more.customers["dune"] = more.customers["birch"];  // a customer more in a zone that is there already
    more.customers["dune"].name = "dune";
    CHECK(parse_with(more, "schedule: {cron: '0 2 * * *', timezone: site}").runbook->resolved ==
          parsed.runbook->resolved);
}

TEST_CASE("the account's blackouts belong to what is scheduled", "[config]") {
    auto settings = three();
    settings.account.not_during = settings.customers.at("birch").not_during;
    const auto scheduled = parse_with(settings, "schedule: '0 2 * * *'");
    REQUIRE(scheduled.runbook);
    REQUIRE(scheduled.runbook->account_not_during);
    static runbookd::zones::Zones zones;
    const auto again =
        parse_revision({"patch", scheduled.runbook->yaml, scheduled.runbook->resolved}, settings_for_tests(),
                       zones, [](const std::string&) { return nullptr; });
    REQUIRE(again.runbook);
    REQUIRE(again.runbook->account_not_during);
    CHECK(again.runbook->account_not_during->items().at(0).zone->name() == "Europe/Berlin");
    const auto manual = parse_with(settings, "");
    REQUIRE(manual.runbook);
    CHECK(manual.runbook->account_not_during == nullptr);
    CHECK(manual.runbook->resolved == parse_with(three(), "").runbook->resolved);
}
