#include "config/selectors.hpp"

namespace runbookd::config {
namespace {

constexpr std::string_view kTextExpected = "a text, a list of texts, or {not: …}";

const Vocabulary& selector_keys() {
    static const Vocabulary keys{{"site", "hostname", "os", "device", "all"},
                                 {"customer", "device_type", "class", "domain", "udf", "online", "filter",
                                  "last_seen", "first_seen", "reboot_required", "patch_status"}};
    return keys;
}

void read_into(std::vector<std::string>& texts, const Field& field) {
    auto text = read_text(field);
    if (text) texts.push_back(std::move(*text));
}

/// A text, or a list of at least one.
void read_texts(std::vector<std::string>& texts, const Field& field) {
    if (field.is_scalar()) return read_into(texts, field);
    if (!field.is_list()) return field.wrong_type(std::string(kTextExpected));
    if (field.node->items.empty()) {
        field.error({.code = "bad_value", .message = "this list is empty", .expected = "at least one text"});
    }
    for (std::size_t i = 0; i < field.node->items.size(); ++i) read_into(texts, field.item(i));
}

std::optional<runbook::TextMatch> read_match(const MapReader& selector, std::string_view key) {
    const auto field = selector.get(key);
    if (!field) return std::nullopt;
    runbook::TextMatch match;
    if (!field->is_map()) {
        read_texts(match.any_of, *field);
        return match;
    }
    static const Vocabulary keys{{"not"}, {}};
    const auto map = MapReader::open(*field, keys);
    const auto negated = map ? map->get("not") : std::nullopt;
    match.negated = true;
    if (negated) {
        read_texts(match.any_of, *negated);
    } else if (map && map->is_empty()) {
        map->missing("not", std::string(kTextExpected));
    }
    return match;
}

/// A glob would silently match nothing: uids are compared whole.
void check_device(const Field& field) {
    if (field.is_list()) {
        for (std::size_t i = 0; i < field.node->items.size(); ++i) check_device(field.item(i));
    }
    if (field.is_scalar() && field.node->text.find_first_of("*?") != std::string::npos) {
        field.error({.code = "bad_value",
                     .message = shown(field.node->text) + " is a pattern, and 'device' takes uids",
                     .expected = "a device's uid; for names: hostname"});
    }
}

void check_devices(const MapReader& selector) {
    const auto field = selector.get("device");
    if (!field) return;
    check_device(*field);
    if (!field->is_map()) return;
    for (const auto& entry : field->node->entries) {
        check_device(Field{entry.value.get(), field->path + "." + clipped(entry.key), field->report});
    }
}

void read_all(const MapReader& map, runbook::Selector& selector) {
    const auto field = map.get("all");
    if (!field) return;
    const auto all = read_bool(*field);
    if (!all) return;
    if (!*all) {
        field->error({.code = "bad_value",
                      .message = "'all: false' selects nothing",
                      .expected = "all: true, or other keys"});
    }
    if (map.field().node->entries.size() > 1) {
        field->error({.code = "bad_value",
                      .message = "'all: true' and other keys contradict each other",
                      .expected = "{all: true} alone, or the other keys alone"});
    }
    selector.all = *all;
}

runbook::Selector read_selector(const Field& field) {
    runbook::Selector selector;
    const auto map = MapReader::open(field, selector_keys());
    if (!map) return selector;
    if (map->is_empty()) {
        field.error({.code = "bad_value",
                     .message = "an empty selector could mean all or nothing",
                     .expected = "{all: true} for every device, or keys such as site or hostname"});
        return selector;
    }
    read_all(*map, selector);
    selector.site = read_match(*map, "site");
    selector.hostname = read_match(*map, "hostname");
    selector.os = read_match(*map, "os");
    selector.device = read_match(*map, "device");
    check_devices(*map);
    return selector;
}

std::vector<runbook::Selector> read_selectors(const Field& field) {
    std::vector<runbook::Selector> selectors;
    if (!field.is_list()) {
        field.wrong_type("a list of selectors, such as [{site: Acme HQ}]");
        return selectors;
    }
    for (std::size_t i = 0; i < field.node->items.size(); ++i)
        selectors.push_back(read_selector(field.item(i)));
    return selectors;
}

}  // namespace

runbook::Targets read_targets(const Field& field) {
    static const Vocabulary keys{{"include", "exclude"}, {}};
    runbook::Targets targets;
    const auto map = MapReader::open(field, keys);
    if (!map) return targets;
    if (const auto include = map->get("include")) {
        targets.include = read_selectors(*include);
        if (include->is_list() && include->node->items.empty()) {
            include->error({.code = "bad_value",
                            .message = "this list is empty, so no device is selected",
                            .expected = "at least one selector; {all: true} selects every device"});
        }
    } else {
        map->missing("include", "a list of selectors; [{all: true}] selects every device");
    }
    if (const auto exclude = map->get("exclude")) {
        targets.exclude = read_selectors(*exclude);
        for (const auto& selector : targets.exclude) {
            if (selector.all)
                exclude->warning({.code = "selects_nothing", .message = "this excludes every device"});
        }
    }
    return targets;
}

}  // namespace runbookd::config
