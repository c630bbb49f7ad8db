#include "engine/approvals.hpp"

#include <algorithm>
#include <utility>

#include "base/sha256.hpp"
#include "engine/variables.hpp"

namespace runbookd::engine {
namespace {

std::string by(const std::string& actor) { return actor.empty() ? std::string() : " by " + actor; }

std::string with_reason(std::string text, const std::string& reason) {
    return reason.empty() ? text : std::move(text) + ": " + reason;
}

Error refusal_of_starter(const std::string& what, const std::string& why) {
    return {ErrorCode::refused_by_rule,
            what + " may not be approved by whoever " + why + " (`not_starter: true`): ask somebody else"};
}

std::vector<DeviceUid> devices_of(const Run& run) {
    std::vector<DeviceUid> devices;
    devices.reserve(run.targets.size());
    for (const auto& target : run.targets) devices.push_back(target.row.device);
    return devices;
}

/// What was asked ahead of the run, else its own.
ApprovalUid uid_of(const Run& run) {
    return run.plan.approval.empty() ? ApprovalUid{run.plan.run.str()} : run.plan.approval;
}

}  // namespace

PlanInQuestion plan_in_question(const Run& run, std::vector<DeviceUid> devices) {
    const auto& first = run.component_of(1);
    PlanInQuestion plan{first.uid, first.name, std::move(devices), {}};
    std::sort(plan.devices.begin(), plan.devices.end());
    // Lines that begin with what they are, so that no text can pass for another.
    std::string text;
    for (std::int64_t step = 1; step <= std::ssize(run.components); ++step) {
        text += "component " + run.component_of(step).uid.str() + '\n';
        for (const auto& [name, value] : variables_of(run, step, nullptr)) {
            const auto shown = value.shown();
            text += "variable " + std::to_string(name.size()) + ' ' + name + ' ' +
                    std::to_string(shown.size()) + ' ' + shown + '\n';
        }
    }
    for (const auto& device : plan.devices) text += "device " + device.str() + '\n';
    plan.sha256 = sha256_hex(text);
    return plan;
}

PlanInQuestion plan_in_question(const Run& run) { return plan_in_question(run, devices_of(run)); }

ApprovalRequested request_of(const Run& run, ApprovalUid approval, PlanInQuestion in_question) {
    const auto& plan = run.plan;
    ApprovalRequested request;
    request.approval = std::move(approval);
    request.runbook = plan.runbook;
    request.revision = plan.revision.value_or(1);
    request.account = plan.account;
    request.zone = plan.zone;
    request.customer = plan.customer;
    request.nominal = plan.nominal;
    request.plan = std::move(in_question);
    return request;
}

void Approvals::restore(const std::vector<RecoveredApproval>& requests) {
    for (const auto& request : requests) requests_.emplace(request.request.approval, request);
}

void Approvals::request(ApprovalRequested request, Instant now) {
    request.at = now.utc;
    outbox_.write(request);
    const auto uid = request.approval;
    requests_.emplace(uid, Request{std::move(request), Request::Word::asked, {}, {}});
}

const Approvals::Request* Approvals::find(const std::string& runbook, const std::string& zone,
                                          const std::string& customer, UtcTime nominal) const {
    for (const auto& [uid, known] : requests_) {
        const auto& request = known.request;
        if (request.nominal == nominal && request.runbook == runbook && request.zone == zone &&
            request.customer == customer)
            return &known;
    }
    return nullptr;
}

void Approvals::bind(RunPlanned& plan) {
    if (!plan.nominal) return;
    const auto* const known = find(plan.runbook, plan.zone, plan.customer, *plan.nominal);
    if (known == nullptr) return;
    plan.approval = known->request.approval;
    requests_.at(plan.approval).request.run = plan.run;
}

void Approvals::void_request(const ApprovalUid& uid, const std::string& reason, Instant now) {
    const auto found = requests_.find(uid);
    if (found == requests_.end()) return;
    if (!found->second.request.run) outbox_.write(ApprovalVoided{uid, reason, now.utc});
    requests_.erase(found);
}

Result<void> Approvals::approve(const ApprovalUid& uid, const std::string& applied_by, bool not_starter,
                                const ApprovalOrder& order, Instant now) {
    auto& known = requests_.at(uid);
    const auto what = "the run of " + known.request.runbook;
    if (known.word == Request::Word::approved)
        return fail(ErrorCode::conflict, what + " is approved already" + by(known.actor));
    if (not_starter && !order.actor.empty() && order.actor == applied_by)
        return tl::unexpected<Error>(refusal_of_starter(what, "put its revision into force"));
    known.word = Request::Word::approved;
    known.actor = order.actor;
    known.words = order.words;
    const auto& plan = known.request.plan;
    outbox_.write(RunApproved{known.request.run, uid, order.actor, order.words, plan.sha256,
                              plan.devices.size(), 0, now.utc});
    return {};
}

Result<void> Approvals::reject(const ApprovalUid& uid, const ApprovalOrder& order, Instant now) {
    auto& known = requests_.at(uid);
    if (known.word == Request::Word::rejected)
        return fail(ErrorCode::conflict,
                    "the run of " + known.request.runbook + " is rejected already" + by(known.actor));
    known.word = Request::Word::rejected;
    known.actor = order.actor;
    known.words = order.words;
    outbox_.write(RunRejected{known.request.run, uid, order.actor, order.words, now.utc});
    return {};
}

Approvals::Consent Approvals::consent_to(const Run& run) const {
    using Kind = Consent::Kind;
    if (run.book == nullptr || !run.book->approval) return {};
    const auto found = requests_.find(run.plan.approval);
    if (found == requests_.end()) return {Kind::missing, nullptr, {}};
    const auto& [request, word, actor, words] = found->second;
    if (word == Request::Word::rejected)
        return {Kind::refused, nullptr, with_reason("rejected" + by(actor), words)};
    // The same text may mean other components by now: that is not what was approved.
    const bool holds = word == Request::Word::approved && request.revision == run.plan.revision &&
                       plan_in_question(run, request.plan.devices).sha256 == request.plan.sha256;
    return holds ? Consent{Kind::given, &request.plan, {}} : Consent{Kind::missing, nullptr, {}};
}

void Approvals::ask(Run& run, Instant now) {
    write_request(run, now);
    books_.await_approval(run, now);
}

void Approvals::write_request(Run& run, Instant now) {
    auto request = request_of(run, uid_of(run), plan_in_question(run));
    request.run = run.plan.run;
    request.at = now.utc;
    run.asked_plan = request.plan.sha256;
    outbox_.write(std::move(request));
}

Result<void> Approvals::approve(Run& run, const ApprovalOrder& order, Instant now) {
    const auto& plan = run.plan;
    const bool is_by_hand = !plan.actor.empty();
    const auto& starter = is_by_hand ? plan.actor : plan.applied_by;
    const bool is_whole = run.is_unapproved();
    const auto what = "run " + plan.run.str();
    if (is_whole && run.book->approval->not_starter && !order.actor.empty() && order.actor == starter)
        return tl::unexpected<Error>(
            refusal_of_starter(what, is_by_hand ? "started it" : "put its revision into force"));
    RunApproved approved{plan.run, {}, order.actor, order.words, {}, 0, run.next_wave, now.utc};
    if (is_whole) {
        if (run.component_of(1).uid.empty())
            return fail(ErrorCode::unavailable,
                        "the daemon has been started a moment ago, and still reads the account's components; "
                        "approve " +
                            what + " again in a minute");
        auto in_question = plan_in_question(run);
        if (in_question.sha256 != run.asked_plan) {
            write_request(run, now);
            return fail(
                ErrorCode::conflict,
                what +
                    " would not do any more what was asked for: a component is another one since then. "
                    "Now this is asked; look at it, and approve it again");
        }
        approved.approval = uid_of(run);
        approved.plan_sha256 = std::move(in_question.sha256);
        approved.devices = in_question.devices.size();
    }
    outbox_.write(std::move(approved));
    return {};
}

std::string Approvals::reject(Run& run, const ApprovalOrder& order, Instant now) {
    const auto& plan = run.plan;
    RunRejected rejected{plan.run, {}, order.actor, order.words, now.utc};
    if (run.is_unapproved()) rejected.approval = uid_of(run);
    run.ended_because = "not_approved";
    outbox_.write(std::move(rejected));
    return with_reason("rejected" + by(order.actor), order.words);
}

}  // namespace runbookd::engine
