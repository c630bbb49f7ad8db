#pragma once
// Whether a person has said yes: to a run that waits with its targets frozen, or, ahead of it, to the plan of
// an instant that is still to come. Who may say so, and what the word is worth when the run starts.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/books.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

/// A person's word on a run, or on what was asked ahead of one.
struct ApprovalOrder {
    std::string uid;    ///< of the run or the request, or the beginning of one
    std::string words;  ///< the note, or the reason; may be empty
    std::string actor;
};

/// What the run would do with these targets: those that are frozen, or are foreseen.
[[nodiscard]] PlanInQuestion plan_in_question(const Run& run, std::vector<DeviceUid> devices);
[[nodiscard]] PlanInQuestion plan_in_question(const Run& run);
/// What a person is asked about a run, or about one that is to come (it has no `run`, and no `at` yet).
[[nodiscard]] ApprovalRequested request_of(const Run& run, ApprovalUid approval, PlanInQuestion in_question);

class Approvals {
public:
    using Request = RecoveredApproval;
    /// Both outlive this.
    Approvals(Books& books, Outbox& outbox) : books_(books), outbox_(outbox) {}

    void restore(const std::vector<RecoveredApproval>& requests);

    // ── ahead of a run ──
    /// Asks a person about the plan of a coming instant. `applied_by`: who put its revision into force.
    void request(ApprovalRequested request, Instant now);
    /// Of that instant of the lane; null: nobody was asked.
    [[nodiscard]] const Request* find(const std::string& runbook, const std::string& zone,
                                      const std::string& customer, UtcTime nominal) const;
    /// The run of that instant has come: its plan names the request, if there is one.
    void bind(RunPlanned& plan);
    [[nodiscard]] const std::map<ApprovalUid, Request>& requests() const { return requests_; }
    /// It is of no use any more, and why; of one whose run has come the run tells.
    void void_request(const ApprovalUid& uid, const std::string& reason, Instant now);
    /// Errors: refused_by_rule (whoever put the revision into force may not), conflict (it is approved).
    [[nodiscard]] Result<void> approve(const ApprovalUid& request, const std::string& applied_by,
                                       bool not_starter, const ApprovalOrder& order, Instant now);
    /// Errors: conflict (it is rejected).
    [[nodiscard]] Result<void> reject(const ApprovalUid& request, const ApprovalOrder& order, Instant now);

    // ── when a run starts ──
    /// What was said of a run that is about to freeze its targets.
    struct Consent {
        enum class Kind { not_needed, missing, given, refused };
        Kind kind = Kind::not_needed;
        const PlanInQuestion* plan = nullptr;  ///< that was approved; of `given`
        std::string words;                     ///< for a person; of `refused`
    };
    /// Good until the next change.
    [[nodiscard]] Consent consent_to(const Run& run) const;
    /// The targets are frozen and pending, and nobody has said yes to them: the run waits.
    void ask(Run& run, Instant now);
    /// The run has started, or is over: what was asked ahead of it has had its use.
    void forget(const Run& run) { requests_.erase(run.plan.approval); }

    // ── a run that waits ──
    /// Whether that person may; writes it down. The first wave is then to begin. Errors: refused_by_rule,
    /// unavailable (since a start its components have not been looked up yet), conflict (they are others by
    /// now, and it is asked anew).
    [[nodiscard]] Result<void> approve(Run& run, const ApprovalOrder& order, Instant now);
    /// Writes it down, and says it for a person; the targets are then to be decided.
    [[nodiscard]] std::string reject(Run& run, const ApprovalOrder& order, Instant now);

private:
    void write_request(Run& run, Instant now);

    Books& books_;
    Outbox& outbox_;
    std::map<ApprovalUid, Request> requests_;
};

}  // namespace runbookd::engine
