#pragma once
// Reads what `verify` compares, over a read-only connection of its own. Used by one thread.
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/recorded_facts.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

class FactsReader {
public:
    /// Prepares every `verify_*` query, so that a wrong one fails at start.
    explicit FactsReader(const std::string& path);

    /// As ports::RecordedFacts says, blocking.
    [[nodiscard]] Result<std::vector<std::string>> runbook_names();
    [[nodiscard]] Result<std::vector<verify::RevisionText>> revisions(const std::string& runbook);
    [[nodiscard]] Result<verify::Slice> slice(const std::string& runbook, UtcTime from, UtcTime until);
    [[nodiscard]] Result<std::vector<runbook::ZoneRules>> zone_rules();
    [[nodiscard]] Result<std::optional<UtcTime>> pruned_until();

private:
    Connection connection_;
};

}  // namespace runbookd::store
