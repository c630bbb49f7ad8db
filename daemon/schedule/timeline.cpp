#include "schedule/timeline.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace runbookd::schedule {

std::optional<UtcTime> Entry::next_after(UtcTime after) const {
    return std::visit([&](const auto& when) { return when.next_after(after, *zone); }, rule);
}

std::string Entry::text() const {
    return std::visit([](const auto& when) { return std::string(when.text()); }, rule);
}

std::string Entry::in_words() const {
    return std::visit([](const auto& when) { return when.in_words(); }, rule);
}

std::optional<Nominal> Timeline::next_after(UtcTime after) const {
    std::optional<Nominal> first;
    for (const auto& entry : entries_) {
        const auto at = entry.next_after(after);
        if (at && (!first || *at < first->at)) first = Nominal{*at, &entry};
    }
    return first;
}

std::string Timeline::text() const {
    std::string text;
    for (const auto& entry : entries_) text += (text.empty() ? "" : "; ") + entry.text();
    return text;
}

std::string Timeline::zone() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_)
        if (std::find(names.begin(), names.end(), entry.zone->name()) == names.end())
            names.push_back(entry.zone->name());
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Millis jitter_of(std::string_view runbook, UtcTime nominal, Millis jitter, Millis window) {
    const auto range = std::min(jitter, window);
    if (range <= Millis{0}) return Millis{0};
    const auto drawn =
        hash_modulo(runbook, std::to_string(to_unix_ms(nominal)), static_cast<std::uint64_t>(range.count()));
    return Millis{static_cast<std::int64_t>(drawn)};
}

}  // namespace runbookd::schedule
