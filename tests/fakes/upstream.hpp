#pragma once
// The other side, as a simulation and its promises know it: what arrives has its effect and gets its answer,
// and a ledger tells what really happened.
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/api.hpp"

namespace runbookd::fakes {

struct Accepted {
    std::string job_name;
    DeviceUid device;
    UtcTime at{};
    Millis offline_for{0};  ///< how long its device had been offline by then
};

class Upstream {
public:
    virtual ~Upstream() = default;
    /// What the call does when it arrives, and what the caller gets. `now` is the other side's own clock,
    /// which nobody sets.
    [[nodiscard]] virtual engine::ApiResult arrive(const engine::ApiCall& call, UtcTime now) = 0;

    [[nodiscard]] virtual const std::vector<Accepted>& ledger() const = 0;
    /// What it printed; nullopt: nothing.
    [[nodiscard]] virtual std::optional<std::string> output_of(const std::string& job_name) const = 0;
    /// How the job ended, or will; nullopt: never accepted.
    [[nodiscard]] virtual std::optional<engine::DeploymentStatus> end_of(
        const std::string& job_name) const = 0;
    /// Whether the activity log shows some jobs only after they were given up.
    [[nodiscard]] virtual bool has_late_log() const { return false; }
    /// The most reads (creates) that any 60-second window held, by arrival.
    [[nodiscard]] virtual std::size_t most_reads_in_a_window() const = 0;
    [[nodiscard]] virtual std::size_t most_creates_in_a_window() const = 0;
};

}  // namespace runbookd::fakes
