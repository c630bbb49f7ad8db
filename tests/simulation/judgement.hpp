#pragma once
// Whether a life kept the promises of design section 10: what the record says is matched with what was seen
// from outside.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/account.hpp"
#include "simulation/library.hpp"
#include "simulation/recorded.hpp"
#include "simulation/witness.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

/// A promise that was broken: which, and how it shows.
struct Finding {
    std::string rule;  ///< short, the same for the same promise
    std::string what;  ///< one line for a person
};

struct Evidence {
    const World& world;
    const Library& library;
    const Account& account;
    const Witness& witness;
    const Recorded& record;
    UtcTime ended{};  ///< by the daemon's clock
    UtcTime true_end{};
    Millis lost_time{0};  ///< that the daemon was down, stood still, or reached nothing
};

using Report = std::function<void(const std::string& what)>;
struct Rule {
    std::string_view name;
    void (*judge)(const Evidence& evidence, const Report& report);
};

/// In the order in which they are judged.
[[nodiscard]] const std::vector<Rule>& all_rules();

/// At most a few of each rule.
[[nodiscard]] std::vector<Finding> judge(const Evidence& evidence);

// ── what several rules ask ──

/// The revision of a run as it is read; null: it has none.
[[nodiscard]] std::shared_ptr<const runbook::Runbook> book_of(const Evidence& evidence,
                                                              const engine::RunPlanned& plan);
/// Of the run that a create was for, when it went out.
[[nodiscard]] std::shared_ptr<const runbook::Runbook> book_of(const Evidence& evidence,
                                                              const Departure& sent);
/// Null: nobody planned it.
[[nodiscard]] const SeenRun* run_of(const Evidence& evidence, const RunUid& run);

}  // namespace runbookd::simulation
