// From texts, files and records to runbooks.
#include "config/runbook_text.hpp"

#include <algorithm>
#include <functional>

#include "config/account_view.hpp"
#include "config/blackout_reader.hpp"
#include "config/customers_reader.hpp"
#include "config/defaults_reader.hpp"
#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/inheritance.hpp"
#include "config/resolved.hpp"
#include "config/runbook_reader.hpp"
#include "config/runbooks.hpp"
#include "config/text_file.hpp"
#include "config/zone_reader.hpp"
#include "zones/recorded_zones.hpp"

namespace runbookd::config {
namespace {

/// The name that the text claims, read before anything is judged.
std::string claimed_name(const Node& root, const std::string& default_name) {
    for (const auto& entry : root.entries) {
        const bool named =
            entry.key == "name" && entry.value->kind == Node::Kind::scalar && !entry.value->text.empty();
        if (named) return entry.value->text;
    }
    return default_name;
}

/// The same from a text that is no YAML: a line of its own that begins with "name:".
std::string guessed_name(std::string_view text, const std::string& default_name) {
    constexpr std::string_view kKey = "name:";
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!line.starts_with(kKey)) continue;
        line.remove_prefix(kKey.size());
        line.remove_prefix(std::min(line.find_first_not_of(" \t\"'"), line.size()));
        line = line.substr(0, line.find_first_of(" \t\r\"'#"));
        if (is_plain_name(line)) return std::string(line);
    }
    return default_name;
}

/// Two names of one zone have the same bytes, and a record keeps those once.
std::shared_ptr<const runbook::ZoneRules> under_name(const std::string& name,
                                                     std::shared_ptr<const runbook::ZoneRules> rules) {
    if (rules->name == name) return rules;
    auto renamed = *rules;
    renamed.name = name;
    return std::make_shared<const runbook::ZoneRules>(std::move(renamed));
}

/// A runbook's tree, from what it takes and what it says itself.
struct Whole {
    NodePtr inherited;  ///< as far as the text does not replace it; null: nothing
    NodePtr tree;
};

/// What the settings hold for a document, after what that says itself is known.
using Inherit = std::function<NodePtr(const NodePtr& document, Report& report)>;

Whole complete(const NodePtr& document, const Inherit& inherit, Report& report) {
    if (document->kind != Node::Kind::map) return {nullptr, document};
    auto inherited = taken(inherit(document, report), document);
    auto tree = merged(inherited, document);
    return {std::move(inherited), std::move(tree)};
}

/// The account that a runbook's tree names; empty: none.
std::string named_account(const Node& tree) {
    const auto* const account = tree.kind == Node::Kind::map ? tree.find("account") : nullptr;
    return account != nullptr && account->value->kind == Node::Kind::scalar ? account->value->text : "";
}

/// The settings that a runbook is read with, by the account that it names. Valid until it is read.
using ChooseSettings = std::function<const Settings&(const std::string& account)>;

ParsedRunbook parse(std::string_view text, const std::string& file, const std::string& settings_file,
                    const ChooseSettings& choose, zones::ZoneSource& zones, const Inherit& inherit,
                    bool knows_profiles) {
    const auto stem = std::filesystem::path(file).stem().string();
    ParsedRunbook parsed;
    Report report(file, settings_file);
    auto document = parse_document(text, file);
    report.add(std::move(document.diagnostics));
    parsed.name_is_guess = !document.root;
    parsed.name = document.root ? claimed_name(*document.root, stem) : guessed_name(text, stem);
    if (document.root) {
        const auto whole = complete(document.root, inherit, report);
        auto read = report.sibling();
        const auto& settings = choose(named_account(*whole.tree));
        parsed.runbook =
            read_runbook(Field{whole.tree.get(), "", &read}, stem, whole.inherited, settings, zones);
        auto found = read.take();
        if (!knows_profiles && document.root->find("use") != nullptr) drop_missing_from_maps(found);
        report.add(std::move(found));
    }
    if (report.has_errors()) parsed.runbook.reset();
    if (parsed.runbook) {
        parsed.runbook->file = file;
        parsed.runbook->yaml = text;
    }
    parsed.diagnostics = report.take();
    return parsed;
}

}  // namespace

NodePtr runbook_tree(std::string_view text, const Settings& settings) {
    const auto document = parse_document(text, "");
    if (!document.root) return nullptr;
    Report unread("");
    const auto inherit = [&](const NodePtr& root, Report& report) {
        return inherited_by(root, settings.runbook_defaults, report);
    };
    return complete(document.root, inherit, unread).tree;
}

