#include "config/rollout_reader.hpp"

#include <charconv>

#include "config/quantities.hpp"
#include "config/selectors.hpp"

namespace runbookd::config {
namespace {

constexpr Range<std::int64_t> kDevices{1, 1'000'000};
constexpr Range<std::int64_t> kDevicesOrNone{0, 1'000'000};
constexpr Range<Millis> kSoaks{Millis{0}, std::chrono::hours{31 * 24}};
constexpr std::int64_t kMostUdf = 300;

/// The reader of targets, for one selector that stands elsewhere: what it reports gets that place's path.
void check_selector(const Field& field) {
    constexpr std::string_view kPathInTargets = ".include[0]";
    Node list;
    list.kind = Node::Kind::sequence;
    list.items.push_back(std::make_shared<Node>(*field.node));
    Node targets;
    targets.kind = Node::Kind::map;
    targets.entries.push_back({"include", field.node->mark, std::make_shared<Node>(std::move(list))});
    Report report = field.report->sibling();
    (void)read_targets(Field{&targets, field.path, &report}, nullptr);
    auto found = report.take();
    for (auto& diagnostic : found) diagnostic.path.erase(field.path.size(), kPathInTargets.size());
    field.report->add(std::move(found));
}

/// The share of a wave that has one.
std::optional<int> read_wave(const Field& field) {
    if (field.is_map()) {
        check_selector(field);
        return std::nullopt;
    }
    if (!field.is_scalar()) {
        field.wrong_type("a count, a share such as 10%, or a selector");
        return std::nullopt;
    }
    const auto wave = read_count_or_share(field, kDevices);
    const auto* share = wave ? std::get_if<Share>(&*wave) : nullptr;
    return share == nullptr ? std::nullopt : std::optional(share->percent);
}

void check_waves(const Field& field) {
    const auto items = read_full_list(field, "[1, 10%, 100%]");
    int before = 0;
    for (const auto& item : items) {
        const auto percent = read_wave(item);
        if (!percent) continue;
        if (*percent <= before)
            item.error({.code = "bad_value",
                        .message = "this wave is empty: shares are of all targets and add up, and " +
                                   std::to_string(before) + "% stands before it",
                        .expected = "more than " + std::to_string(before) + "%"});
        before = std::max(before, *percent);
    }
    const bool is_one_wave = items.size() == 1 && items[0].is_scalar() && items[0].node->text == "100%";
    if (!items.empty() && !is_one_wave) field.not_supported("more than one wave");
}

void check_abort_when(const Field& field) {
    static const Vocabulary keys{{"failed", "failed_share", "min_finished", "scope"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, "failed, failed_share, or both");
    const auto is_none = [](const Field& limit) { return limit.is_scalar() && limit.node->text == "none"; };
    if (const auto failed = map->get("failed"); failed && !is_none(*failed))
        (void)read_integer(*failed, kDevices);
    if (const auto share = map->get("failed_share"); share && !is_none(*share)) (void)read_share(*share);
    if (const auto least = map->get("min_finished")) (void)read_integer(*least, kDevicesOrNone);
    if (const auto scope = map->get("scope")) (void)read_word(*scope, {{"run"}, {"site"}, {"group"}});
    field.not_supported("'abort_when'");
}

bool is_udf(std::string_view key) {
    constexpr std::string_view kPrefix = "udf.";
    if (!key.starts_with(kPrefix)) return false;
    key.remove_prefix(kPrefix.size());
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    return error == std::errc{} && end == key.data() + key.size() && number >= 1 && number <= kMostUdf &&
           key.front() != '0';
}

/// Properties of a device by which jobs in flight are counted.
void check_max_in_flight_per(const Field& field) {
    if (!field.is_map()) return field.wrong_type("a map such as {site: 10, \"udf.6\": 1}");
    report_duplicates(field);
    if (field.node->entries.empty())
        field.error({.code = "bad_value", .message = "this map is empty", .expected = "such as {site: 10}"});
    for (const auto& entry : field.node->entries) {
        const auto path = field.path + "." + clipped(entry.key);
        if (entry.key != "site" && entry.key != "customer" && !is_udf(entry.key))
            field.report->error(entry.key_mark, path,
                                {.code = "unknown_key",
                                 .message = "unknown key " + shown(entry.key),
                                 .expected = "site, customer, or udf.1 to udf.300",
                                 .suggestion = nearest_of(entry.key, {"site", "customer", "udf.1"})});
        (void)read_integer(Field{entry.value.get(), path, field.report}, kDevices);
    }
    field.not_supported("'max_in_flight_per'");
}

}  // namespace

void check_rollout(const Field& field) {
    static const Vocabulary keys{
        {"waves", "soak", "promote", "abort_when", "max_in_flight", "max_in_flight_per"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, join(keys.known));
    if (const auto waves = map->get("waves")) check_waves(*waves);
    if (const auto soak = map->get("soak")) {
        const auto span = read_duration(*soak, kSoaks);
        if (span && *span > Millis{0}) soak->not_supported("a soak");
    }
    if (const auto promote = map->get("promote"))
        (void)read_word(*promote, {{"auto"}, {.text = "manual", .supported = false}});
    if (const auto abort_when = map->get("abort_when")) check_abort_when(*abort_when);
    if (const auto most = map->get("max_in_flight"))
        if (read_integer(*most, kDevices)) most->not_supported("'max_in_flight'");
    if (const auto per = map->get("max_in_flight_per")) check_max_in_flight_per(*per);
}

void check_tolerate(const Field& field) {
    const auto read = read_count_or_share(field, kDevicesOrNone, 0);
    if (!read) return;
    const auto* count = std::get_if<std::int64_t>(&*read);
    const auto* share = std::get_if<Share>(&*read);
    if ((count != nullptr && *count > 0) || (share != nullptr && share->percent > 0))
        field.not_supported("to tolerate failures");
}

}  // namespace runbookd::config
