#include "config/blackout_reader.hpp"

#include "config/cron_reader.hpp"
#include "config/local_time_reader.hpp"

namespace runbookd::config {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr Range<Millis> kSpanRange{seconds{1}, days{31}};
/// Each of them is looked at before every create.
constexpr std::size_t kMostItems = 200;

void refuse(const Field& field, const std::string& message, const std::string& expected) {
    field.error({.code = "bad_value", .message = message, .expected = expected});
}

std::optional<schedule::Dates> read_dates(const MapReader& map) {
    const auto from = map.get("from");
    const auto to = map.get("to");
    if (!from) map.missing("from", "the first day, such as from: 2026-12-20");
    if (!to) map.missing("to", "the last day, such as to: 2027-01-03");
    const auto first = from ? read_local_date(*from) : std::nullopt;
    const auto last = to ? read_local_date(*to) : std::nullopt;
    if (!first || !last) return std::nullopt;
    if (*last < *first) {
        refuse(*to, "it ends before it begins, on " + shown(from->node->text),
               "that day or a later one; both days are in");
        return std::nullopt;
    }
    return schedule::Dates{*first, *last};
}

std::optional<schedule::Recurring> read_recurring(const MapReader& map, std::string_view runbook) {
    const auto cron = map.get("cron");
    const auto span = map.get("for");
    if (!cron) map.missing("cron", R"(when it begins, such as cron: "0 8 * * MON-FRI")");
    if (!span) map.missing("for", "how long it lasts, such as for: 10h");
    cron::Options options;
    options.scope = runbook;
    auto expression = cron ? read_cron(*cron, options) : std::nullopt;
    const auto length = span ? read_duration(*span, kSpanRange) : std::nullopt;
    if (!expression || !length) return std::nullopt;
    return schedule::Recurring{std::move(*expression), *length};
}

/// nullopt: reported.
std::optional<schedule::Blackout> read_item(const Field& field, std::string_view runbook) {
    static const Vocabulary keys{{"from", "to", "cron", "for", "reason"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return std::nullopt;
    schedule::Blackout item;
    if (const auto reason = map->get("reason")) item.reason = read_text(*reason).value_or("");
    const bool has_dates = map->has("from") || map->has("to");
    const bool recurs = map->has("cron") || map->has("for");
    if (has_dates == recurs) {
        refuse(field,
               recurs ? "dates and a cron expression in one item contradict each other" : "this says no time",
               "{from: 2026-12-20, to: 2027-01-03} or {cron: \"0 8 * * MON-FRI\", for: 10h}");
        return std::nullopt;
    }
    if (has_dates) {
        const auto dates = read_dates(*map);
        if (!dates) return std::nullopt;
        item.when = *dates;
        return item;
    }
    auto recurring = read_recurring(*map, runbook);
    if (!recurring) return std::nullopt;
    item.when = std::move(*recurring);
    return item;
}

}  // namespace

schedule::Blackouts read_blackouts(const Field& field, std::string_view runbook,
                                   const ZoneOfBlackouts& zone) {
    if (!field.is_list()) {
        field.wrong_type("a list, such as [{from: 2026-12-20, to: 2027-01-03, reason: change freeze}]");
        return {};
    }
    const auto count = field.node->items.size();
    if (count == 0) return {};
    if (count > kMostItems) {
        refuse(field, "there are " + std::to_string(count) + " items here",
               "at most " + std::to_string(kMostItems));
        return {};
    }
    const auto shared_zone = zone();
    std::vector<schedule::Blackout> items;
    for (std::size_t i = 0; i < count; ++i) {
        auto item = read_item(field.item(i), runbook);
        if (!item || !shared_zone) continue;
        item->zone = shared_zone;
        items.push_back(std::move(*item));
    }
    return schedule::Blackouts(std::move(items));
}

}  // namespace runbookd::config
