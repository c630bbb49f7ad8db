#pragma once
// Rules of a runbook that a person sets aside for one run, with the reason.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runbookd::runbook {

struct Overrides {
    bool guard = false;
    bool not_during = false;  ///< its creates go out also inside blackouts
    bool window = false;      ///< its creates go on until all are done
    std::string reason;       ///< never empty where something is overridden
    [[nodiscard]] bool any() const { return guard || not_during || window; }
    /// Their names, as people write them.
    [[nodiscard]] std::vector<std::string> rules() const;
    friend bool operator==(const Overrides&, const Overrides&) = default;
};

/// "guard", "not_during", "window".
[[nodiscard]] const std::vector<std::string>& overridable_rules();

/// Errors (all invalid_input): a rule that cannot be overridden (with the nearest that can, and all of them),
/// no reason, a reason without a rule.
[[nodiscard]] Result<Overrides> read_overrides(const std::vector<std::string>& rules, std::string reason);

}  // namespace runbookd::runbook