ParsedRunbook parse_runbook(std::string_view text, const std::string& file, const Settings& settings,
                            zones::ZoneSource& zones) {
    SettingsByAccount views(settings, zones);
    return parse_runbook(text, file, views, zones);
}

ParsedRunbook parse_runbook(std::string_view text, const std::string& file, SettingsByAccount& views,
                            zones::ZoneSource& zones) {
    const auto& settings = views.as_they_are();
    // Without settings nobody can know what profiles bring.
    const bool knows_profiles = !settings.account.name.empty();
    const auto inherit = [&](const NodePtr& document, Report& report) -> NodePtr {
        if (!knows_profiles && document->find("use") != nullptr) return nullptr;
        return inherited_by(document, settings.runbook_defaults, report);
    };
    const auto choose = [&](const std::string& account) -> const Settings& { return views.of(account); };
    return parse(text, file, settings.runbook_defaults.file, choose, zones, inherit, knows_profiles);
}

namespace {

/// What the settings said about customers and the account's blackouts, as far as the record keeps it.
void take_surroundings(const ResolvedThen& resolved, const std::string& account, zones::ZoneSource& zones,
                       Settings& then) {
    Report unread("");
    then.account.timezone_is_written = false;  // zones of sites are recorded all, the account's among them
    then.account.not_during = {};
    then.customers.clear();
    if (resolved.lanes) then.customers = read_recorded_customers({resolved.lanes.get(), "", &unread}, zones);
    if (!resolved.account_blackouts) return;
    const auto* zone = resolved.account_blackouts->find("timezone");
    const auto* items = resolved.account_blackouts->find("not_during");
    if (zone == nullptr || items == nullptr) return;
    const Field field{items->value.get(), "", &unread};
    then.account.not_during =
        read_blackouts(field, account, [&] { return find_account_zone(field, zone->value->text, zones); });
}

}  // namespace

ParsedRunbook parse_revision(const StoredRevision& revision, const Settings& settings,
                             zones::ZoneSource& zones, const RecordedRules& recorded) {
    const auto resolved = ResolvedThen::read(revision.resolved);
    std::vector<std::shared_ptr<const runbook::ZoneRules>> rules;
    for (const auto& [name, digest] : resolved.digests)
        if (auto found = recorded(digest)) rules.push_back(under_name(name, std::move(found)));
    zones::RecordedZones zones_then(std::move(rules), zones);
    Settings then;
    std::string account;
    const auto choose = [&](const std::string& written) -> const Settings& {
        account = written.empty() ? resolved.account : written;
        then = settings_of(settings, account, zones_then);
        if (account.empty()) account = settings.account.name;  // before it was recorded there was only one
        // Which account and secrets it may use was asked when it took effect.
        then.account.name.clear();
        then.accounts.clear();
        if (!resolved.timezone.empty()) then.account.timezone = resolved.timezone;
        take_surroundings(resolved, account, zones_then, then);
        return then;
    };
    const auto inherit = [&](const NodePtr&, Report&) { return resolved.inherited; };
    auto parsed = parse(revision.yaml, revision.runbook + ".yaml", settings.runbook_defaults.file, choose,
                        zones_then, inherit, true);
    if (!parsed.runbook) return parsed;
    parsed.runbook->resolved = revision.resolved;
    // Before devices could be waited for, that was the default.
    if (resolved.offline == "skip") parsed.runbook->offline = runbook::OfflinePolicy::skip;
    parsed.runbook->account = account;
    return parsed;
}

ParsedRunbook load_runbook(const std::filesystem::path& file, const Settings& settings,
                           zones::ZoneSource& zones) {
    SettingsByAccount views(settings, zones);
    return load_runbook(file, views, zones);
}

ParsedRunbook load_runbook(const std::filesystem::path& file, SettingsByAccount& views,
                           zones::ZoneSource& zones) {
    const auto text = read_text_file(file, kMaxFileBytes);
    if (text) return parse_runbook(*text, file.string(), views, zones);
    ParsedRunbook parsed;
    parsed.name = file.stem().string();
    parsed.name_is_guess = true;
    Report report(file.string());
    const bool too_big =
        text.error().code == ErrorCode::invalid_input && text.error().message.starts_with("is larger");
    report.error({}, "",
                 {.code = too_big ? "too_big" : "unreadable", .message = "the file " + text.error().message});
    parsed.diagnostics = report.take();
    return parsed;
}

}  // namespace runbookd::config
