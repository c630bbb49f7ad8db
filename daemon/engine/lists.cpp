// What the engine does when a list of the account's devices or filters has come in.
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {

void Engine::on_fresh_fleet(Instant now) {
    // When a device was first seen is a time like any other: not told by a clock that is doubted.
    if (!guard_.is_doubted()) take_in_fleet(now);
    // Members were read for runs that have begun by now.
    filters_.forget_members(now.steady - settings_.fleet_refresh);
    dispatcher_.take_in_fleet(now);
    returns_.take_in_fleet(now);
    starter_.pump(now);
    previews_.pump(now);
}

void Engine::take_in_fleet(Instant now) {
    history_.take_in(fleet_, now);
    std::vector<std::string> by_zone;
    for (const auto& [name, in_force] : planner_.in_force())
        if (in_force.book->lanes && in_force.book->lanes->by == runbook::LanesBy::site_zone)
            by_zone.push_back(name);
    sites_.take_in(fleet_, by_zone, now);
    triggers_.look_for_new_devices(now);
}

void Engine::look_for_filters(Instant now) {
    if (!filters_.names_read_at()) return;
    std::set<std::pair<std::string, std::string>> lacking;
    for (const auto& [name, in_force] : planner_.in_force()) {
        for (const auto& filter : in_force.book->filters()) {
            const auto found = filters_.find(filter);
            if (found) continue;
            lacking.emplace(name, filter);
            if (lacking_filters_.contains({name, filter})) continue;
            outbox_.write(Noted{"runbook",
                                name,
                                "runbook.filter_not_found",
                                "",
                                {{"filter", filter}, {"message", found.error().message}},
                                now.utc});
        }
    }
    lacking_filters_ = std::move(lacking);
}

}  // namespace runbookd::engine
