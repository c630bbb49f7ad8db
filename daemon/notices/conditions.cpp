#include "notices/conditions.hpp"

#include <algorithm>
#include <array>

namespace runbookd::notices {

using runbook::Condition;

namespace {

/// A target that ended so did not do what was asked for.
constexpr std::array<std::string_view, 6> kTroubles{"failed", "timeout",   "expired",
                                                    "halted", "cancelled", "unknown"};

bool has_trouble(const Row& counts) {
    return std::any_of(kTroubles.begin(), kTroubles.end(),
                       [&](std::string_view column) { return count_of(counts, column) > 0; });
}

/// What is so of the run, whatever became of its parts.
Conditions of_the_run(const Event& event) {
    if (event.kind == Event::Kind::run_waiting || event.kind == Event::Kind::approval_requested)
        return {Condition::waiting};
    const auto status = text_of(event.run.run, "status");
    const auto& before = event.run.previous_status;
    if (status == "failed") return {Condition::failed};
    if (status == "aborted" && text_of(event.run.run, "reason") == "guard")
        return {Condition::aborted, Condition::guard_refused};
    if (status == "aborted") return {Condition::aborted};
    if (status == "completed" && (before == "failed" || before == "aborted")) return {Condition::recovered};
    return {};
}

void add_counted(Conditions& conditions, const Row& counts) {
    for (const auto condition : {Condition::unknown, Condition::expired, Condition::halted})
        if (count_of(counts, runbook::to_text(condition)) > 0) conditions.push_back(condition);
    std::sort(conditions.begin(), conditions.end());
}

}  // namespace

std::string text_of(const Row& row, std::string_view column) {
    const auto found = row.find(column);
    return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t count_of(const Row& row, std::string_view column) {
    const auto found = row.find(column);
    return found != row.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Conditions conditions_of(const Event& event) {
    if (event.kind == Event::Kind::occurrence_decided) {
        const auto verdict = text_of(event.occurrence, "verdict");
        if (verdict == "missed") return {Condition::missed};
        if (verdict == "late") return {Condition::late};
        return {};
    }
    auto conditions = of_the_run(event);
    if (event.kind == Event::Kind::run_finished) add_counted(conditions, event.run.run);
    return conditions;
}

Conditions conditions_of(const Event& event, const Row& customer) {
    auto conditions = of_the_run(event);
    if (event.kind != Event::Kind::run_finished) return conditions;
    if (!has_trouble(customer)) std::erase(conditions, Condition::failed);
    add_counted(conditions, customer);
    return conditions;
}

const std::vector<OfTargets>& conditions_of_targets() {
    static const std::vector<OfTargets> all{{Condition::failed, {"failed", "timeout"}},
                                            {Condition::unknown, {"unknown"}},
                                            {Condition::expired, {"expired"}},
                                            {Condition::halted, {"halted"}}};
    return all;
}

Conditions asked_for(const Conditions& met, const runbook::NotifyRule& rule) {
    Conditions both;
    for (const auto condition : met)
        if (std::find(rule.on.begin(), rule.on.end(), condition) != rule.on.end()) both.push_back(condition);
    return both;
}

}  // namespace runbookd::notices
