// Documents made to hurt: refused in bounded time and memory.
#include "catch.hpp"
#include "config/document.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

std::string repeated(const std::string& part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

std::string code_of(const std::string& yaml) {
    const auto document = parse_document(yaml, "bomb.yaml");
    CHECK_FALSE(document.root);
    REQUIRE(document.diagnostics.size() == 1);
    return document.diagnostics[0].code;
}

}  // namespace

TEST_CASE("an alias bomb is refused before it grows", "[config]") {
    std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 12; ++level) {
        const auto last = "*a" + std::to_string(level - 1);
        yaml += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" +
                repeated(last + ", ", 8) + last + "]\n";
    }
    CHECK(code_of(yaml) == "too_big");
}

TEST_CASE("a merge bomb is refused before it grows", "[config]") {
    std::string yaml = "a0: &a0 {x: 1, y: 2}\n";
    for (int level = 1; level < 30; ++level) {
        const auto last = "*a" + std::to_string(level - 1);
        yaml += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " {<<: [" + last + ", " +
                last + "]}\n";
    }
    CHECK(code_of(yaml) == "too_big");
}

TEST_CASE("a long text that is used again and again is refused", "[config]") {
    CHECK(code_of("a: &a " + std::string(100'000, 'x') + "\nb: [" + repeated("*a, ", 20) + "*a]\n") ==
          "too_big");
}

TEST_CASE("an alias inside its own anchor is refused", "[config]") {
    CHECK(code_of("a: &a [*a]\n") == "yaml_syntax");
    CHECK(code_of("a: &a {b: *a}\n") == "yaml_syntax");
}

TEST_CASE("deep nesting is refused at its limit", "[config]") {
    const auto nested = [](std::size_t depth) { return repeated("[", depth) + repeated("]", depth) + "\n"; };
    CHECK(parse_document(nested(kMaxDepth), "a.yaml").root);
    CHECK(code_of(nested(kMaxDepth + 1)) == "too_big");
    CHECK(code_of(repeated("[", 200'000)) == "too_big");
    CHECK(code_of(repeated("{a: ", 200'000)) == "too_big");
    CHECK(code_of(repeated("- ", 200'000)) == "too_big");
    CHECK_FALSE(parse_document(repeated("? ", 20'000), "a.yaml").root);
}

TEST_CASE("aliases of aliases nest no deeper than a text may", "[config]") {
    const auto tower = repeated("[", 15) + "x" + repeated("]", 15);
    const auto yaml = "a: &a " + tower + "\nb: &b " + repeated("[", 15) + "*a" + repeated("]", 15) + "\n";
    CHECK(parse_document(yaml, "a.yaml").root);
    CHECK(code_of(yaml + "c: [[*b]]\n") == "too_big");
}

TEST_CASE("too many values and too large a file are refused", "[config]") {
    CHECK(code_of(repeated("- a\n", kMaxNodes)) == "too_big");
    CHECK(parse_document(repeated("- a\n", kMaxNodes - 1), "a.yaml").root);
    CHECK(code_of("# " + std::string(10 * kMaxFileBytes, 'x') + "\n") == "too_big");
    std::string keys;
    for (std::size_t i = 0; i < 24'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
    CHECK(parse_document(keys, "a.yaml").root);
    const auto hopeless = parse(keys).diagnostics;
    CHECK(hopeless.size() == 501);
}

TEST_CASE("texts that make readers of YAML slow are read or refused at once", "[config]") {
    // Each is near the limit of a file. Quadratic work over one of them would be minutes, not milliseconds.
    const std::size_t size = kMaxFileBytes - 100;
    for (const std::string part :
         {"? ",    "a: ",  "- ",   "&a ", "!a ", "[a,",         "\"\\x41", "'",    "# ",
          "a:\n ", "<<: ", "*a ",  "|\n", "{a,", "%YAML 1.2\n", "--- ",    "... ", "\n\n",
          " \t",   "a #",  "\\\n", "]",   "}",   "a",           "a b "}) {
        INFO(part);
        const auto document = parse_document(repeated(part, size / part.size()), "slow.yaml");
        CHECK(bool(document.root) != has_errors(document.diagnostics));
    }
}

TEST_CASE("a file of 10 MB says how large it may be", "[config]") {
    const TempFolder folder;
    runbookd::zones::Zones zones;
    const auto file = folder.write("big.yaml", "a: " + std::string(10'000'000, 'x') + "\n");
    const auto loaded = load_runbook(file, settings_for_tests(), zones);
    CHECK(in_full(loaded.diagnostics) ==
          std::vector<std::string>{file.string() + ": error: the file is larger than 1048576 bytes"});
    CHECK(load_settings(file).diagnostics.size() == 1);
}
