#include "config/defaults_reader.hpp"

#include <utility>

#include "config/inheritance.hpp"
#include "config/runbook_reader.hpp"
#include "zones/zones.hpp"

namespace runbookd::config {
namespace {

/// Keys that no runbook can take from the settings.
void refuse_key(const Field& tree, const Entry& entry, const std::string& message) {
    tree.report->error(
        entry.key_mark, tree.path + "." + entry.key,
        {.code = "bad_value", .message = message, .expected = "this key in the runbook itself"});
}

/// The part of the tree that can be read as one of a runbook.
Node without_own_keys(const Field& tree, PartOf part) {
    auto rest = *tree.node;
    std::erase_if(rest.entries, [&](const Entry& entry) {
        if (entry.key == "name")
            refuse_key(tree, entry, "a name cannot be shared");
        else if (entry.key == "use")
            refuse_key(tree, entry, "'use' stands in runbooks only");
        else
            return false;
        return true;
    });
    const auto* targets = part == PartOf::defaults ? rest.find("targets") : nullptr;
    if (const auto* include = targets == nullptr ? nullptr : targets->value->find("include"))
        tree.report->error(
            include->key_mark, tree.path + ".targets.include",
            {.code = "bad_value",
             .message = "a runbook that forgot its targets would run on these",
             .expected = "'include' in a profile or in the runbook; 'exclude' may stand here"});
    return rest;
}

class DefaultsReader {
public:
    DefaultsReader(Settings& settings, zones::ZoneSource& zones) : settings_(settings), zones_(zones) {}

    void read_defaults(const Field& field) {
        check_part(field, PartOf::defaults, settings_, zones_);
        if (field.is_map()) settings_.runbook_defaults.defaults = marked_as_settings(*field.node);
    }

    void read_profiles(const Field& field) {
        if (!field.is_map()) return field.wrong_type("a map such as {servers: {window: 3h}}");
        report_duplicates(field);
        for (const auto& entry : field.node->entries) {
            const auto path = field.path + "." + clipped(entry.key);
            if (!is_plain_name(entry.key))
                field.report->error(entry.key_mark, path,
                                    {.code = "bad_value",
                                     .message = shown(entry.key) + " cannot be a profile's name",
                                     .expected = "small letters, digits and -"});
            const Field profile{entry.value.get(), path, field.report};
            check_part(profile, PartOf::profile, settings_, zones_);
            if (profile.is_map())
                settings_.runbook_defaults.profiles[entry.key] = marked_as_settings(*profile.node);
        }
    }

private:
    Settings& settings_;
    zones::ZoneSource& zones_;
};

}  // namespace

void check_part(const Field& tree, PartOf part, const Settings& settings, zones::ZoneSource& zones) {
    if (!tree.is_map()) return tree.wrong_type("a map with keys of runbooks");
    const auto rest = without_own_keys(tree, part);
    auto report = tree.report->sibling();
    read_part(Field{&rest, tree.path, &report}, part, settings, zones);
    auto found = report.take();
    drop_missing_from_maps(found);
    tree.report->add(std::move(found));
}

void drop_missing_from_maps(std::vector<Diagnostic>& found) {
    std::erase_if(found, [](const Diagnostic& one) {
        return one.code == "missing_key" && one.path.find('[') == std::string::npos;
    });
}

void read_runbook_defaults(const MapReader& top, const Surroundings& around, Settings& settings) {
    settings.runbook_defaults.file = top.field().report->file();
    // Whoever reads the settings for their paths has no zones at hand; few defaults name one.
    zones::Zones own_zones;
    DefaultsReader reader(settings, around.zones == nullptr ? own_zones : *around.zones);
    if (const auto field = top.get("defaults")) reader.read_defaults(*field);
    if (const auto field = top.get("profiles")) reader.read_profiles(*field);
}

}  // namespace runbookd::config
