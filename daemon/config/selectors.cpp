#include "config/selectors.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/glob.hpp"
#include "runbook/udfs.hpp"

namespace runbookd::config {
namespace {

constexpr std::string_view kTextExpected = "a text, a list of texts, or {not: …}";
constexpr Range<Millis> kWithin{std::chrono::minutes{1}, std::chrono::hours{24 * 3650}};

const Vocabulary& selector_keys() {
    static const Vocabulary keys{
        {"site", "hostname", "os", "device", "device_type", "class", "domain", "udf", "online", "filter",
         "last_seen", "first_seen", "reboot_required", "patch_status", "all", "customer"},
        {}};
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

/// What stands under the `not` of {not: …}; nullopt: reported.
std::optional<Field> read_negated(const Field& field, std::string_view expected) {
    static const Vocabulary keys{{"not"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return std::nullopt;
    auto negated = map->get("not");
    if (!negated && map->is_empty()) map->missing("not", std::string(expected));
    return negated;
}

runbook::TextMatch read_match(const Field& field) {
    runbook::TextMatch match;
    if (!field.is_map()) {
        read_texts(match.any_of, field);
        return match;
    }
    match.negated = true;
    if (const auto negated = read_negated(field, kTextExpected)) read_texts(match.any_of, *negated);
    return match;
}

Boxed<runbook::TextMatch> read_match(const MapReader& selector, std::string_view key) {
    const auto field = selector.get(key);
    if (!field) return {};
    return read_match(*field);
}

std::optional<runbook::FlagMatch> read_flag(const MapReader& selector, std::string_view key) {
    const auto field = selector.get(key);
    if (!field) return std::nullopt;
    runbook::FlagMatch match;
    match.negated = field->is_map();
    const auto value = match.negated ? read_negated(*field, "true or false") : field;
    const auto flag = value ? read_bool(*value) : std::nullopt;
    match.wanted = flag.value_or(true);
    return match;
}

Millis read_within(const Field& field) {
    static const Vocabulary keys{{"within"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return {};
    const auto within = map->get("within");
    if (!within && map->is_empty()) map->missing("within", "a time span, such as {within: 30d}");
    const auto span = within ? read_duration(*within, kWithin) : std::nullopt;
    return span.value_or(Millis{});
}

/// {within: 30d}, or {not: {within: 30d}}.
Boxed<runbook::TimeMatch> read_time(const MapReader& selector, std::string_view key) {
    const auto field = selector.get(key);
    if (!field) return {};
    runbook::TimeMatch match;
    if (!field->is_map()) {
        field->wrong_type("a map such as {within: 30d}");
        return match;
    }
    const auto& entries = field->node->entries;
    match.negated =
        std::any_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.key == "not"; });
    const auto value = match.negated ? read_negated(*field, "{within: 30d}") : field;
    if (value) match.within = read_within(*value);
    return match;
}

/// What people type who know the field's name in the API: "udf5", "05".
std::string number_meant_by(std::string_view key) {
    while (!key.empty() && (key.front() < '1' || key.front() > '9')) key.remove_prefix(1);
    const bool is_number = std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_number && key.size() <= 3 ? std::string(key) : std::string{};
}

Boxed<std::map<int, runbook::TextMatch>> read_udf(const MapReader& selector) {
    const std::string expected = "numbers from 1 to " + std::to_string(runbook::kMostUdfs) + " with " +
                                 std::string(kTextExpected) + ", such as {5: gold}";
    std::map<int, runbook::TextMatch> udf;
    const auto field = selector.get("udf");
    if (!field) return {};
    if (!field->is_map()) {
        field->wrong_type("a map of " + expected);
        return {};
    }
    report_duplicates(*field);
    if (field->node->entries.empty())
        field->error({.code = "bad_value", .message = "this map is empty", .expected = expected});
    for (const auto& entry : field->node->entries) {
        const auto path = field->path + "." + clipped(entry.key);
        int number = 0;
        const auto* const end = entry.key.data() + entry.key.size();
        const auto [read_to, error] = std::from_chars(entry.key.data(), end, number);
        const bool is_number = error == std::errc{} && read_to == end && entry.key.front() != '0';
        if (!is_number || number < 1 || number > runbook::kMostUdfs) {
            field->report->error(entry.key_mark, path,
                                 {.code = "bad_value",
                                  .message = shown(entry.key) + " is not the number of a user-defined field",
                                  .expected = expected,
                                  .suggestion = number_meant_by(entry.key)});
            continue;
        }
        udf.emplace(number, read_match(Field{entry.value.get(), path, field->report}));
    }
    return udf;
}

/// Datto's words may grow, so one that is not known is no error; a misspelt one would silently fit nothing.
void warn_of_unknown(const MapReader& selector, std::string_view key, const Boxed<runbook::TextMatch>& match,
                     const std::vector<std::string>& known) {
    if (!match) return;
    for (const auto& text : match->any_of) {
        const auto is_text = [&](const std::string& word) { return Glob(text).matches(word); };
        if (std::any_of(known.begin(), known.end(), is_text)) continue;
        selector.get(key)->warning(
            {.code = "unknown_value",
             .message = shown(text) + " fits no value that is known of '" + std::string(key) + "'",
             .expected = "one of " + join(known) + ", or a pattern that fits some",
             .suggestion = nearest_of(text, known)});
    }
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

void check_customer(const Field& field, const std::vector<std::string>* known) {
    if (field.is_list())
        for (std::size_t i = 0; i < field.node->items.size(); ++i) check_customer(field.item(i), known);
    if (!field.is_scalar() || field.node->text.empty()) return;
    const auto& name = field.node->text;
    if (!is_plain_name(name))
        return field.error({.code = "bad_value",
                            .message = shown(name) + " cannot be a customer's name",
                            .expected = "an exact name, as `customers` of the configuration has it"});
    if (known == nullptr || std::find(known->begin(), known->end(), name) != known->end()) return;
    field.error(
        {.code = "bad_value",
         .message = "the configuration has no customer " + shown(name),
         .expected = known->empty() ? "a customer of `customers` there" : "the name of one that it has",
         .suggestion = nearest_of(name, *known)});
}

/// A name that nobody has would silently match nothing.
void check_customers(const MapReader& selector, const std::vector<std::string>* known) {
    const auto field = selector.get("customer");
    if (!field) return;
    check_customer(*field, known);
    if (!field->is_map()) return;
    for (const auto& entry : field->node->entries)
        check_customer(Field{entry.value.get(), field->path + "." + clipped(entry.key), field->report},
                       known);
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

}  // namespace

runbook::Selector read_selector(const Field& field, const std::vector<std::string>* customers) {
    static const std::vector<std::string> kClasses{"device", "printer", "esxihost", "rmmnetworkdevice",
                                                   "unknown"};
    static const std::vector<std::string> kPatchStatuses{"NoPolicy",     "NoData",          "RebootRequired",
                                                         "InstallError", "ApprovedPending", "FullyPatched"};
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
    selector.customer = read_match(*map, "customer");
    check_customers(*map, customers);
    selector.site = read_match(*map, "site");
    selector.hostname = read_match(*map, "hostname");
    selector.os = read_match(*map, "os");
    selector.device = read_match(*map, "device");
    check_devices(*map);
    selector.device_type = read_match(*map, "device_type");
    selector.device_class = read_match(*map, "class");
    warn_of_unknown(*map, "class", selector.device_class, kClasses);
    selector.domain = read_match(*map, "domain");
    selector.udf = read_udf(*map);
    selector.online = read_flag(*map, "online");
    selector.filter = read_match(*map, "filter");
    selector.last_seen = read_time(*map, "last_seen");
    selector.first_seen = read_time(*map, "first_seen");
    selector.reboot_required = read_flag(*map, "reboot_required");
    selector.patch_status = read_match(*map, "patch_status");
    warn_of_unknown(*map, "patch_status", selector.patch_status, kPatchStatuses);
    return selector;
}

namespace {

std::vector<runbook::Selector> read_selectors(const Field& field, const std::vector<std::string>* customers) {
    std::vector<runbook::Selector> selectors;
    if (!field.is_list()) {
        field.wrong_type("a list of selectors, such as [{site: Acme HQ}]");
        return selectors;
    }
    for (std::size_t i = 0; i < field.node->items.size(); ++i)
        selectors.push_back(read_selector(field.item(i), customers));
    return selectors;
}

}  // namespace

runbook::Targets read_targets(const Field& field, const std::vector<std::string>* customers) {
    static const Vocabulary keys{{"include", "exclude"}, {}};
    runbook::Targets targets;
    const auto map = MapReader::open(field, keys);
    if (!map) return targets;
    if (const auto include = map->get("include")) {
        targets.include = read_selectors(*include, customers);
        if (include->is_list() && include->node->items.empty()) {
            include->error({.code = "bad_value",
                            .message = "this list is empty, so no device is selected",
                            .expected = "at least one selector; {all: true} selects every device"});
        }
    } else {
        map->missing("include", "a list of selectors; [{all: true}] selects every device");
    }
    if (const auto exclude = map->get("exclude")) {
        targets.exclude = read_selectors(*exclude, customers);
        for (const auto& selector : targets.exclude) {
            if (selector.all)
                exclude->warning({.code = "selects_nothing", .message = "this excludes every device"});
        }
    }
    return targets;
}

}  // namespace runbookd::config
