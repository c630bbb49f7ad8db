#include "simulation/mutation.hpp"

#include <algorithm>

#include "engine/finder.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// One in so many is damaged.
constexpr std::uint64_t kOneIn = 4;
constexpr std::uint64_t kReadsBetweenBursts = 50;
constexpr std::size_t kBurst = 600;

class Saboteur final : public Edge {
public:
    Saboteur(Mutation mutation, Witness& witness, const secrets::Vault& vault, const Library& library)
        : Edge(witness, vault), mutation_(mutation), library_(library) {}

    void on_commit(engine::Batch& batch, Instant now) override {
        Edge::on_commit(batch, now);
        std::erase_if(batch, [this](auto& record) { return is_swallowed(record); });
    }
    void on_reply(const engine::ApiCall& call, engine::ApiResult& result, Instant now) override {
        if (mutation_ != Mutation::leaked_secret) Edge::on_reply(call, result, now);
    }

protected:
    std::vector<Millis> copies_of(const engine::ApiCall& call, Instant now) override {
        const auto* const create = std::get_if<engine::CreateQuickJob>(&call);
        if (create == nullptr) {
            if (mutation_ == Mutation::budget_overrun && ++count_ % kReadsBetweenBursts == 0)
                return std::vector<Millis>(kBurst, Millis{0});
            return {Millis{0}};
        }
        if (mutation_ == Mutation::duplicate_create && is_next()) return {Millis{0}, milliseconds{300}};
        if (mutation_ == Mutation::window_overrun && is_next()) return {until_after_window(*create, now)};
        if (mutation_ == Mutation::blackout_overrun) return {until_blackout(*create, now)};
        return {Millis{0}};
    }

private:
    [[nodiscard]] bool is_next() { return ++count_ % kOneIn == 0; }

    [[nodiscard]] bool is_swallowed(engine::Record& record) {
        if (auto* const job = std::get_if<engine::JobChanged>(&record)) {
            if (mutation_ == Mutation::lost_output && job->out && is_next()) job->out->text.clear();
            if (mutation_ == Mutation::lost_row && job->collected && !job->collected->rows.empty() &&
                is_next())
                job->collected->rows.pop_back();
            return mutation_ == Mutation::lost_result && engine::is_terminal(job->status) && is_next();
        }
        if (std::holds_alternative<engine::TargetDecided>(record))
            return mutation_ == Mutation::unbalanced_books && is_next();
        if (std::holds_alternative<engine::JobCreated>(record))
            return mutation_ == Mutation::early_create && is_next();
        if (std::holds_alternative<engine::OccurrenceDecided>(record))
            return mutation_ == Mutation::forgotten_verdict && is_next();
        return false;
    }

    [[nodiscard]] const engine::RunPlanned* plan_of(const engine::CreateQuickJob& create) const {
        const auto job = engine::job_in_name(create.job_name);
        return job ? witness().plan_of(*job) : nullptr;
    }

    [[nodiscard]] Millis until_after_window(const engine::CreateQuickJob& create, Instant now) const {
        const auto* const plan = plan_of(create);
        if (plan == nullptr) return Millis{0};
        return std::max(plan->window_end - now.utc + seconds{1}, Millis{0});
    }

    /// To the begin of the runbook's next one inside the window.
    [[nodiscard]] Millis until_blackout(const engine::CreateQuickJob& create, Instant now) const {
        const auto* const plan = plan_of(create);
        if (plan == nullptr || !plan->revision || !plan->customer.empty()) return Millis{0};
        const auto known = witness().revisions().find(plan->runbook);
        if (known == witness().revisions().end()) return Millis{0};
        for (const auto& revision : known->second) {
            if (revision.number != *plan->revision) continue;
            const auto book = library_.find(plan->runbook, revision.yaml, revision.resolved);
            if (book == nullptr) return Millis{0};
            for (auto at = now.utc; at < plan->window_end; at += minutes{10})
                if (book->not_during.at(at, at + hours{1})) return at - now.utc;
        }
        return Millis{0};
    }

    Mutation mutation_;
    const Library& library_;
    std::uint64_t count_ = 0;
};

}  // namespace

std::optional<Mutation> mutation_from(std::string_view name) {
    const auto found = std::find(kMutationNames.begin(), kMutationNames.end(), name);
    if (found == kMutationNames.end()) return std::nullopt;
    return static_cast<Mutation>(found - kMutationNames.begin());
}

std::vector<runbook::Runbook> as_understood(Mutation mutation, std::vector<runbook::Runbook> runbooks) {
    for (auto& book : runbooks) {
        if (mutation == Mutation::unapproved_create) book.approval = {};
        if (mutation == Mutation::repeated_success) book.once = {};
        if (mutation == Mutation::unstopped_run && book.overlap == runbook::OverlapPolicy::stop_previous)
            book.overlap = runbook::OverlapPolicy::allow;
        if (mutation == Mutation::needless_step && book.steps)
            for (auto& step : book.steps->list) step.when.clear();
    }
    return runbooks;
}

std::unique_ptr<fakes::Door> make_door(Mutation mutation, Witness& witness, const secrets::Vault& vault,
                                       const Library& library) {
    if (mutation == Mutation::none) return std::make_unique<Edge>(witness, vault);
    return std::make_unique<Saboteur>(mutation, witness, vault, library);
}

}  // namespace runbookd::simulation
