// `customers:`, checked completely, and refused until runs know them.
#include "catch.hpp"
#include "config/customers_reader.hpp"
#include "config/document.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

struct Read {
    std::map<std::string, Customer> customers;
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

TEST_CASE("customers are refused until runs know them", "[config]") {
    const TempFolder folder;
    const auto loaded = load_settings(
        folder.write("runbookd.yaml",
                     "accounts: {main: {api: datto, url: 'https://a.example', key: k, secret: s}}\n"
                     "allow_plaintext_secrets: true\ncustomers: {acme: {sites: [A]}}\n"));
    CHECK(in_short(loaded.diagnostics) == std::vector<std::string>{"3:12 not_supported customers"});
}
