// Which texts are a JSON object, and how it is spelt.
#include "runbook/json_object.hpp"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

namespace runbookd::runbook {
namespace {

std::string spelt(std::string_view text) { return plain_json_object(text).value_or("none"); }

/// From a depth of 2 on.
std::string nested(int depth) {
    const auto arrays = static_cast<std::size_t>(depth) - 1;
    return R"({"a":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
}

/// What mistakes are made of.
std::string random_text(std::mt19937& random) {
    static const std::vector<std::string> kParts{
        "{",       "}",       "[",    "]",    ":",      ",",    "\"",      "\\",      "a",  "\"a\"",
        "\"b\"",   "0",       "-1",   "1.5",  "1e3",    "true", "null",    " ",       "\n", "\\u0041",
        "\\ud83d", "\\ude00", "\xff", "\x01", "\"c\":", "{}",   "{\"d\":", "\xc3\xa4"};
    std::string text = "{";
    const auto parts = std::uniform_int_distribution<int>(0, 12)(random);
    for (int i = 0; i < parts; ++i)
        text += kParts[std::uniform_int_distribution<std::size_t>(0, kParts.size() - 1)(random)];
    return text + "}";
}

}  // namespace

TEST_CASE("an object has one spelling", "[runbook][collect]") {
    CHECK(spelt("{}") == "{}");
    CHECK(spelt("  { }\t") == "{}");
    CHECK(spelt(R"( { "b" : 1 , "a" : [ 1 , 2.50e+1 , -3 ] } )") == R"({"b":1,"a":[1,2.50e+1,-3]})");
    CHECK(spelt(R"({"a":18446744073709551615,"b":36893488147419103232})") ==
          R"({"a":18446744073709551615,"b":36893488147419103232})");
    CHECK(spelt(R"({"a":true,"b":false,"c":null,"d":{},"e":[]})") ==
          R"({"a":true,"b":false,"c":null,"d":{},"e":[]})");
    CHECK(spelt(R"({"a":"\u0041\/\u00e4\ud83d\ude00\u20ac"})") ==
          "{\"a\":\"A/\xc3\xa4\xf0\x9f\x98\x80\xe2\x82\xac\"}");
    CHECK(spelt(R"({"a":"\"\\\b\f\n\r\t\u0000\u001F"})") == R"({"a":"\"\\\b\f\n\r\t\u0000\u001f"})");
    CHECK(spelt(R"({"\u0061":1})") == R"({"a":1})");
    CHECK(spelt(nested(kDeepestJson)) == nested(kDeepestJson));
}

TEST_CASE("what is not exactly one object is none", "[runbook][collect]") {
    for (const auto* const text : {"",
                                   " ",
                                   "1",
                                   "null",
                                   "\"a\"",
                                   "[]",
                                   "[{}]",
                                   "{",
                                   "}",
                                   "{}}",
                                   "{} {}",
                                   "{}x",
                                   "{a:1}",
                                   "{'a':1}",
                                   "{\"a\"}",
                                   "{\"a\":}",
                                   "{\"a\":1,}",
                                   "{,}",
                                   "{,\"a\":1}",
                                   "{\"a\":1 \"b\":2}",
                                   "{\"a\":[1,]}",
                                   "{\"a\":[,1]}",
                                   "{\"a\":[1 2]}",
                                   "{\"a\":01}",
                                   "{\"a\":-}",
                                   "{\"a\":+1}",
                                   "{\"a\":.5}",
                                   "{\"a\":1.}",
                                   "{\"a\":1e}",
                                   "{\"a\":1e+}",
                                   "{\"a\":0x1}",
                                   "{\"a\":NaN}",
                                   "{\"a\":Infinity}",
                                   "{\"a\":1e999}",
                                   "{\"a\":True}",
                                   "{\"a\":tru}",
                                   "{\"a\":\"}",
                                   "{\"a\":\"\xe4\"}",
                                   "{\"a\":\"\n\"}",
                                   "{\"a\":\"\\x\"}",
                                   "{\"a\":\"\\u12\"}",
                                   "{\"a\":\"\\u12g4\"}",
                                   "{\"a\":\"\\ud83d\"}",
                                   "{\"a\":\"\\ud83d\\u0041\"}",
                                   "{\"a\":\"\\ude00\"}",
                                   "{\"a\":\"\\\"}",
                                   "{\"a\":1,\"a\":2}",
                                   "{\"a\":1,\"\\u0061\":2}",
                                   "{\"a\":{\"b\":1,\"b\":1}}",
                                   "{\"a\":1}//",
                                   "\xef\xbb\xbf{}"}) {
        INFO(text);
        CHECK(spelt(text) == "none");
    }
    CHECK(spelt(std::string("{\"a\":\"\0\"}", 9)) == "none");
    CHECK(spelt(nested(kDeepestJson + 1)) == "none");
    CHECK(spelt("{\"a\":" + std::string(100'000, '[')) == "none");
}

TEST_CASE("whatever comes is read without harm, and its spelling is its own", "[runbook][collect]") {
    std::mt19937 random(20);
    int objects = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto text = random_text(random);
        const auto once = plain_json_object(text);
        if (!once) continue;
        ++objects;
        INFO(text);
        REQUIRE(plain_json_object(*once) == once);
    }
    CHECK(objects > 100);
}

}  // namespace runbookd::runbook
