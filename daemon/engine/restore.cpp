// What the engine does with a store that was put back to an earlier state: it is held as by a clock in doubt,
// while what was created since is searched for, until a person accepts it.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {
namespace {

// How far back the log is read where the store knows of no time at all: as long as a job is followed.
constexpr Millis kFarBack = std::chrono::hours{24 * 30};
// What was found waits so long for the lists of devices and components, which say more of it.
constexpr Millis kListsPatience = std::chrono::minutes{5};

RecoveredRestore restore_of(const RecoveredState& state, Instant now) {
    auto restore = state.restore.value_or(RecoveredRestore{});
    if (!state.restore) restore.since = state.newest.value_or(UtcTime{});
    if (restore.since == UtcTime{}) restore.since = now.utc - kFarBack;
    return restore;
}

std::string searched_words(const RestoreSearch& search) {
    return search.is_complete() ? "whole" : search.read_until() ? "in part" : "not at all";
}

}  // namespace

void Engine::hold_restored(const RecoveredState& state, Instant now) {
    guard_.hold(now);
    alarms_.doubt_wall_clock();
    outbox_.write(Noted{"daemon",
                        settings_.account,
                        "store.restored",
                        "",
                        {{"why", restored_}, {"since", format_utc(restore_of(state, now).since)}},
                        now.utc});
}

void Engine::search_for_lost(const RecoveredState& state, Instant now) {
    // What was decided of these runs since then is lost: what fails may have been tried again.
    for (const auto& run : books_.runs())
        if (run->status != RunStatus::planned) run->found_at = now.utc;
    std::set<JobUid> known;
    for (const auto& job : state.jobs) known.insert(job.job);
    for (const auto& job : state.lost) known.insert(job.job);
    restore_search_.begin(restore_of(state, now), known, now);
    if (!searches_restore_) restore_search_.end();
}

void Engine::pump_restore(Instant now) {
    restore_search_.pump(now);
    if (restore_search_.has_found()) {
        const auto since = restore_search_.found_at();
        reader_.need_devices(since);
        reader_.need_components(since);
        const bool are_lists_read = fleet_.devices_read_at() && *fleet_.devices_read_at() >= since &&
                                    fleet_.components_read_at() && *fleet_.components_read_at() >= since;
        if (are_lists_read || now.steady - since >= kListsPatience)
            adoption_.adopt(restore_search_.take_found(), now);
    }
    if (may_release(now)) release_restored(now);
}

bool Engine::may_release(Instant now) const {
    if (restore_accepted_by_.empty()) return false;
    if (restore_search_.has_found()) return false;
    return !searches_restore_ || restore_search_.is_complete() || restore_search_.is_refused() ||
           now.steady - restore_accepted_at_ >= settings_.unknown_after;
}

void Engine::accept_restore(const std::string& actor, Done answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (!guard_.is_held())
        return answer(fail(ErrorCode::conflict,
                           "the store is not older than what was acknowledged: there is "
                           "nothing to accept"));
    if (restore_accepted_by_.empty()) {
        restore_accepted_by_ = actor.empty() ? "unknown" : actor;
        restore_accepted_at_ = now.steady;
    }
    pump(now);
    if (guard_.is_held()) {
        outbox_.write(Noted{"daemon",
                            settings_.account,
                            "store.restore_waits_for_search",
                            actor,
                            {{"searched", searched_words(restore_search_)}},
                            now.utc});
    }
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer({}); });
}

void Engine::release_restored(Instant now) {
    std::map<std::string, std::string> data{{"why", std::exchange(restored_, {})},
                                            {"searched", searched_words(restore_search_)},
                                            {"known_jobs", std::to_string(restore_search_.known_jobs())},
                                            {"found_jobs", std::to_string(restore_search_.found_jobs())}};
    if (const auto until = restore_search_.read_until()) data["searched_until"] = format_utc(*until);
    outbox_.write(Noted{"daemon", settings_.account, "store.restore_accepted",
                        std::exchange(restore_accepted_by_, {}), std::move(data), now.utc});
    restore_search_.settle_for_part(now);
    if (restore_search_.has_found()) adoption_.adopt(restore_search_.take_found(), now);
    // What passed before the daemon was started may have been served; what passed since was not.
    planner_.lose(restore_search_.held_at());
    restore_search_.end();
    guard_.release();
    if (on_released_) on_released_();
    settle_clock(now);
    if (guard_.is_doubted()) believes_clock_.set(guard_.believed_at());
}

}  // namespace runbookd::engine
