#pragma once
// Runs a world to its end and judges it.
#include <cstdint>
#include <string>
#include <vector>

#include "simulation/judgement.hpp"
#include "simulation/mutation.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

struct Figures {
    std::uint64_t days = 0;  ///< virtual, with the time in which all comes to its end
    std::uint64_t steps = 0, crashes = 0, runs = 0, targets = 0, jobs = 0, accepted = 0, verdicts = 0,
                  records = 0, calls = 0;
    Figures& operator+=(const Figures& other);
};

/// For the time line.
struct Trouble {
    UtcTime from{}, until{};
    std::string what;
};
struct DrawnRun {
    std::string runbook;
    UtcTime from{}, window_end{};
    std::optional<UtcTime> started_at, finished_at;
    std::string status;
};
struct Picture {
    std::vector<DrawnRun> runs;
    std::vector<std::pair<std::string, UtcTime>> jobs;  ///< by runbook: when each was accepted
    std::vector<Trouble> troubles;
};

struct Outcome {
    std::vector<Finding> findings;  ///< empty: every promise was kept
    Figures figures;
    std::uint64_t digest = 0;  ///< two lives with the same one were the same
    Picture picture;
};

/// The same for the same world and mutation, always. What the daemon throws is a finding.
[[nodiscard]] Outcome live(const World& world, Mutation mutation = Mutation::none);

}  // namespace runbookd::simulation
