#include "runbook/matcher.hpp"

#include <random>

#include "catch.hpp"

namespace runbookd::runbook {
namespace {

using std::chrono::hours;

UtcTime now() { return *parse_utc("2026-03-01T12:00:00Z"); }

/// A device that a test changes as it likes.
struct TestDevice {
    DeviceUid uid{"D4E5F6A7-b8c9"};
    SiteUid site_uid{"Site-Uid-1"};
    SharedText site_name = "Acme HQ";
    std::string hostname = "ACME-DC01";
    SharedText os = "Microsoft Windows Server 2022";
    SharedText device_type = "Server";
    SharedText device_class = "device";
    SharedText domain = "corp.acme.example";
    SharedText patch_status = "FullyPatched";
    Udfs udf{{{5, "gold"}, {300, "last"}}};
    bool online = false;
    std::optional<bool> reboot_required = true;
    std::optional<UtcTime> last_seen = now() - hours{48};
    std::optional<UtcTime> first_seen = now() - hours{48};

    [[nodiscard]] DeviceFacts facts() const {
        return {uid,         site_uid,        site_name, hostname,     os,
                device_type, device_class,    domain,    patch_status, udf,
                online,      reboot_required, last_seen, first_seen};
    }
};

const DeviceSet& members() {
    static const DeviceSet set{DeviceUid{"D4E5F6A7-b8c9"}};
    return set;
}
const FilterMembers& filters() {
    static const DeviceSet empty;
    static const FilterMembers known{{"Servers", &members()}, {"Nobody", &empty}};
    return known;
}

bool matches(const Selector& selector, const TestDevice& device = {}) {
    return Matcher(selector, filters(), now()).matches(device.facts());
}

TextMatch any_of(std::vector<std::string> patterns) { return {std::move(patterns), false}; }
TextMatch none_of(std::vector<std::string> patterns) { return {std::move(patterns), true}; }

using Key = Boxed<TextMatch> Selector::*;

}  // namespace

TEST_CASE("every text key takes a text, a list and a negation, whole and ignoring case", "[runbook]") {
    struct Case {
        Key key;
        std::string fits, glob, part;
    };
    const std::vector<Case> cases{
        {&Selector::site, "acme hq", "acme *", "acme"},
        {&Selector::hostname, "acme-dc01", "ACME-?c0*", "ACME"},
        {&Selector::os, "microsoft windows server 2022", "*Windows*", "Windows"},
        {&Selector::device_type, "SERVER", "S*r", "Serve"},
        {&Selector::device_class, "Device", "*vice", "dev"},
        {&Selector::domain, "CORP.acme.example", "corp.*", "corp"},
        {&Selector::patch_status, "fullypatched", "*Patched", "Patched"},
    };
    for (const auto& one : cases) {
        INFO(one.fits);
        const auto with = [&](TextMatch match) {
            Selector selector;
            selector.*one.key = std::move(match);
            return matches(selector);
        };
        CHECK(with(any_of({one.fits})));
        CHECK(with(any_of({one.glob})));
        CHECK_FALSE(with(any_of({one.part})));
        CHECK(with(any_of({"nothing", one.fits})));
        CHECK_FALSE(with(any_of({"nothing", "no*"})));
        CHECK_FALSE(with(none_of({one.glob})));
        CHECK(with(none_of({one.part})));
        CHECK_FALSE(with(none_of({"nothing", one.glob})));
        CHECK(with(none_of({"nothing", "no*"})));
    }
}

TEST_CASE("what is not known is an empty text", "[runbook]") {
    TestDevice device;
    device.domain = "";
    device.udf = {};
    CHECK_FALSE(matches({.domain = any_of({"?*"})}, device));
    CHECK(matches({.domain = any_of({"*"})}, device));
    CHECK(matches({.domain = none_of({"corp*"})}, device));
    CHECK(matches({.udf = std::map<int, TextMatch>{{5, none_of({"?*"})}}}, device));
}

TEST_CASE("a site is selected by the glob of its name or by its uid", "[runbook]") {
    CHECK(matches({.site = any_of({"site-UID-1"})}));
    CHECK_FALSE(matches({.site = any_of({"site-*"})}));  // a glob is for names only
    CHECK_FALSE(matches({.site = none_of({"Site-Uid-1"})}));
    CHECK(matches({.site = none_of({"Other"})}));
}

TEST_CASE("a device is selected by its uid, whatever its case", "[runbook]") {
    CHECK(matches({.device = any_of({"d4e5f6a7-B8C9"})}));
    CHECK(matches({.device = any_of({"another", "d4e5f6a7-b8c9"})}));
    CHECK_FALSE(matches({.device = any_of({"another"})}));
    CHECK_FALSE(matches({.device = none_of({"d4e5f6a7-b8c9"})}));
}

TEST_CASE("user-defined fields are matched by number, all that are named", "[runbook]") {
    CHECK(matches({.udf = std::map<int, TextMatch>{{5, any_of({"GOLD"})}}}));
    CHECK(matches({.udf = std::map<int, TextMatch>{{5, any_of({"g*", "silver"})}, {300, any_of({"last"})}}}));
    CHECK_FALSE(matches({.udf = std::map<int, TextMatch>{{5, any_of({"gold"})}, {6, any_of({"gold"})}}}));
    CHECK_FALSE(matches({.udf = std::map<int, TextMatch>{{5, none_of({"gold"})}}}));
}

TEST_CASE("a filter is selected by those who fit it", "[runbook]") {
    CHECK(matches({.filter = any_of({"Servers"})}));
    CHECK(matches({.filter = any_of({"Nobody", "Servers"})}));
    CHECK_FALSE(matches({.filter = any_of({"Nobody"})}));
    CHECK_FALSE(matches({.filter = none_of({"Servers"})}));
    CHECK(matches({.filter = none_of({"Nobody"})}));
}

TEST_CASE("flags are true, false, or not known", "[runbook]") {
    const auto reboot = [](bool wanted, bool negated, std::optional<bool> is) {
        TestDevice device;
        device.reboot_required = is;
        return matches({.reboot_required = FlagMatch{wanted, negated}}, device);
    };
    CHECK(reboot(true, false, true));
    CHECK_FALSE(reboot(true, false, false));
    CHECK_FALSE(reboot(true, false, std::nullopt));
    CHECK_FALSE(reboot(false, false, std::nullopt));
    CHECK(reboot(true, true, std::nullopt));
    CHECK(reboot(false, true, std::nullopt));
    CHECK_FALSE(reboot(true, true, true));
    TestDevice online;
    online.online = true;
    CHECK(matches({.online = FlagMatch{true}}, online));
    CHECK_FALSE(matches({.online = FlagMatch{true}}));
    CHECK(matches({.online = FlagMatch{true, true}}));
}

TEST_CASE("times are judged at the selection's own instant", "[runbook]") {
    const auto within = [](int h, bool negated = false) { return TimeMatch{hours{h}, negated}; };
    CHECK(matches({.last_seen = within(48)}));
    CHECK_FALSE(matches({.last_seen = within(47)}));
    CHECK(matches({.last_seen = within(47, true)}));
    CHECK(matches({.first_seen = within(48)}));
    CHECK_FALSE(matches({.first_seen = within(48, true)}));
    TestDevice never;
    never.last_seen.reset();
    never.first_seen.reset();
    CHECK_FALSE(matches({.last_seen = within(9999)}, never));
    CHECK(matches({.last_seen = within(9999, true)}, never));
    CHECK_FALSE(matches({.first_seen = within(9999)}, never));
    never.online = true;  // and so seen now
    CHECK(matches({.last_seen = within(1)}, never));
}

TEST_CASE("all keys of a selector must match, and {all: true} takes everything", "[runbook]") {
    CHECK(matches({.hostname = any_of({"ACME-*"}), .os = any_of({"*Windows*"})}));
    CHECK_FALSE(matches({.hostname = any_of({"OTHER-*"}), .os = any_of({"*Windows*"})}));
    CHECK(matches({.all = true}));
}

TEST_CASE("what is remembered of one text is not told of another", "[runbook]") {
    Matcher matcher({.os = any_of({"*7*"})}, filters(), now());
    for (int i = 0; i < 2000; ++i) {
        TestDevice device;  // its texts are gone, and their places free, after each round
        device.os = "system " + std::to_string(i % 613);
        REQUIRE(matcher.matches(device.facts()) == (std::to_string(i % 613).find('7') != std::string::npos));
    }
}

TEST_CASE("a negation is the complement, for every key and any device", "[runbook][property]") {
    std::mt19937 random(20260301);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const std::vector<std::string> words{"", "a", "ab", "abc", "Acme HQ", "b*", "ACME-DC01", "x?z"};
    const std::vector<std::string> globs{"*",       "a*",        "*b", "*b*",     "a?c",
                                         "acme hq", "acme-??01", "?*", "Servers", "Nobody"};
    const std::vector<Key> keys{&Selector::site,         &Selector::hostname, &Selector::os,
                                &Selector::device,       &Selector::filter,   &Selector::device_type,
                                &Selector::device_class, &Selector::domain,   &Selector::patch_status};
    for (int round = 0; round < 3000; ++round) {
        TestDevice device;
        for (auto* const text : {&device.site_name, &device.os, &device.device_type, &device.device_class,
                                 &device.domain, &device.patch_status})
            *text = words[below(static_cast<unsigned>(words.size()))];
        device.hostname = words[below(static_cast<unsigned>(words.size()))];
        device.udf = Udfs({{7, words[below(static_cast<unsigned>(words.size()))]}});
        device.online = below(2) == 0;
        if (below(3) == 0) device.reboot_required.reset();
        device.last_seen = now() - hours{below(100)};
        std::vector<std::string> patterns;
        for (auto n = below(3) + 1; n > 0; --n)
            patterns.push_back(globs[below(static_cast<unsigned>(globs.size()))]);
        const auto span = hours{below(100)};
        const auto complements = [&](auto set) {
            Selector plain, negated;
            set(plain, false);
            set(negated, true);
            REQUIRE(matches(plain, device) != matches(negated, device));
        };
        for (const auto key : keys)
            complements([&](Selector& s, bool n) { s.*key = TextMatch{patterns, n}; });
        complements(
            [&](Selector& s, bool n) { s.udf = std::map<int, TextMatch>{{7, TextMatch{patterns, n}}}; });
        complements([&](Selector& s, bool n) { s.online = FlagMatch{round % 2 == 0, n}; });
        complements([&](Selector& s, bool n) { s.reboot_required = FlagMatch{round % 2 == 0, n}; });
        complements([&](Selector& s, bool n) { s.last_seen = TimeMatch{span, n}; });
    }
}

TEST_CASE("of OR-ed selectors the first that matches is named", "[runbook]") {
    const std::vector<Selector> selectors{
        {.hostname = any_of({"x*"})}, {.os = any_of({"*Server*"})}, {.all = true}};
    MatcherList list(selectors, filters(), now());
    const TestDevice device;
    CHECK(list.find(device.facts()) == 1U);
    MatcherList none({{.hostname = any_of({"x*"})}}, filters(), now());
    CHECK_FALSE(none.find(device.facts()));
}

TEST_CASE("a selector is shown as one would write it", "[runbook]") {
    Selector selector;
    selector.hostname = any_of({"*-LAB-*", "*SQL*"});
    selector.os = none_of({"*Server*"});
    selector.udf = std::map<int, TextMatch>{{5, any_of({"gold"})}, {7, none_of({"a", "b"})}};
    selector.online = FlagMatch{true, true};
    selector.last_seen = TimeMatch{hours{24 * 30}};
    CHECK(to_text(selector) ==
          "{hostname: [*-LAB-*, *SQL*], os: {not: *Server*}, udf: {5: gold, 7: {not: [a, b]}}, "
          "online: {not: true}, last_seen: {within: " +
              format_duration(hours{24 * 30}) + "}}");
    CHECK(to_text(Selector{.all = true}) == "{all: true}");
}

TEST_CASE("user-defined fields are kept one behind the other", "[runbook]") {
    const Udfs udf({{1, "a"}, {2, ""}, {30, std::string(70'000, 'x')}, {300, "z"}});
    CHECK(udf.value(1) == "a");
    CHECK(udf.value(2).empty());
    CHECK(udf.value(30).size() == 65'535);
    CHECK(udf.value(300) == "z");
    CHECK(udf.value(299).empty());
    CHECK(Udfs({{2, ""}}).empty());
}

}  // namespace runbookd::runbook
