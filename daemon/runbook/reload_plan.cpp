#include "runbook/reload_plan.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace runbookd::runbook {

using Kind = Operation::Kind;

Sha256 identity_of(std::string_view yaml, std::string_view resolved) {
    return sha256(sha256_hex(yaml).append(resolved));
}

std::string_view to_text(Kind kind) {
    switch (kind) {
        case Kind::add: return "add";
        case Kind::change: return "change";
        case Kind::retire: return "retire";
        case Kind::keep: return "keep";
        case Kind::refuse: return "refuse";
        case Kind::unchanged: break;
    }
    return "unchanged";
}

bool is_refusal(const Operation& operation) {
    return operation.kind == Kind::keep || operation.kind == Kind::refuse;
}

std::vector<Operation> operations_of(const std::vector<FoundRunbook>& found,
                                     const std::vector<RefusedRunbook>& refused,
                                     const std::vector<RunbookInForce>& in_force) {
    std::map<std::string, const RunbookInForce*> present;
    for (const auto& one : in_force) present[one.runbook] = &one;
    auto gone = present;
    std::vector<Operation> operations;
    const auto add = [&](Kind without, Kind with, const std::string& name, const std::string& file,
                         const std::string& problem) {
        gone.erase(name);
        const auto known = present.find(name);
        const bool is_known = known != present.end();
        operations.push_back({is_known ? with : without,
                              name,
                              file,
                              is_known ? std::optional(known->second->revision) : std::nullopt,
                              {},
                              problem});
    };
    for (const auto& one : found) {
        const auto known = present.find(one.runbook);
        const bool is_same = known != present.end() && known->second->identity == one.identity;
        add(Kind::add, is_same ? Kind::unchanged : Kind::change, one.runbook, one.file, "");
    }
    for (const auto& one : refused) add(Kind::refuse, Kind::keep, one.runbook, one.file, one.problem);
    for (const auto& [name, one] : gone)
        operations.push_back({Kind::retire, name, "", one->revision, {}, ""});
    std::sort(operations.begin(), operations.end(), [](const Operation& a, const Operation& b) {
        return std::tie(a.runbook, a.file) < std::tie(b.runbook, b.file);
    });
    return operations;
}

}  // namespace runbookd::runbook
