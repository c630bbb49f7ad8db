#include "engine/waves.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

constexpr const char* kSoak = "soak";
constexpr const char* kApproval = "approval";

/// Those that wait for their devices have left their wave, unless they are halfway through their steps.
bool is_under_way(const Run& run) {
    return std::any_of(run.targets.begin(), run.targets.end(), [&](const Target& target) {
        return target.disposition == Disposition::pending && target.row.wave <= run.wave &&
               (!target.is_away || target.is_halfway());
    });
}

}  // namespace

Waves::Waves(Books& books, AlarmClock& clock, OnBegun on_begun)
    : books_(books), clock_(clock), on_begun_(std::move(on_begun)) {}

void Waves::take_up(Run& run, Instant now) {
    if (run.status == RunStatus::waiting && run.soaks_until) set_alarm(run, now);
}

void Waves::set_alarm(Run& run, Instant now) {
    run.soak_ends = std::make_unique<Alarm>(clock_, [this, uid = run.plan.run](Instant at) {
        auto* const soaked = books_.find_run(uid);
        if (soaked != nullptr && soaked->waits_for == kSoak) go_on(*soaked, soaked->next_wave, at);
    });
    run.soak_ends->set(*run.soaks_until, now);
}

void Waves::review(Run& run, Instant now) {
    if (run.status != RunStatus::running || !run.book || !run.book->rollout) return;
    if (is_under_way(run)) return;
    const auto next = run.wave_after();
    if (!next) return;
    const auto soak = run.book->rollout->soak;
    if (soak <= Millis{0}) return go_on(run, *next, now);
    books_.wait(run, *next, kSoak, now.utc + soak, now);
    set_alarm(run, now);
}

void Waves::go_on(Run& run, std::int64_t next, Instant now) {
    if (run.book->rollout->is_promoted_by_hand) return books_.wait(run, next, kApproval, std::nullopt, now);
    books_.start_wave(run, next, "", now);
    on_begun_(run, now);
}

Result<void> Waves::promote(Run& run, const std::string& actor, Instant now) {
    const auto who = "run " + run.plan.run.str();
    if (run.waits_for == kSoak)
        return fail(ErrorCode::conflict, who + ": wave " + std::to_string(run.wave) + " soaks until " +
                                             format_utc(*run.soaks_until) + "; approve it after that");
    if (run.waits_for != kApproval)
        return fail(ErrorCode::conflict,
                    who + " waits for nobody: " +
                        (run.status == RunStatus::planned
                             ? std::string("it has not started")
                             : "wave " + std::to_string(run.wave) + " is under way, or nothing follows it"));
    books_.start_wave(run, run.next_wave, actor, now);
    on_begun_(run, now);
    return {};
}

}  // namespace runbookd::engine
