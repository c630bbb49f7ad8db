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

std::shared_ptr<const runbook::Runbook> book_of(const Evidence& evidence, const engine::RunPlanned& plan) {
    const auto known = evidence.witness.revisions().find(plan.runbook);
    if (!plan.revision || known == evidence.witness.revisions().end()) return nullptr;
    for (const auto& revision : known->second)
        if (revision.number == *plan.revision)
            return evidence.library.find(plan.runbook, revision.yaml, revision.resolved);
    return nullptr;
}

const SeenRun* run_of(const Evidence& evidence, const RunUid& run) {
    const auto found = evidence.witness.runs().find(run);
    return found == evidence.witness.runs().end() ? nullptr : &found->second;
}

}  // namespace runbookd::simulation
