// `secrets:`, the values that runbooks may use without knowing them.
#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

const std::string kTop =
    "accounts: {main: {api: datto, url: 'https://a.example', key: k, secret: s}}\n"
    "allow_plaintext_secrets: true\n";

LoadedSettings load(const std::string& text) {
    const TempFolder folder;
    return load_settings(folder.write("runbookd.yaml", text));
}

}  // namespace

TEST_CASE("secrets are had from where they are kept, for the runbooks that may use them", "[config]") {
    const TempFolder folder;
    const auto file = folder.write("token", "a-token-of-the-file\n");
    const auto yaml = kTop + "secrets:\n  backup-token: {from: '${file:" + file.string() +
                      "}', runbooks: ['backup-*', clear-temp]}\n  plain: {from: 12345678, runbooks: ['*']}\n";
    const auto loaded = load(yaml);
    CHECK(in_full(loaded.diagnostics).empty());
    REQUIRE(loaded.settings);
    REQUIRE(loaded.settings->secrets.size() == 2);
    const auto& secret = loaded.settings->secrets.at("backup-token");
    CHECK(secret.value.reveal() == "a-token-of-the-file");
    CHECK(secret.runbooks == std::vector<std::string>{"backup-*", "clear-temp"});
    CHECK(loaded.settings->secrets.at("plain").value.reveal() == "12345678");
}

TEST_CASE("whoever needs no secrets learns their names and reads none", "[config]") {
    const TempFolder folder;
    const auto file = folder.write(
        "runbookd.yaml",
        kTop +
            "secrets: {a: {from: '${file:/nowhere}', runbooks: ['*']}, b: {from: short, runbooks: [x]}}\n");
    const auto loaded = load_settings_without_secrets(file);
    CHECK(in_full(loaded.diagnostics).empty());
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->secrets.at("a").value.empty());
    CHECK(loaded.settings->secrets.at("b").value.empty());
}

TEST_CASE("what is wrong with a secret is said without it", "[config]") {
    struct Case {
        std::string yaml;
        std::vector<std::string> expected;
    };
    const std::vector<Case> cases{
        {"secrets: [a]", {"3:10 wrong_type secrets"}},
        {"secrets: {a b: {from: longenough, runbooks: [x]}}", {"3:11 bad_value secrets.a b"}},
        {"secrets: {a: {from: 1234567, runbooks: [x]}}", {"3:21 bad_value secrets.a.from"}},
        {"secrets: {a: {from: '', runbooks: [x]}}", {"3:21 wrong_type secrets.a.from"}},
        {"secrets: {a: {from: [longenough], runbooks: [x]}}", {"3:21 wrong_type secrets.a.from"}},
        {"secrets: {a: {runbooks: [x]}}", {"3:14 missing_key secrets.a.from"}},
        {"secrets: {a: {from: longenough}}", {"3:14 missing_key secrets.a.runbooks"}},
        {"secrets: {a: {from: longenough, runbooks: []}}", {"3:43 bad_value secrets.a.runbooks"}},
        {"secrets: {a: {from: longenough, runbooks: x}}", {"3:43 wrong_type secrets.a.runbooks"}},
        {"secrets: {a: {from: longenough, runbooks: [x, x]}}", {"3:47 bad_value secrets.a.runbooks[1]"}},
        {"secrets: {a: {form: longenough, runbooks: [x]}}",
         {"3:14 missing_key secrets.a.from", "3:15 unknown_key secrets.a.form"}},
        {"secrets: {a: longenough}", {"3:14 wrong_type secrets.a"}},
        {"secrets: {a: {from: '${file:/nowhere}', runbooks: [x]}}", {"3:21 unreadable secrets.a.from"}},
        {"secrets: {a: {from: '${vault:x}', runbooks: [x]}}", {"3:21 bad_value secrets.a.from"}},
    };
    for (const auto& one : cases) {
        INFO(one.yaml);
        const auto loaded = load(kTop + one.yaml + "\n");
        CHECK_FALSE(loaded.settings);
        CHECK(in_short(loaded.diagnostics) == one.expected);
        for (const auto& line : in_full(loaded.diagnostics)) CHECK(line.find("1234567") == std::string::npos);
    }
}

TEST_CASE("a declared secret in clear text needs the same permission as key and secret", "[config]") {
    const auto loaded = load(
        "accounts: {main: {api: datto, url: 'https://a.example', key: '${env:PATH}', secret: "
        "'${env:PATH}'}}\n"
        "secrets: {a: {from: in-clear-text, runbooks: [x]}}\n");
    CHECK(in_short(loaded.diagnostics) == std::vector<std::string>{"2:21 plaintext_secret secrets.a.from"});
    CHECK(in_full(loaded.diagnostics)[0].find("in-clear-text") == std::string::npos);
}
