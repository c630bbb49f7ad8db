#include "lint/lint.hpp"

#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

/// How the keys of an entry are called, by how the schedule is written.
EntrySubject name_entry(const Subject& subject, const schedule::Entry& entry, std::size_t index) {
    const bool is_list = subject.is_written("schedule[0]");
    EntrySubject named{entry, is_list ? nth("schedule", index) : "schedule", {}};
    named.rule_path = named.path;
    for (const auto* key : {".cron", ".at"})
        if (subject.is_written(named.path + key)) named.rule_path = named.path + key;
    return named;
}

/// What an entry of all lanes says is the same in each of them but for the zone, so the first stands for all.
/// Windows are the customers', not the runbook's.
std::optional<runbook::Runbook> first_lane_of(const runbook::Runbook& runbook) {
    if (!runbook.lanes || runbook.lanes->all.empty()) return std::nullopt;
    const auto& first = runbook.lanes->all.front();
    for (const auto& entry : first.schedule.entries())
        if (entry.window > Millis{0}) return std::nullopt;
    auto plain = runbook;
    plain.schedule = first.schedule;
    plain.not_during = first.not_during;
    plain.lanes = {};
    return plain;
}

}  // namespace

std::string nth(const char* list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]";
}

std::string list_of(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

Findings check(const Subject& subject) {
    Findings findings;
    if (const auto plain = first_lane_of(subject.runbook))
        return check({*plain, subject.default_zone, subject.now, subject.is_written,
                      subject.creates_per_minute, subject.is_relay});
    check_steps(subject, findings);
    check_offline(subject, findings);
    check_relay(subject, findings);
    check_capacity(subject, findings);
    if (!subject.runbook.schedule) return findings;
    const auto& entries = subject.runbook.schedule->entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto entry = name_entry(subject, entries[i], i);
        check_fields(subject, entry, findings);
        check_clock_changes(subject, entry, findings);
        check_entry(subject, entry, findings);
        check_entry_window(subject, entry, findings);
    }
    check_window(subject, findings);
    return findings;
}

}  // namespace runbookd::lint
