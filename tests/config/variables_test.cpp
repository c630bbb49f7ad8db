// What `variables:` may hold: texts, templates, secrets.
#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd;
using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

const std::string kHead =
    "name: clear-temp\ncomponent: Sweep\ntargets: {include: [{all: true}]}\nvariables:\n";

Settings with_secrets() {
    auto settings = settings_for_tests();
    settings.account.timezone = "Europe/Berlin";
    settings.secrets["backup-token"] = {Secret("s3cr3t-value"), {"backup-*", "clear-temp*"}};
    settings.secrets["other"] = {Secret("another-value"), {"backup-*"}};
    return settings;
}

ParsedRunbook parse_with(const std::string& variables, const Settings& settings) {
    static zones::Zones zones;
    return parse_runbook(kHead + variables, "some-file.yaml", settings, zones);
}

std::vector<std::string> problems_of(const std::string& variables) {
    return in_full(parse_with(variables, with_secrets()).diagnostics);
}

}  // namespace

TEST_CASE("a value may hold fields and secrets", "[config]") {
    const auto parsed = parse_with(
        "  host: \"{{ device.hostname }}-{{site.name}}\"\n"
        "  token: ${secret:backup-token}\n"
        "  header: 'Bearer ${secret:backup-token}'\n"
        "  braces: \"{{ '{{' }}\"\n",
        with_secrets());
    REQUIRE(parsed.diagnostics.empty());
    const auto& variables = parsed.runbook->variables;
    CHECK(variables.at("host").shown() == "{{ device.hostname }}-{{ site.name }}");
    CHECK(variables.at("token").shown() == "[secret:backup-token]");
    CHECK(variables.at("header").shown() == "Bearer [secret:backup-token]");
    CHECK(variables.at("braces").constant() == "{{");
    CHECK(parsed.runbook->zone == nullptr);
}

TEST_CASE("a mistake in a value is reported where it stands", "[config]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"  host: \"x {{ device.hostnam }}\"\n",
         "some-file.yaml:5:15: error: variables.host: 'device.hostnam' is not a field (expected one of the "
         "fields "
         "that docs/runbooks.md lists, such as device.hostname; did you mean device.hostname?)"},
        {"  ä: 'ö {{ device.uid | upper }}'\n",
         "some-file.yaml:5:25: error: variables.ä: 'upper' is not a filter (expected default('…') or "
         "date('%Y-%m'))"},
        {"  token: a ${secret:backup-tokn}\n",
         "some-file.yaml:5:12: error: variables.token: the configuration declares no secret 'backup-tokn' "
         "(expected one of backup-token, other; did you mean backup-token?)"},
        {"  token: ${secret:other}\n",
         "some-file.yaml:5:10: error: variables.token: runbook 'clear-temp' may not use the secret 'other' "
         "(expected a name like backup-*)"},
    };
    for (const auto& [variables, expected] : cases) {
        INFO(variables);
        CHECK(problems_of(variables) == std::vector<std::string>{expected});
    }
}

TEST_CASE("all mistakes of all values are reported", "[config]") {
    CHECK(in_short(parse_with("  a: '{{ x }}'\n  b: ${secret:x}\n  c: '{{ alert.uids }}'\n", with_secrets())
                       .diagnostics) == std::vector<std::string>{"5:10 bad_value variables.a",
                                                                 "6:6 bad_value variables.b",
                                                                 "7:10 bad_value variables.c"});
}

TEST_CASE("a mistake in a text of several lines is reported at its begin", "[config]") {
    CHECK(in_short(parse_with("  text: |\n    one\n    {{ two }}\n", with_secrets()).diagnostics) ==
          std::vector<std::string>{"5:9 bad_value variables.text"});
}

TEST_CASE("without a configuration any secret may be named", "[config]") {
    CHECK(parse_with("  token: ${secret:whatever}\n", Settings{}).runbook);
    CHECK_FALSE(parse_with("  token: ${secret:whatever}\n", settings_for_tests()).runbook);
}

TEST_CASE("names and values have a longest length", "[config]") {
    const std::string longest(255, 'n');
    CHECK(problems_of("  " + longest + ": 1\n").empty());
    CHECK(problems_of("  n" + longest + ": 1\n").size() == 1);
    CHECK(problems_of("  n: " + std::string(16'195, 'v') + "\n").empty());
    CHECK(problems_of("  n: " + std::string(16'196, 'v') + "\n").size() == 1);
}

TEST_CASE("dates show the schedule's zone, else the account's, which the revision then keeps", "[config]") {
    const std::string month = "  month: \"{{ run.started_at | date('%Y-%m') }}\"\n";
    const auto manual = parse_with(month, with_secrets());
    REQUIRE(manual.runbook);
    REQUIRE(manual.runbook->zone);
    CHECK(manual.runbook->zone->name() == "Europe/Berlin");
    CHECK(manual.runbook->resolved.find("\"timezone\":\"Europe/Berlin\"") != std::string::npos);
    const auto scheduled =
        parse_with(month + "schedule: {cron: '0 2 * * *', timezone: Asia/Tokyo}\n", with_secrets());
    REQUIRE(scheduled.runbook);
    CHECK(scheduled.runbook->zone->name() == "Asia/Tokyo");
    const auto plain = parse_with("  month: 7\n", with_secrets());
    CHECK(plain.runbook->resolved.find("timezone") == std::string::npos);
}

TEST_CASE("a recorded text is read although its secret is declared no more", "[config]") {
    zones::Zones zones;
    const StoredRevision revision{"clear-temp", kHead + "  token: ${secret:gone}\n", "{}"};
    const auto none = [](const std::string&) { return std::shared_ptr<const runbook::ZoneRules>(); };
    CHECK(parse_revision(revision, with_secrets(), zones, none).runbook);
}
