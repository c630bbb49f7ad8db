#pragma once
// What a reload makes of the runbooks' folder, said in operations. Pure: it compares what was found with what
// is in force.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.hpp"

namespace runbookd::runbook {

/// Of a revision: what was written (`yaml`), and how it was understood (`resolved`).
[[nodiscard]] Sha256 identity_of(std::string_view yaml, std::string_view resolved);

/// A key whose value differs between two revisions. Values are JSON; empty: the key is not there.
struct KeyChange {
    std::string key;  ///< as a path: targets.include[0].os
    std::string before, after;
    friend bool operator==(const KeyChange&, const KeyChange&) = default;
};

struct Operation {
    enum class Kind {
        add,        ///< comes into force
        change,     ///< a new revision
        retire,     ///< its file is gone
        keep,       ///< its file cannot be taken: the last good revision stays in force
        refuse,     ///< its file cannot be taken, and nothing of that name is in force
        unchanged,  ///< keeps its revision and its times
    };
    Kind kind = Kind::unchanged;
    std::string runbook;
    std::string file;                      ///< empty: none
    std::optional<std::int64_t> revision;  ///< in force before; none: nothing is
    std::vector<KeyChange> changes;        ///< of `change`; none: only comments or layout differ
    std::string problem;                   ///< of `keep` and `refuse`: why
};
[[nodiscard]] std::string_view to_text(Operation::Kind kind);
/// Whether a file was refused.
[[nodiscard]] bool is_refusal(const Operation& operation);

struct FoundRunbook {
    std::string runbook;
    std::string file;
    Sha256 identity{};
};
struct RefusedRunbook {
    std::string runbook;  ///< as far as its file says so
    std::string file;     ///< empty: it is another's trouble that stands against it
    std::string problem;
};
struct RunbookInForce {
    std::string runbook;
    std::int64_t revision = 1;
    Sha256 identity{};
};

/// By runbook, then file. `changes` are left to whoever knows the texts. One that is in force and was not
/// found is retired.
[[nodiscard]] std::vector<Operation> operations_of(const std::vector<FoundRunbook>& found,
                                                   const std::vector<RefusedRunbook>& refused,
                                                   const std::vector<RunbookInForce>& in_force);

}  // namespace runbookd::runbook
