#include "config/notify_reader.hpp"

#include <algorithm>
#include <utility>

#include "config/quantities.hpp"
#include "config/secrets_reader.hpp"

namespace runbookd::config {
namespace {

constexpr const char* kExample = "[{to: oncall, on: [failed, aborted, missed, unknown]}]";

/// Refuses what no request can be sent to. The address may be a secret as a whole: nothing of it is shown.
void check_webhook(const Field& field, const Secret& webhook) {
    const std::string_view text = webhook.reveal();
    if (text.empty() || text.starts_with("https://") || text.starts_with("http://")) return;
    field.error({.code = "bad_value",
                 .message = "the secret that is named here is no web address",
                 .expected = "one that begins with https://"});
}

NoticeTarget read_notice_target(const Field& field, const Surroundings& around) {
    static const Vocabulary keys{{"webhook", "format"}, {}};
    NoticeTarget target;
    const auto map = MapReader::open(field, keys);
    if (!map) return target;
    if (const auto webhook = map->get("webhook")) {
        target.webhook = read_secret(*webhook, around);
        check_webhook(*webhook, target.webhook);
    } else {
        map->missing("webhook", "webhook: ${credential:NAME}, ${file:/path} or ${env:NAME}");
    }
    if (const auto format = map->get("format"))
        if (const auto place = read_word(*format, {{"json"}, {"slack"}, {"teams"}}))
            target.format = static_cast<NoticeFormat>(*place);
    return target;
}

std::vector<std::string> names_of(const std::map<std::string, NoticeTarget>& targets) {
    std::vector<std::string> names;
    for (const auto& [name, target] : targets) names.push_back(name);
    return names;
}

void check_target(const Field& field, const std::string& name, const Settings& settings) {
    // Settings that no file holds know nobody; nor does a record, whose targets may be gone since.
    if (settings.account.name.empty() || settings.notices.contains(name)) return;
    const auto names = names_of(settings.notices);
    field.error({.code = "bad_value",
                 .message = "'notify' in the settings has no target " + shown(name),
                 .expected = names.empty() ? "a target that is named there" : "one of " + join(names),
                 .suggestion = nearest_of(name, names)});
}

std::vector<runbook::Condition> read_conditions(const Field& field) {
    std::vector<Word> words;
    for (const auto name : runbook::kConditionNames) words.push_back({std::string(name)});
    std::vector<runbook::Condition> conditions;
    const auto items = read_full_list(field, "[failed, aborted, missed, unknown]");
    for (const auto& item : items)
        if (const auto place = read_word(item, words))
            conditions.push_back(static_cast<runbook::Condition>(*place));
    report_repeats(items);
    return conditions;
}

runbook::NotifyRule read_rule(const Field& field, const Settings& settings) {
    static const Vocabulary keys{{"to", "on", "per"}, {}};
    runbook::NotifyRule rule;
    const auto map = MapReader::open(field, keys);
    if (!map) return rule;
    if (const auto to = map->get("to")) {
        if (auto name = read_plain_name(*to, "a target of notices")) {
            check_target(*to, *name, settings);
            rule.to = std::move(*name);
        }
    } else {
        map->missing("to", "the name of a target under 'notify' in the settings");
    }
    if (const auto on = map->get("on"))
        rule.on = read_conditions(*on);
    else
        map->missing("on", "on: [failed, aborted, missed, unknown]");
    if (const auto per = map->get("per"))
        if (const auto place = read_word(*per, {{"run"}, {"customer"}, {"device"}}))
            rule.per = static_cast<runbook::NoticesPer>(*place);
    return rule;
}

}  // namespace

std::map<std::string, NoticeTarget> read_notice_targets(const Field& field, const Surroundings& around) {
    std::map<std::string, NoticeTarget> targets;
    if (!field.is_map()) {
        field.wrong_type("a map such as {oncall: {webhook: \"${credential:NAME}\"}}");
        return targets;
    }
    report_duplicates(field);
    for (const auto& entry : field.node->entries) {
        const auto path = "notify." + clipped(entry.key);
        if (!is_plain_name(entry.key))
            field.report->error(entry.key_mark, path,
                                {.code = "bad_value",
                                 .message = shown(entry.key) + " cannot be the name of a target of notices",
                                 .expected = "small letters, digits and -"});
        targets[entry.key] = read_notice_target(Field{entry.value.get(), path, field.report}, around);
    }
    return targets;
}

std::shared_ptr<const runbook::NotifyRules> read_notify(const Field& field, const Settings& settings) {
    runbook::NotifyRules rules;
    for (const auto& item : read_list(field, kExample)) rules.push_back(read_rule(item, settings));
    if (rules.empty()) return nullptr;
    return std::make_shared<const runbook::NotifyRules>(std::move(rules));
}

}  // namespace runbookd::config
