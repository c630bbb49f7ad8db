#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "base/glob.hpp"
#include "base/ids.hpp"
#include "base/shared_text.hpp"
#include "base/spelling.hpp"
#include "catch.hpp"

using namespace runbookd;

TEST_CASE("globs match the whole text, without regard to case", "[base]") {
    struct Row {
        const char* pattern;
        const char* text;
        bool matches;
    };
    const std::vector<Row> rows{
        {"ACME-*", "acme-dc01", true},
        {"ACME-*", "xacme-dc01", false},
        {"*Windows*", "Microsoft Windows 11 Pro", true},
        {"*windows", "Microsoft Windows 11", false},
        {"dc0?", "DC01", true},
        {"dc0?", "DC0", false},
        {"dc0?", "DC012", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"**", "anything", true},
        {"*a*b*c", "xxaxxbxxc", true},
        {"*a*b*c", "xxaxxbxxcx", false},
        {"a*a", "a", false},
        {"[ab]", "a", false},  // no classes: only * and ? mean something
        {"[ab]", "[AB]", true},
        {"M?nchen", "M\xC3\xBCnchen", true},  // one character, two bytes
        {"M??nchen", "M\xC3\xBCnchen", false},
        {"*?", "\xC3\xBC", true},
    };
    for (const auto& row : rows) {
        INFO(row.pattern << " on " << row.text);
        CHECK(glob_matches(row.pattern, row.text) == row.matches);
    }
}

TEST_CASE("no glob makes it spin", "[base]") {
    std::string pattern;
    for (int i = 0; i < 50; ++i) pattern += "*a";
    const std::string text(20'000, 'a');
    CHECK(glob_matches(pattern, text));
    CHECK_FALSE(glob_matches(pattern + "b", text));
}

TEST_CASE("case is folded for ASCII letters only", "[base]") {
    CHECK(ascii_lower("AbZ-9\xC3\x9C") == "abz-9\xC3\x9C");
    CHECK(equals_ignoring_case("Clear Temp", "cLEAR tEMP"));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("@", "`"));
}

TEST_CASE("the nearest spelling comes first", "[base]") {
    const std::vector<std::string> keys{"timeout", "timezone", "targets", "triggers", "tags", "window"};
    CHECK(nearest("timout", keys).at(0) == "timeout");
    CHECK(nearest("TARGETS", keys).at(0) == "targets");
    CHECK(nearest("tagrets", keys).at(0) == "targets");  // a swap is one edit
    CHECK(nearest("zone", keys) == std::vector<std::string>{"timezone"});
    CHECK(nearest("windows_2026", keys) == std::vector<std::string>{"window"});
    CHECK(nearest("completely different", keys).empty());
    CHECK(nearest("", keys).empty());
    CHECK(nearest("timeout", {}).empty());
    CHECK(nearest(std::string(1000, 't'), keys).empty());
}

TEST_CASE("no more spellings are offered than asked for, equals in their given order", "[base]") {
    const std::vector<std::string> names{"aab", "aac", "aad", "aaa"};
    CHECK(nearest("aaa", names, 2) == std::vector<std::string>{"aaa", "aab"});
    CHECK(nearest("aax", names, 3) == std::vector<std::string>{"aab", "aac", "aad"});
}

TEST_CASE("ids of one kind compare and hash by their text", "[base]") {
    CHECK(DeviceUid("a") < DeviceUid("b"));
    CHECK(DeviceUid("a") == DeviceUid("a"));
    CHECK(std::hash<DeviceUid>{}(DeviceUid("a")) == std::hash<DeviceUid>{}(DeviceUid("a")));
    CHECK(DeviceUid().empty());
    STATIC_REQUIRE_FALSE(std::is_convertible_v<DeviceUid, SiteUid>);
}

TEST_CASE("a prepared glob says what the glob says", "[base][glob]") {
    std::mt19937 random(7);
    const auto text_of = [&](const char* letters, std::size_t most) {
        std::string text;
        for (auto n = random() % (most + 1); n > 0; --n) text += letters[random() % std::strlen(letters)];
        return text;
    };
    for (int i = 0; i < 20000; ++i) {
        const auto pattern = text_of("aBc*?\xC3\xA4", 6);
        const auto text = text_of("AbC\xC3\xA4", 8);
        INFO(pattern << " on " << text);
        REQUIRE(runbookd::Glob(pattern).matches(text) == runbookd::glob_matches(pattern, text));
    }
}

TEST_CASE("a pool keeps one copy of each text, as long as somebody refers to it", "[base]") {
    runbookd::TextPool pool;
    runbookd::SharedText a = "Acme HQ", b = "Acme HQ", none = "";
    CHECK(a == b);
    CHECK(a.place() != b.place());
    pool.share(a);
    pool.share(b);
    pool.share(none);
    CHECK(a.place() == b.place());
    CHECK(none.place() == nullptr);
    pool.sweep();
    CHECK(pool.size() == 1);
    a = {};
    b = {};
    pool.sweep();
    CHECK(pool.size() == 0);
}
