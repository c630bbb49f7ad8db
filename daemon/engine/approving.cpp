// A person says yes or no to a run that waits for that, or to what was asked ahead of one.
#include <algorithm>
#include <utility>
#include <vector>

#include "engine/engine.hpp"

namespace runbookd::engine {
namespace {

bool is_named(const Run& run, const std::string& uid) {
    return run.plan.run.str().starts_with(uid) || run.plan.approval.str().starts_with(uid);
}

Error waits_for_nobody(const Run& run) {
    return {ErrorCode::conflict, "run " + run.plan.run.str() +
                                     " waits for nobody's approval; `runbookctl cancel` stops what has no "
                                     "job yet"};
}

}  // namespace

std::vector<Engine::InQuestion> Engine::all_in_question(
    const std::function<bool(const Run& run)>& of_run,
    const std::function<bool(const ApprovalRequested& request)>& of_request) const {
    std::vector<InQuestion> found;
    for (const auto& open : books_.runs()) {
        if (is_terminal(open->status) || !of_run(*open)) continue;
        auto& one = found.emplace_back(InQuestion{open.get(), {}});
        // Until its targets are frozen the word is about what was asked ahead of it.
        if (open->status == RunStatus::planned && approvals_.requests().contains(open->plan.approval))
            one.request = open->plan.approval;
    }
    for (const auto& [uid, known] : approvals_.requests())
        if (!known.request.run && of_request(known.request)) found.push_back({nullptr, uid});
    return found;
}

Result<Engine::InQuestion> Engine::in_question(const std::string& uid) const {
    auto found = all_in_question(
        [&](const Run& run) { return !uid.empty() && is_named(run, uid); },
        [&](const ApprovalRequested& one) { return !uid.empty() && one.approval.str().starts_with(uid); });
    if (found.size() > 1)
        return fail(ErrorCode::conflict, "'" + uid + "' is the beginning of " + std::to_string(found.size()) +
                                             " open runs' uids; give more of it");
    if (found.empty()) {
        // A runbook's name will do where only one thing of it waits.
        found = all_in_question(
            [&](const Run& run) {
                return run.plan.runbook == uid &&
                       (run.waits_for_person() || approvals_.requests().contains(run.plan.approval));
            },
            [&](const ApprovalRequested& one) { return one.runbook == uid; });
        if (found.size() > 1)
            return fail(ErrorCode::conflict,
                        "of runbook '" + uid + "' " + std::to_string(found.size()) +
                            " things wait for approval; give the uid of one: " + uids_of(found));
    }
    if (found.empty())
        return fail(ErrorCode::not_found,
                    "no run '" + uid + "' is open; `runbookctl runs` lists all there are");
    return found.front();
}

std::string Engine::uids_of(const std::vector<InQuestion>& found) {
    std::string list;
    for (const auto& [run, request] : found)
        list += (list.empty() ? "" : ", ") + (run != nullptr ? run->plan.run.str() : request.str());
    return list;
}

bool Engine::has_in_question(const std::string& uid) const {
    const auto found = in_question(uid);
    return found || found.error().code == ErrorCode::conflict;
}

void Engine::approve(const ApprovalOrder& order, Approved answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    auto found = in_question(order.uid);
    if (!found) return answer(tl::unexpected<Error>(std::move(found.error())));
    auto* const run = found->run;
    ApprovedRun approved;
    if (!found->request.empty()) {
        const auto& request = approvals_.requests().at(found->request).request;
        const auto* const runbook = planner_.find(request.runbook);
        const bool not_starter =
            runbook != nullptr && runbook->book->approval && runbook->book->approval->not_starter;
        const auto applied_by = runbook == nullptr ? std::string() : runbook->applied_by;
        if (auto done = approvals_.approve(found->request, applied_by, not_starter, order, now); !done)
            return answer(tl::unexpected<Error>(std::move(done.error())));
        approved = {
            run == nullptr ? RunUid{} : run->plan.run, request.runbook, 0, found->request, request.nominal,
            std::ssize(request.plan.devices)};
    } else {
        if (run->waits_for_person())
            if (auto done = approvals_.approve(*run, order, now); !done) {
                answer(tl::unexpected<Error>(std::move(done.error())));
                return pump(now);  // it may be asked anew
            }
        const bool is_whole = run->is_unapproved();
        if (auto promoted = rollouts_.promote(*run, order.actor, now); !promoted)
            return answer(tl::unexpected<Error>(std::move(promoted.error())));
        if (is_whole) dispatcher_.stop_earlier(*run, now);
        approved = {run->plan.run, run->plan.runbook, run->wave, run->plan.approval, {}, {}};
        if (is_whole) approved.devices = std::ssize(run->targets);
    }
    outbox_.when_durable([answer = std::move(answer), approved = std::move(approved)](Instant) mutable {
        answer(std::move(approved));
    });
    pump(now);
}

void Engine::reject(const ApprovalOrder& order, Rejected answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    auto found = in_question(order.uid);
    if (!found) return answer(tl::unexpected<Error>(std::move(found.error())));
    auto* const run = found->run;
    RejectedRun rejected;
    if (!found->request.empty()) {
        if (auto done = approvals_.reject(found->request, order, now); !done)
            return answer(tl::unexpected<Error>(std::move(done.error())));
        const auto& request = approvals_.requests().at(found->request).request;
        rejected = {run == nullptr ? RunUid{} : run->plan.run, request.runbook, 0, found->request,
                    request.nominal};
    } else {
        if (!run->waits_for_person()) return answer(tl::unexpected<Error>(waits_for_nobody(*run)));
        const auto skipped = [&] { return run->counts[static_cast<std::size_t>(Disposition::skipped)]; };
        const auto before = skipped();
        auto words = approvals_.reject(*run, order, now);
        dispatcher_.call_off(*run, {Disposition::skipped, "not_approved", std::move(words)}, now);
        rejected = {run->plan.run, run->plan.runbook, skipped() - before, run->plan.approval, {}};
    }
    outbox_.when_durable([answer = std::move(answer), rejected = std::move(rejected)](Instant) mutable {
        answer(std::move(rejected));
    });
    pump(now);
}

}  // namespace runbookd::engine
