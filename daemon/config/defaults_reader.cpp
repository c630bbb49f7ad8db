#include "config/defaults_reader.hpp"

#include <utility>

#include "config/inheritance.hpp"
#include "config/runbook_reader.hpp"
#include "zones/zones.hpp"

namespace runbookd::config {
namespace {

/// Notices are told to nobody yet, which must not refuse each runbook: the key ends here.
NodePtr without_notify(const Node& tree) {
    auto rest = std::make_shared<Node>(tree);
    std::erase_if(rest->entries, [](const Entry& entry) { return entry.key == "notify"; });
    return rest;
}

class DefaultsReader {
public:
    DefaultsReader(Settings& settings, zones::ZoneSource& zones) : settings_(settings), zones_(zones) {}

    void read_defaults(const Field& field) {
        check_part(field, PartOf::defaults, settings_, zones_);
        if (field.is_map())
            settings_.runbook_defaults.defaults = marked_as_settings(*without_notify(*field.node));
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

void read_runbook_defaults(const MapReader& top, const Surroundings& around, Settings& settings) {
    settings.runbook_defaults.file = top.field().report->file();
    // Whoever reads the settings for their paths has no zones at hand; few defaults name one.
    zones::Zones own_zones;
    DefaultsReader reader(settings, around.zones == nullptr ? own_zones : *around.zones);
    if (const auto field = top.get("defaults")) reader.read_defaults(*field);
    if (const auto field = top.get("profiles")) reader.read_profiles(*field);
}

}  // namespace runbookd::config
