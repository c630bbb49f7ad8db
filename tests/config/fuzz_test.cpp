// Random damage to good documents: whatever comes out, it is a value or a diagnostic, never a crash.
#include <random>

#include "catch.hpp"
#include "config/lint.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

const std::vector<std::string>& seeds() {
    static const std::vector<std::string> texts{
        "name: clear-temp-files\ndescription: Weekly\nenabled: true\naccount: main\n"
        "schedule: {cron: \"0 2 * * SUN\", timezone: Europe/Berlin}\nwindow: 1h\noffline: skip\n"
        "targets:\n  include:\n    - {site: \"Acme *\", os: {not: [\"*Server*\", x]}}\n    - &d {device: "
        "d4}\n"
        "  exclude:\n    - {<<: *d, hostname: [\"*-LAB-*\"]}\n"
        "component: Clear Temp Files\nvariables:\n  days: 30\n  text: |\n    one\n    two\ntimeout: 1h\n",
        "schedule:\n"
        "  - {cron: \"0 2 * * TUE#2\", offset: 5d, jitter: 10m, dst: {gap: skip, repeat: both}, catch_up: "
        "all}\n"
        "  - {at: 2026-12-01T02:00:00, timezone: Australia/Lord_Howe}\n"
        "  - 0 3 31W * MON-FRI\n"
        "not_during:\n"
        "  - {from: 2026-12-20, to: 2027-01-03, reason: freeze}\n"
        "  - {cron: \"*/20 * 8 * * *\", for: 10h}\n"
        "finish_by: window\nwindow: 3h\noverlap: queue\n"
        "component: S\ntargets: {include: [{all: true}]}\n",
        "a: &a [1, 2, {b: c}]\nd: *a\ne: {<<: [{f: 1}, {g: 2}], h: \"i\\tj\"}\n? k\n: l\nm: !!str n\n--- \n",
    };
    return texts;
}

std::string damaged(std::string text, std::mt19937& random) {
    static const std::string letters = "{}[]:,&*!|>'\"%@`#-? \n\tax0~<\\\xC3\xA4\x01\xFF";
    const auto below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const auto times = 1 + below(6);
    for (std::size_t i = 0; i < times && text.size() > 4; ++i) {
        const auto at = below(text.size());
        const auto length = std::min(text.size() - at, 1 + below(12));
        switch (below(4)) {
            case 0: text.erase(at, length); break;
            case 1: text.insert(at, 1, letters[below(letters.size())]); break;
            case 2: text[at] = letters[below(letters.size())]; break;
            default: text.insert(below(text.size()), text.substr(at, length)); break;
        }
    }
    return text;
}

}  // namespace

TEST_CASE("damaged documents give a value or a diagnostic, never a crash", "[config]") {
    std::mt19937 random(20261125);
    const TempFolder folder;
    int accepted = 0;
    for (int i = 0; i < 6000; ++i) {
        const auto text = damaged(seeds()[static_cast<std::size_t>(i) % seeds().size()], random);
        const auto parsed = parse(text);
        CAPTURE(text);
        REQUIRE(parsed.runbook.has_value() != has_errors(parsed.diagnostics));
        if (!parsed.runbook) continue;
        ++accepted;
        const auto now = runbookd::from_unix_ms(1'796'000'000'000);  // November 2026
        for (const auto& found : lint_runbook(*parsed.runbook, settings_for_tests(), now))
            REQUIRE(found.line > 0);
    }
    CHECK(accepted > 10);
}

TEST_CASE("damaged settings give a value or a diagnostic, never a crash", "[config]") {
    std::mt19937 random(7);
    const TempFolder folder;
    const std::string good =
        "accounts:\n  main:\n    api: datto\n    url: http://127.0.0.1:8781\n    key: k\n    secret: s\n"
        "    limits: {reads: 600, writes: 100}\n    budget: 80%\n    fleet: {refresh: 10m}\n    not_during: "
        "[]\n"
        "runbooks: {dir: runbooks.d, apply: reload}\nstore: audit.db\ncontrol: {socket: c.sock}\n"
        "output: {max_bytes: 1MiB}\nlog: {level: info, format: auto}\nallow_plaintext_secrets: true\n";
    for (int i = 0; i < 400; ++i) {
        const auto text = damaged(good, random);
        CAPTURE(text);
        const auto loaded = load_settings(folder.write("runbookd.yaml", text));
        REQUIRE(loaded.settings.has_value() != has_errors(loaded.diagnostics));
    }
}
