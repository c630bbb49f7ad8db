#include "engine/approval_rounds.hpp"

#include <algorithm>
#include <vector>

namespace runbookd::engine {
namespace {

// Somebody may put right what stands against a plan.
constexpr Millis kTriesAgainAfter = std::chrono::minutes{15};

std::vector<DeviceUid> devices_of(const std::vector<TargetRow>& rows) {
    std::vector<DeviceUid> devices;
    devices.reserve(rows.size());
    for (const auto& row : rows) devices.push_back(row.device);
    return devices;
}

bool wants_to_be_asked(const Planner::InForce& runbook) {
    return runbook.book->approval && runbook.book->approval->ahead;
}

}  // namespace

std::string ApprovalRounds::Lane::zone() const {
    return lane != nullptr ? lane->zone()->name() : runbook.zone();
}

std::string ApprovalRounds::Lane::customer() const {
    return lane != nullptr ? lane->customer : std::string();
}

std::string ApprovalRounds::Lane::key() const {
    return runbook.book->name + '\n' + zone() + '\n' + customer();
}

ApprovalRounds::ApprovalRounds(std::string account, AlarmClock& clock, Books& books, Outbox& outbox,
                               UlidSource& ulids, const Planner& planner, Starter& starter,
                               Approvals& approvals)
    : account_(std::move(account)),
      clock_(clock),
      books_(books),
      outbox_(outbox),
      ulids_(ulids),
      planner_(planner),
      starter_(starter),
      approvals_(approvals),
      ignores_([](Run&, Instant) {}),
      next_(clock, [this](Instant) { is_due_ = true; }) {}

void ApprovalRounds::for_each_lane(const Planner::InForce& runbook,
                                   const std::function<void(const Lane&)>& what) {
    if (!runbook.is_armed && !runbook.book->lanes) return;
    if (!runbook.book->lanes) return what({runbook, runbook, nullptr});
    for (const auto& track : runbook.lane_tracks())
        if (track->lane != nullptr && track->is_armed) what({runbook, *track, track->lane});
}

void ApprovalRounds::pump(Instant now) {
    if (std::exchange(is_due_, false)) review(now);
    preparing_.remove_if([&](Preparing& preparing) { return try_to_ask(preparing, now); });
}

void ApprovalRounds::review(Instant now) {
    wakes_at_.reset();
    drop_useless(now);
    for (const auto& [name, runbook] : planner_.in_force())
        if (wants_to_be_asked(runbook)) for_each_lane(runbook, [&](const Lane& lane) { review(lane, now); });
    if (wakes_at_)
        next_.set(*wakes_at_, now);
    else
        next_.clear();
}

void ApprovalRounds::review(const Lane& lane, Instant now) {
    const auto& nominal = lane.track.next_at;
    if (!nominal) return;
    const auto key = lane.key();
    // What comes after it is looked at once it has come.
    wake_at(std::max(*nominal, now.utc + std::chrono::seconds{1}));
    if (approvals_.find(lane.runbook.book->name, lane.zone(), lane.customer(), *nominal) != nullptr) return;
    const auto is_prepared = [&](const Preparing& one) { return one.key == key && one.nominal == *nominal; };
    if (std::any_of(preparing_.begin(), preparing_.end(), is_prepared)) return;
    auto ask_at = *nominal - *lane.runbook.book->approval->ahead;
    if (const auto noted = unplannable_.find(key); noted != unplannable_.end()) {
        if (noted->second.nominal == *nominal)
            ask_at = std::max(ask_at, noted->second.again);
        else
            unplannable_.erase(noted);
    }
    if (ask_at <= now.utc)
        prepare(lane, *nominal, now);
    else
        wake_at(ask_at);
}

void ApprovalRounds::wake_at(UtcTime at) {
    if (!wakes_at_ || at < *wakes_at_) wakes_at_ = at;
}

void ApprovalRounds::drop_useless(Instant now) {
    std::vector<std::pair<ApprovalUid, std::string>> useless;
    for (const auto& [uid, known] : approvals_.requests()) {
        const auto& request = known.request;
        if (request.run) {
            if (books_.find_run(*request.run) == nullptr) useless.emplace_back(uid, "");
        } else if (auto why = why_void(request); !why.empty()) {
            useless.emplace_back(uid, std::move(why));
        }
    }
    for (const auto& [uid, why] : useless) approvals_.void_request(uid, why, now);
}

std::string ApprovalRounds::why_void(const ApprovalRequested& request) const {
    const auto* const runbook = planner_.find(request.runbook);
    if (runbook == nullptr) return "the runbook is not in force any more";
    if (runbook->revision != request.revision)
        return "revision " + std::to_string(runbook->revision) + " of the runbook is in force";
    std::string why = "no schedule names its instant any more";
    for_each_lane(*runbook, [&](const Lane& lane) {
        if (lane.zone() != request.zone || lane.customer() != request.customer) return;
        const auto& next = lane.track.next_at;
        // The clock may have been set back: then an earlier one comes first.
        if (next && *next <= request.nominal)
            why.clear();
        else
            why = "its instant has passed, and no run came of it";
    });
    return why;
}

void ApprovalRounds::prepare(const Lane& lane, UtcTime nominal, Instant now) {
    const auto& book = lane.runbook.book;
    auto& preparing = preparing_.emplace_back(clock_, ignores_);
    preparing.key = lane.key();
    preparing.nominal = nominal;
    auto& run = preparing.run;
    run.book = book;
    run.lane = lane.lane;
    run.begun_at = now.steady;
    run.plan.runbook = book->name;
    run.plan.revision = lane.runbook.revision;
    run.plan.account = account_;
    run.plan.zone = lane.zone();
    run.plan.customer = lane.customer();
    run.plan.trigger = Trigger::schedule;
    run.plan.nominal = nominal;
    run.plan.window_end = nominal + book->window;
    run.create_end = nominal + book->create_span();
}

bool ApprovalRounds::is_still_next(const Preparing& preparing) const {
    const auto* const runbook = planner_.find(preparing.run.plan.runbook);
    if (runbook == nullptr || runbook->revision != preparing.run.plan.revision) return false;
    bool is_next = false;
    for_each_lane(*runbook, [&](const Lane& lane) {
        is_next = is_next || (lane.key() == preparing.key && lane.track.next_at == preparing.nominal);
    });
    return is_next;
}

bool ApprovalRounds::try_to_ask(Preparing& preparing, Instant now) {
    if (!is_still_next(preparing)) {
        is_due_ = true;  // a new revision may have to be asked for instead
        return true;
    }
    auto& run = preparing.run;
    const auto foreseen = starter_.foresee(run, preparing.nominal, now);
    if (!foreseen) return false;
    const auto& problem = foreseen->problem.empty() ? foreseen->obstacle : foreseen->problem;
    if (!problem.empty()) {
        give_up_for_now(preparing, problem, now);
        return true;
    }
    const ApprovalUid uid{ulids_.next(now.utc)};
    approvals_.request(request_of(run, uid, plan_in_question(run, devices_of(foreseen->selection.targets))),
                       now);
    unplannable_.erase(preparing.key);
    return true;
}

void ApprovalRounds::give_up_for_now(const Preparing& preparing, const std::string& problem, Instant now) {
    const auto [known, is_new] = unplannable_.try_emplace(preparing.key);
    const bool is_told = !is_new && known->second.nominal == preparing.nominal;
    known->second = {preparing.nominal, now.utc + kTriesAgainAfter};
    is_due_ = true;
    if (is_told) return;
    outbox_.write(Noted{"runbook",
                        preparing.run.plan.runbook,
                        "approval.not_requested",
                        "",
                        {{"nominal_at", format_utc(preparing.nominal)}, {"message", problem}},
                        now.utc});
}

}  // namespace runbookd::engine
