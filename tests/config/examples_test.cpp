// Every example under config/examples is a file that works. Tests run in the repository's root.
#include "catch.hpp"
#include "config/document.hpp"
#include "config/support.hpp"
#include "config/text_file.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

TEST_CASE("the example settings and every example runbook load without a word", "[config]") {
    runbookd::zones::Zones zones;
    const TempFolder folder;
    std::filesystem::copy("config/examples", folder.path(), std::filesystem::copy_options::recursive);
    const auto file = folder.path() / "runbookd.yaml";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    const auto loaded = load_settings(file, zones);
    CHECK(in_full(loaded.diagnostics).empty());
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->account.name == "main");
    CHECK(loaded.settings->account.url == "http://127.0.0.1:8781");
    CHECK(loaded.settings->store_path == folder.path() / "state/audit.db");
    CHECK(loaded.settings->socket_path == folder.path() / "state/control.sock");

    const auto runbooks = load_runbooks(loaded.settings->runbooks_dir, *loaded.settings, zones);
    CHECK(in_full(runbooks.diagnostics).empty());
    std::vector<std::string> names;
    for (const auto& runbook : runbooks.runbooks) names.push_back(runbook.name);
    CHECK(names == std::vector<std::string>{"check-backup", "clear-temp-files", "disk-report",
                                            "free-disk-space", "patch-night", "pending-restarts",
                                            "repair-backup", "update-agent"});
}

TEST_CASE("the example fleet is YAML in our sense", "[config]") {
    const auto text = read_text_file("config/examples/fleet.yaml", kMaxFileBytes);
    REQUIRE(text);
    const auto document = parse_document(*text, "fleet.yaml");
    CHECK(in_full(document.diagnostics).empty());
    CHECK(document.root);
}

TEST_CASE("the runbook in the reference is one that works", "[config]") {
    const auto page = read_text_file("docs/runbooks.md", kMaxFileBytes);
    REQUIRE(page);
    const std::string fence = "```yaml\n";
    const auto begin = page->find(fence) + fence.size();
    const auto parsed = parse(page->substr(begin, page->find("```", begin) - begin));
    CHECK(in_full(parsed.diagnostics).empty());
    CHECK(parsed.runbook);
}
