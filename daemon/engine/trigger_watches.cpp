#include "engine/trigger_watches.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runbookd::engine {
namespace {

using Watch = TriggerWatches::Watch;

const std::vector<runbook::Trigger>& triggers_of(const runbook::Meaning& book) {
    static const std::vector<runbook::Trigger> none;
    return book.enabled && book.triggers ? book.triggers->list : none;
}

Watch* find(std::vector<Watch>& watches, const runbook::Trigger& trigger) {
    const auto found = std::find_if(watches.begin(), watches.end(),
                                    [&](const Watch& watch) { return watch.trigger == trigger; });
    return found == watches.end() ? nullptr : &*found;
}

/// Goes back through the revisions before, as far as they follow on each other and have the trigger.
void look_back(const std::string& name, Watch& watch, const RecoveredState& state, const ReadRevision& read) {
    for (const auto& past : state.past_revisions) {
        if (past.runbook != name || past.until != watch.since) continue;
        const auto book = read(name, past.text);
        if (book == nullptr) return;
        const auto& triggers = triggers_of(*book);
        if (std::find(triggers.begin(), triggers.end(), watch.trigger) == triggers.end()) return;
        watch.since = past.from;
    }
}

}  // namespace

bool count_outcome(Watch& watch, const DeviceUid& device, Disposition disposition) {
    const auto& outcome = std::get<runbook::OutcomeTrigger>(watch.trigger);
    const bool is_one = runbook::matches(outcome, to_text(disposition));
    if (outcome.consecutive == 1) return is_one;
    if (!is_one) {
        watch.in_a_row.erase(device);
        return false;
    }
    return ++watch.in_a_row[device] >= outcome.consecutive;
}

void TriggerWatches::restore(const std::map<std::string, Planner::InForce>& in_force,
                             const RecoveredState& state, const ReadRevision& read) {
    follow(in_force);
    for (auto& [name, watches] : watches_)
        for (auto& watch : watches) {
            look_back(name, watch, state, read);
            const auto* const outcome = std::get_if<runbook::OutcomeTrigger>(&watch.trigger);
            if (outcome == nullptr || outcome->consecutive == 1) continue;
            for (const auto& past : state.past_dispositions)
                if (past.runbook == outcome->runbook && past.at > watch.since)
                    (void)count_outcome(watch, past.device, past.disposition);
        }
}

void TriggerWatches::follow(const std::map<std::string, Planner::InForce>& in_force) {
    auto before = std::exchange(watches_, {});
    for (const auto& [name, runbook] : in_force) {
        const auto& triggers = triggers_of(*runbook.book);
        if (triggers.empty()) continue;
        auto& old = before[name];
        auto& watches = watches_[name];
        for (const auto& trigger : triggers) {
            auto* const same = find(old, trigger);
            watches.push_back(same != nullptr ? std::move(*same) : Watch{trigger, runbook.effective_from});
        }
    }
}

}  // namespace runbookd::engine
