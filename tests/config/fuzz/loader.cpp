// A libFuzzer target over the loader: whatever bytes come, the answer is a runbook or a diagnostic, and a
// runbook that is read again from its record is the same. An input is a runbook; where it holds a byte 0xFF,
// what stands before that is the `defaults` of the settings. CONTRIBUTING.md says how to run it, with the
// corpus as seeds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/defaults_reader.hpp"
#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/inheritance.hpp"
#include "config/lint.hpp"
#include "config/runbooks.hpp"
#include "zones/zones.hpp"

namespace {

using namespace runbookd;
using namespace runbookd::config;

void require(bool holds) {
    if (!holds) std::abort();
}

Settings base_settings() {
    Settings settings;
    settings.account.name = "main";
    settings.runbook_defaults.file = "runbookd.yaml";
    settings.runbook_defaults.profiles["servers"] = marked_as_settings(
        *parse_document("{window: 3h, targets: {include: [{os: \"*Server*\"}]}, schedule: {jitter: 1m}}", "")
             .root);
    settings.runbook_defaults.profiles["night"] = marked_as_settings(
        *parse_document("{variables: {a: \"true\", b: true, c: 007}, schedule: {cron: '0 2 * * *'}}", "")
             .root);
    return settings;
}

/// As the settings are read: what has an error is not used.
void take_defaults(std::string_view text, Settings& settings, zones::Zones& zones) {
    const auto document = parse_document(text, "runbookd.yaml");
    if (!document.root) return;
    Report report("runbookd.yaml");
    check_part(Field{document.root.get(), "defaults", &report}, PartOf::defaults, settings, zones);
    if (!report.has_errors() && document.root->kind == Node::Kind::map)
        settings.runbook_defaults.defaults = marked_as_settings(*document.root);
}

void check_runbook(std::string_view text, const Settings& settings, zones::Zones& zones) {
    const auto parsed = parse_runbook(text, "a.yaml", settings, zones);
    require(parsed.runbook.has_value() != has_errors(parsed.diagnostics));
    for (const auto& found : parsed.diagnostics) require(!found.code.empty() && !to_line(found).empty());
    if (!parsed.runbook) return;
    const auto& book = *parsed.runbook;
    for (const auto& found : lint_runbook(book, settings, from_unix_ms(1'796'000'000'000)))
        require(found.line > 0);
    const auto todays_rules = [](const std::string&) { return nullptr; };
    const auto again = parse_revision({parsed.name, book.yaml, book.resolved}, Settings{settings.account},
                                      zones, todays_rules);
    require(again.runbook.has_value());
    require(again.runbook->window == book.window && again.runbook->timeout == book.timeout);
    require(again.runbook->variables == book.variables && again.runbook->component == book.component);
    require(again.runbook->schedule.has_value() == book.schedule.has_value());
    require(!book.schedule || again.runbook->schedule->text() == book.schedule->text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static zones::Zones zones;
    static const Settings base = base_settings();
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto settings = base;
    const auto border = text.find('\xFF');
    if (border != std::string_view::npos) {
        take_defaults(text.substr(0, border), settings, zones);
        text.remove_prefix(border + 1);
    }
    check_runbook(text, settings, zones);
    return 0;
}
