// Which keys differ between two revisions of a runbook.
#include "config/changed_keys.hpp"

#include "catch.hpp"
#include "config/runbooks.hpp"
#include "config/support.hpp"

namespace runbookd::config {
namespace {

std::string words(const std::vector<runbook::KeyChange>& changes) {
    std::string text;
    for (const auto& [key, before, after] : changes)
        text += key + ": " + (before.empty() ? "-" : before) + " -> " + (after.empty() ? "-" : after) + "\n";
    return text;
}

std::string changed(const std::string& before, const std::string& after, const std::string& resolved = "{}",
                    const std::string& resolved_after = "{}") {
    return words(changed_keys({before, resolved}, {after, resolved_after}));
}

}  // namespace

TEST_CASE("only keys that mean something else are named", "[config]") {
    struct Case {
        const char *before, *after, *expected;
    };
    const Case cases[] = {
        {"window: 1h\n", "# longer\nwindow:   1h\n", ""},
        {"window: 1h\n", "window: 2h\n", "window: \"1h\" -> \"2h\"\n"},
        {"window: 1h\n", "enabled: false\n", "enabled: - -> false\nwindow: \"1h\" -> -\n"},
        {"schedule: {cron: 0 2 * * *, timezone: UTC}\n", "schedule: {timezone: UTC, cron: 0 3 * * *}\n",
         "schedule.cron: \"0 2 * * *\" -> \"0 3 * * *\"\n"},
        {"targets: {include: [{os: A}, {os: B}]}\n", "targets: {include: [{os: A}, {os: C}]}\n",
         "targets.include[1].os: \"B\" -> \"C\"\n"},
        {"tags: [a]\n", "tags: [a, b]\n", "tags: [\"a\"] -> [\"a\",\"b\"]\n"},
        {"variables: {a: 1}\n", "variables: [1]\n", "variables: {\"a\":\"1\"} -> [\"1\"]\n"},
        {"a: [\n", "window: 2h\n", "window: - -> \"2h\"\n"},
        {"", "", ""},
    };
    for (const auto& one : cases) {
        INFO(one.before << " / " << one.after);
        CHECK(changed(one.before, one.after) == one.expected);
    }
}

TEST_CASE("what a runbook took from the settings, and its zones, are part of it", "[config]") {
    CHECK(changed("enabled: true\n", "enabled: true\n", R"({"inherited":{"window":"1h"}})",
                  R"({"inherited":{"window":"3h"}})") == "window: \"1h\" -> \"3h\"\n");
    // A value that moved from the settings into the text is the same.
    CHECK(changed("enabled: true\n", "enabled: true\nwindow: 1h\n", R"({"inherited":{"window":"1h"}})") ==
          "");
    CHECK(changed("enabled: true\n", "enabled: true\n", R"({"timezone":"UTC","zones":{"A":"1","B":"2"}})",
                  R"({"timezone":"Europe/Berlin","zones":{"A":"1","B":"3"}})") ==
          "timezone: \"UTC\" -> \"Europe/Berlin\"\nzones.B: \"2\" -> \"3\"\n");
    CHECK(changed("enabled: true\n", "enabled: true\n", "damaged", "{}") == "");
    // A policy that is written as it was by default has not changed.
    CHECK(changed("enabled: true\n", "enabled: true\noverlap: skip\n", R"({"overlap":"skip"})") == "");
}

}  // namespace runbookd::config
