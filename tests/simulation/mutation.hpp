#pragma once
// Planted faults: the daemon behaves as if it broke a promise, seen from outside. The simulation has to find
// every one of them.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "simulation/edge.hpp"
#include "simulation/library.hpp"

namespace runbookd::simulation {

enum class Mutation : std::uint8_t {
    none,
    duplicate_create,   ///< some creates go out twice
    lost_result,        ///< how some jobs ended is not written down
    lost_output,        ///< what some jobs printed is not
    window_overrun,     ///< some creates go out after their window
    blackout_overrun,   ///< some inside a blackout
    unbalanced_books,   ///< some targets are never decided
    budget_overrun,     ///< some reads are made over and over
    leaked_secret,      ///< outputs keep the values of secrets
    early_create,       ///< the store says that it has intents which it has not
    forgotten_verdict,  ///< some verdicts are not written down
    unapproved_create,  ///< nobody is asked for approval
    repeated_success,   ///< `once` is not heard of
    unstopped_run,      ///< `stop_previous` is taken for `allow`
    needless_step,      ///< `when` of steps is not heard of
    lost_row,           ///< some rows that jobs printed are not written down
};
inline constexpr std::array<std::string_view, 16> kMutationNames{"none",
                                                                 "duplicate_create",
                                                                 "lost_result",
                                                                 "lost_output",
                                                                 "window_overrun",
                                                                 "blackout_overrun",
                                                                 "unbalanced_books",
                                                                 "budget_overrun",
                                                                 "leaked_secret",
                                                                 "early_create",
                                                                 "forgotten_verdict",
                                                                 "unapproved_create",
                                                                 "repeated_success",
                                                                 "unstopped_run",
                                                                 "needless_step",
                                                                 "lost_row"};

[[nodiscard]] constexpr std::string_view to_text(Mutation mutation) {
    return kMutationNames[static_cast<std::size_t>(mutation)];
}
[[nodiscard]] std::optional<Mutation> mutation_from(std::string_view name);

/// The runbooks as a daemon with that fault understands them.
[[nodiscard]] std::vector<runbook::Runbook> as_understood(Mutation mutation,
                                                          std::vector<runbook::Runbook> runbooks);

/// What stands between the engine and the outside, with the fault in it. All outlive it.
[[nodiscard]] std::unique_ptr<fakes::Door> make_door(Mutation mutation, Witness& witness,
                                                     const secrets::Vault& vault, const Library& library);

}  // namespace runbookd::simulation
