#include "simulation/judgement.hpp"

namespace runbookd::simulation {
namespace {

constexpr std::size_t kFindingsOfARule = 3;

}  // namespace

std::vector<Finding> judge(const Evidence& evidence) {
    std::vector<Finding> findings;
    for (const auto& rule : all_rules()) {
        std::size_t count = 0;
        rule.judge(evidence, [&](const std::string& what) {
            if (++count <= kFindingsOfARule) findings.push_back({std::string(rule.name), what});
        });
    }
    return findings;
}

namespace {

using Revisions = std::map<std::string, std::vector<SeenRevision>>;

std::shared_ptr<const runbook::Runbook> find(const Evidence& evidence, const Revisions& revisions,
                                             const engine::RunPlanned& plan) {
    const auto known = revisions.find(plan.runbook);
    if (!plan.revision || known == revisions.end()) return nullptr;
    for (const auto& revision : known->second)
        if (revision.number == *plan.revision)
            return evidence.library.find(plan.runbook, revision.yaml, revision.resolved);
    return nullptr;
}

}  // namespace

std::shared_ptr<const runbook::Runbook> book_of(const Evidence& evidence, const engine::RunPlanned& plan) {
    return find(evidence, evidence.witness.revisions(), plan);
}

std::shared_ptr<const runbook::Runbook> book_of(const Evidence& evidence, const Departure& sent) {
    const auto& witness = evidence.witness;
    return find(evidence, sent.is_lost ? witness.lost_revisions() : witness.revisions(), sent.plan);
}

const SeenRun* run_of(const Evidence& evidence, const RunUid& run) {
    const auto found = evidence.witness.runs().find(run);
    return found == evidence.witness.runs().end() ? nullptr : &found->second;
}

}  // namespace runbookd::simulation
