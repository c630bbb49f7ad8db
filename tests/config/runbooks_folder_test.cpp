#include <sys/stat.h>

#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

const std::string kLeast = "component: Sweep\ntargets: {include: [{all: true}]}\n";

LoadedRunbooks load(const std::filesystem::path& dir) {
    runbookd::zones::Zones zones;
    return load_runbooks(dir, settings_for_tests(), zones);
}

std::vector<std::string> names(const LoadedRunbooks& loaded) {
    std::vector<std::string> found;
    for (const auto& runbook : loaded.runbooks) found.push_back(runbook.name);
    return found;
}

std::vector<std::string> refused_names(const LoadedRunbooks& loaded) {
    std::vector<std::string> found;
    for (const auto& file : loaded.refused) found.push_back(file.name);
    return found;
}

}  // namespace

TEST_CASE("a folder's runbooks come sorted, and other files are passed over", "[config]") {
    const TempFolder folder;
    folder.write("b.yaml", kLeast);
    folder.write("a.yaml", kLeast);
    folder.write("README.md", "hello");
    folder.write(".a.yaml.swp", "x");
    folder.write(".hidden.yaml", "x: [");
    const auto loaded = load(folder.path());
    CHECK(names(loaded) == std::vector<std::string>{"a", "b"});
    CHECK(loaded.diagnostics.empty());
    CHECK(loaded.refused.empty());
    CHECK(loaded.listed);
}

TEST_CASE("a bad file never stops the others, and says what it calls itself", "[config]") {
    const TempFolder folder;
    folder.write("a.yaml", kLeast);
    const auto broken = folder.write("b.yaml", "name: nightly\ncomponent: [\n");
    const auto wrong = folder.write("c.yaml", "name: weekly\ncollect: row\n" + kLeast);
    std::filesystem::create_directory(folder.path() / "d.yaml");
    const auto loaded = load(folder.path());
    CHECK(names(loaded) == std::vector<std::string>{"a"});
    REQUIRE(loaded.refused.size() == 3);
    CHECK(loaded.refused[0].file == broken.string());
    CHECK(loaded.refused[0].name == "nightly");
    CHECK(loaded.refused[1].file == wrong.string());
    CHECK(loaded.refused[1].name == "weekly");
    CHECK_FALSE(loaded.refused[1].name_is_guess);
    CHECK(loaded.refused[1].problem == wrong.string() +
                                           ":2:10: error: collect: 'row' is not a choice here (expected one "
                                           "of none, rows; did you mean rows?)");
    CHECK(loaded.refused[2].name == "d");
    CHECK(loaded.refused[2].name_is_guess);
    CHECK(loaded.diagnostics.size() == 3);
    CHECK(loaded.diagnostics[2].code == "unreadable");
}

TEST_CASE("a name that two files claim refuses both, also when one of them is bad", "[config]") {
    const TempFolder folder;
    folder.write("a.yaml", "name: same\n" + kLeast);
    folder.write("same.yaml", kLeast);
    folder.write("c.yaml", "name: other\n" + kLeast);
    folder.write("d.yaml", "name: other\nfoo: 1\n" + kLeast);
    folder.write("e.yaml", kLeast);
    const auto loaded = load(folder.path());
    CHECK(names(loaded) == std::vector<std::string>{"e"});
    CHECK(refused_names(loaded) == std::vector<std::string>{"same", "other", "other", "same"});
    CHECK(loaded.refused[2].problem.ends_with("(and 1 more)"));
    CHECK(in_short(loaded.diagnostics) ==
          std::vector<std::string>{"0:0 duplicate_name name", "0:0 duplicate_name name",
                                   "2:1 unknown_key foo", "0:0 duplicate_name name",
                                   "0:0 duplicate_name name"});
    CHECK(loaded.diagnostics[0].message == "the name 'same' is also that of same.yaml; both are refused");
}

TEST_CASE("a file that is no YAML at all claims no other runbook's name", "[config]") {
    const TempFolder folder;
    folder.write("a.yaml", "name: b\n" + kLeast);
    folder.write("b.yaml", "{{{");
    CHECK(names(load(folder.path())) == std::vector<std::string>{"b"});
}

TEST_CASE("runbooks that end in .yml are warned of", "[config]") {
    const TempFolder folder;
    folder.write("a.yml", kLeast);
    const auto loaded = load(folder.path());
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].code == "ignored_file");
    CHECK_FALSE(has_errors(loaded.diagnostics));
}

TEST_CASE("a folder that cannot be listed says nothing about any runbook", "[config]") {
    const TempFolder folder;
    const auto loaded = load(folder.path() / "missing");
    CHECK_FALSE(loaded.listed);
    CHECK(loaded.refused.empty());
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].code == "unreadable");
}

TEST_CASE("a pipe and a large file under a runbook's name are refused without waiting", "[config]") {
    const TempFolder folder;
    const auto pipe = folder.path() / "pipe.yaml";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    folder.write("large.yaml", "# " + std::string(10U << 20U, 'x') + "\n" + kLeast);
    const auto loaded = load(folder.path());
    CHECK(in_short(loaded.diagnostics) == std::vector<std::string>{"0:0 too_big", "0:0 unreadable"});
}
