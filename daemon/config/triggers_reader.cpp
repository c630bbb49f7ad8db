#include "config/triggers_reader.hpp"

#include <optional>

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;

constexpr Range<Millis> kCooldowns{Millis{0}, hours{90 * 24}};
constexpr Range<Millis> kSpans{Millis{0}, hours{366 * 24}};
constexpr Range<std::int64_t> kInARow{1, 100};

/// The texts of a list that has been checked.
std::vector<std::string> texts_of(const Field& list) {
    std::vector<std::string> texts;
    for (const auto& item : list.node->items) texts.push_back(item->text);
    return texts;
}

std::vector<std::string> read_texts(const Field& field) {
    if (field.is_scalar()) {
        auto text = read_text(field);
        if (!text) return {};
        return {std::move(*text)};
    }
    const auto items = read_full_list(field, "[perf_disk_usage_ctx]");
    for (const auto& item : items) (void)read_text(item);
    report_repeats(items);
    return texts_of(field);
}

std::vector<std::string> read_words(const Field& field, const std::vector<std::string>& words) {
    check_words(field, words);
    return texts_of(field);
}

runbook::AlertTrigger read_alert(const Field& field) {
    static const Vocabulary keys{{"priority", "class", "cooldown", "resolve"}, {}};
    runbook::AlertTrigger alert;
    const auto map = MapReader::open(field, keys);
    if (!map) return alert;
    if (!map->has("priority") && !map->has("class"))
        field.error({.code = "bad_value",
                     .message = "every alert of every device would start this runbook",
                     .expected = "priority: [Critical, High], class: perf_disk_usage_ctx, or both"});
    if (const auto priority = map->get("priority"))
        alert.priorities =
            read_words(*priority, {"Critical", "High", "Moderate", "Low", "Information", "Unknown"});
    if (const auto classes = map->get("class")) alert.classes = read_texts(*classes);
    if (const auto cooldown = map->get("cooldown"))
        alert.cooldown = read_duration(*cooldown, kCooldowns).value_or(alert.cooldown);
    if (const auto resolve = map->get("resolve")) alert.resolve = read_bool(*resolve).value_or(false);
    return alert;
}

runbook::OutcomeTrigger read_outcome(const Field& field, const std::string& own_name) {
    static const Vocabulary keys{{"runbook", "disposition", "consecutive"}, {}};
    runbook::OutcomeTrigger outcome;
    const auto map = MapReader::open(field, keys);
    if (!map) return outcome;
    if (const auto runbook = map->get("runbook")) {
        outcome.runbook = read_plain_name(*runbook, "a runbook").value_or("");
        if (!outcome.runbook.empty() && outcome.runbook == own_name)
            runbook->error({.code = "trigger_loop",
                            .message = "a runbook that its own outcome starts would never end",
                            .expected = "the name of another runbook"});
    } else {
        map->missing("runbook", "the name of another runbook");
    }
    if (const auto disposition = map->get("disposition"))
        outcome.dispositions =
            read_words(*disposition, {"succeeded", "warning", "failed", "timeout", "expired", "skipped",
                                      "halted", "cancelled", "unknown"});
    else
        map->missing("disposition", "disposition: [failed, timeout]");
    if (const auto times = map->get("consecutive"))
        outcome.consecutive = read_integer(*times, kInARow).value_or(outcome.consecutive);
    return outcome;
}

Millis read_span(const Field& field, const std::string& key, Millis unsaid) {
    const auto map = MapReader::open(field, Vocabulary{{key}, {}});
    const auto span = map ? map->get(key) : std::nullopt;
    return span ? read_duration(*span, kSpans).value_or(unsaid) : unsaid;
}

std::optional<runbook::Trigger> read_trigger(const Field& field, const std::string& own_name) {
    static const Vocabulary keys{{"alert", "outcome", "online", "discovered"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return std::nullopt;
    if (field.node->entries.size() != 1)
        field.error({.code = "bad_value",
                     .message = "a trigger has one key, and this one has " +
                                std::to_string(field.node->entries.size()),
                     .expected = "one of " + join(keys.known) + "; a list of several triggers for more"});
    std::optional<runbook::Trigger> trigger;
    if (const auto alert = map->get("alert")) trigger = read_alert(*alert);
    if (const auto outcome = map->get("outcome")) trigger = read_outcome(*outcome, own_name);
    if (const auto online = map->get("online"))
        trigger =
            runbook::OnlineTrigger{read_span(*online, "offline_for", runbook::OnlineTrigger{}.offline_for)};
    if (const auto discovered = map->get("discovered"))
        trigger =
            runbook::DiscoveredTrigger{read_span(*discovered, "settle", runbook::DiscoveredTrigger{}.settle)};
    return trigger;
}

}  // namespace

std::vector<runbook::Trigger> read_triggers(const Field& field, const std::string& runbook) {
    std::vector<runbook::Trigger> triggers;
    for (const auto& item : read_list(field, "[{online: {offline_for: 24h}}]"))
        if (auto trigger = read_trigger(item, runbook)) triggers.push_back(std::move(*trigger));
    return triggers;
}

}  // namespace runbookd::config
