#pragma once
// Which conditions an event meets, as a whole and in its parts.
#include <cstdint>
#include <string_view>
#include <vector>

#include "notices/event.hpp"
#include "runbook/notify.hpp"

namespace runbookd::notices {

using Conditions = std::vector<runbook::Condition>;

/// A text column, empty where it is null or not there; a count, 0 likewise.
[[nodiscard]] std::string text_of(const Row& row, std::string_view column);
[[nodiscard]] std::int64_t count_of(const Row& row, std::string_view column);

/// Of the occurrence or the whole run, in the order of the enumeration.
[[nodiscard]] Conditions conditions_of(const Event& event);
/// Of one customer's part of the run: what is so of the run as a whole is so of each part, but that it failed
/// only of those where something did.
[[nodiscard]] Conditions conditions_of(const Event& event, const Row& customer);

/// Whether the condition is one of single targets; then `dispositions` are those that meet it.
struct OfTargets {
    runbook::Condition condition;
    std::vector<std::string_view> dispositions;
};
[[nodiscard]] const std::vector<OfTargets>& conditions_of_targets();

/// Those that a rule asks for.
[[nodiscard]] Conditions asked_for(const Conditions& met, const runbook::NotifyRule& rule);

}  // namespace runbookd::notices
