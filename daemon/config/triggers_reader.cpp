#include "config/triggers_reader.hpp"

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;

constexpr Range<Millis> kCooldowns{Millis{0}, hours{90 * 24}};
constexpr Range<Millis> kSpans{Millis{0}, hours{366 * 24}};
constexpr Range<std::int64_t> kMisses{1, 100};

void check_texts(const Field& field) {
    if (field.is_scalar()) return (void)read_text(field);
    const auto items = read_full_list(field, "[perf_disk_usage_ctx]");
    for (const auto& item : items) (void)read_text(item);
    report_repeats(items);
}

void check_alert(const Field& field) {
    static const Vocabulary keys{{"priority", "class", "cooldown", "resolve"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (!map->has("priority") && !map->has("class"))
        field.error({.code = "bad_value",
                     .message = "every alert of every device would start this runbook",
                     .expected = "priority: [Critical, High], class: perf_disk_usage_ctx, or both"});
    if (const auto priority = map->get("priority"))
        check_words(*priority, {"Critical", "High", "Moderate", "Low", "Information", "Unknown"});
    if (const auto classes = map->get("class")) check_texts(*classes);
    if (const auto cooldown = map->get("cooldown")) (void)read_duration(*cooldown, kCooldowns);
    if (const auto resolve = map->get("resolve")) (void)read_bool(*resolve);
}

void check_outcome(const Field& field) {
    static const Vocabulary keys{{"runbook", "disposition", "consecutive"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (const auto runbook = map->get("runbook"))
        (void)read_plain_name(*runbook, "a runbook");
    else
        map->missing("runbook", "the name of another runbook");
    if (const auto disposition = map->get("disposition"))
        check_words(*disposition, {"succeeded", "warning", "failed", "timeout", "expired", "skipped",
                                   "halted", "cancelled", "unknown"});
    else
        map->missing("disposition", "disposition: [failed, timeout]");
    if (const auto times = map->get("consecutive")) (void)read_integer(*times, kMisses);
}

void check_span(const Field& field, const std::string& key) {
    const auto map = MapReader::open(field, Vocabulary{{key}, {}});
    const auto span = map ? map->get(key) : std::nullopt;
    if (span) (void)read_duration(*span, kSpans);
}

void check_trigger(const Field& field) {
    static const Vocabulary keys{{"alert", "outcome", "online", "discovered"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (field.node->entries.size() != 1)
        field.error({.code = "bad_value",
                     .message = "a trigger has one key, and this one has " +
                                std::to_string(field.node->entries.size()),
                     .expected = "one of " + join(keys.known) + "; a list of several triggers for more"});
    if (const auto alert = map->get("alert")) check_alert(*alert);
    if (const auto outcome = map->get("outcome")) check_outcome(*outcome);
    if (const auto online = map->get("online")) check_span(*online, "offline_for");
    if (const auto discovered = map->get("discovered")) check_span(*discovered, "settle");
}

}  // namespace

void check_triggers(const Field& field) {
    const auto items = read_list(field, "[{online: {offline_for: 24h}}]");
    for (const auto& item : items) check_trigger(item);
    if (!items.empty()) field.not_supported("a trigger");
}

}  // namespace runbookd::config
