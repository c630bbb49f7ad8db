// What is taken out of texts, and what is put into requests.
#include <chrono>
#include <random>
#include <string>

#include "catch.hpp"
#include "secrets/redactor.hpp"
#include "secrets/vault.hpp"

using namespace runbookd;
using namespace runbookd::secrets;
using templates::Rendered;

namespace {

Redactor redactor_of(const std::vector<std::pair<std::string, std::string>>& secrets) {
    Redactor redactor;
    for (const auto& [name, value] : secrets) redactor.add(name, value);
    return redactor;
}

Rendered token_of(const std::string& name) {
    Rendered value("Bearer ");
    value.add_secret(name);
    return value;
}

}  // namespace

TEST_CASE("every place of a value is replaced by its mark", "[secrets]") {
    const auto redactor = redactor_of({{"a", "hunter2hunter2"}});
    CHECK(redactor.redact("") == "");
    CHECK(redactor.redact("nothing here") == "nothing here");
    CHECK(redactor.redact("hunter2hunter2") == "[secret:a]");
    CHECK(redactor.redact("x hunter2hunter2, hunter2hunter2.") == "x [secret:a], [secret:a].");
    CHECK(redactor.redact("hunter2hunter") == "hunter2hunter");
    CHECK(redactor.redact("HUNTER2HUNTER2") == "HUNTER2HUNTER2");
}

TEST_CASE("values that overlap leave nothing behind", "[secrets]") {
    const auto redactor = redactor_of({{"a", "abcdefgh"}, {"b", "efghijkl"}, {"c", "--abcdefgh--"}});
    CHECK(redactor.redact("abcdefghijkl") == "[secret:a][secret:b]");
    CHECK(redactor.redact("--abcdefgh--") == "[secret:c]");
    CHECK(redactor.redact("-abcdefgh-") == "-[secret:a]-");
    const auto repeated = redactor_of({{"r", "aaaaaaaa"}});
    CHECK(repeated.redact("xaaaaaaaaaaax") == "x[secret:r]x");
    CHECK(repeated.redact("aaaaaaaabaaaaaaaa") == "[secret:r]b[secret:r]");
}

TEST_CASE("short values are not looked for, and of one value under two names the first counts", "[secrets]") {
    const auto redactor = redactor_of({{"short", "1234567"}, {"one", "12345678"}, {"two", "12345678"}});
    CHECK(redactor.redact("1234567 12345678") == "1234567 [secret:one]");
    CHECK(redactor_of({{"short", "1234567"}}).empty());
}

TEST_CASE("a value is found as JSON spells it, too", "[secrets]") {
    const auto redactor = redactor_of({{"a", "pass\"word\\\t!"}});
    CHECK(redactor.redact(R"({"text":"pass\"word\\\t!"})") == R"({"text":"[secret:a]"})");
    CHECK(redactor.redact("pass\"word\\\t!") == "[secret:a]");
    CHECK(redactor_of({{"a", std::string("abcdefg\x01", 8)}}).redact("abcdefg\\u0001") == "[secret:a]");
}

TEST_CASE("whatever the text, no value is left in it", "[secrets]") {
    std::mt19937 random(7);
    const auto word = [&](std::size_t length) {
        std::string text;
        while (text.size() < length) text += static_cast<char>('a' + random() % 2);
        return text;
    };
    for (int round = 0; round < 300; ++round) {
        const std::vector<std::string> values{word(8), word(9), word(12)};
        const auto redactor = redactor_of({{"1", values[0]}, {"2", values[1]}, {"3", values[2]}});
        const auto redacted = redactor.redact(word(2000));
        for (const auto& value : values)
            if (redacted.find(value) != std::string::npos) FAIL("'" << value << "' is left");
    }
}

TEST_CASE("a text made to be slow to search is not", "[secrets]") {
    const auto redactor = redactor_of({{"a", std::string(60'000, 'a') + "b"}, {"b", std::string(8, 'a')}});
    const std::string text(1 << 20, 'a');
    const auto before = std::chrono::steady_clock::now();
    CHECK(redactor.redact(text) == "[secret:b]");
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
}

TEST_CASE("a secret is put in only for a runbook that may send it", "[secrets]") {
    const Vault vault({{"token", {"the-real-value", {"backup-*"}}}});
    CHECK(vault.fill_in(token_of("token"), "backup-check") == std::string("Bearer the-real-value"));
    const auto other = vault.fill_in(token_of("token"), "clean");
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::permission);
    CHECK(other.error().message == "runbook 'clean' may not use the secret 'token'");
    const auto gone = vault.fill_in(token_of("gone"), "backup-check");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().message == "the configuration declares no secret 'gone' any more");
    CHECK(vault.fill_in(Rendered("[secret:token]${secret:token}"), "x") ==
          std::string("[secret:token]${secret:token}"));
}

TEST_CASE("with its secrets put in, a value is no longer than what arrives", "[secrets]") {
    const Vault vault(
        {{"long", {std::string(16'188, 'x'), {"*"}}}, {"longer", {std::string(16'189, 'x'), {"*"}}}});
    CHECK(vault.fill_in(token_of("long"), "a"));
    const auto longer = vault.fill_in(token_of("longer"), "a");
    REQUIRE_FALSE(longer);
    CHECK(longer.error().code == ErrorCode::invalid_input);
}

TEST_CASE("a renewed secret is sent anew, and its old value is still taken out", "[secrets]") {
    Vault vault({{"token", {"the-old-value", {"*"}}}});
    vault.renew({{"token", {"the-new-value", {"*"}}}});
    CHECK(vault.fill_in(token_of("token"), "a") == std::string("Bearer the-new-value"));
    CHECK(vault.redact("the-old-value the-new-value") == "[secret:token] [secret:token]");
    vault.renew({});
    CHECK(vault.redact("the-old-value the-new-value") == "[secret:token] [secret:token]");
    CHECK(vault.find_in("x the-old-value") == std::string("token"));
    CHECK_FALSE(vault.find_in("x"));
    CHECK_FALSE(vault.is_empty());
    CHECK(Vault{}.is_empty());
}
