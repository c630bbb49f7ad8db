#pragma once
// Datto RMM on virtual time: a fleet, jobs that run and end, an activity log with a lag, limits, and faults
// by chance. Its ledger is the witness outside the engine.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/api.hpp"
#include "fakes/upstream.hpp"

namespace runbookd::fakes {

/// Chances out of 1,000, for each call.
struct FaultRates {
    int not_sent = 0;      ///< the call never leaves
    int lost_before = 0;   ///< it leaves, has no effect, and no answer comes
    int lost_after = 0;    ///< it has its effect, and no answer comes
    int server_error = 0;  ///< 500 without an effect
    int throttled = 0;     ///< 429
    int late_log = 0;      ///< of a create: the activity log shows it half an hour to ten hours later
};

class SimulatedRmm final : public Upstream {
public:
    /// The devices stand on the sites (at least one) in turn.
    SimulatedRmm(std::uint64_t seed, std::size_t devices, FaultRates faults, std::size_t sites);

    [[nodiscard]] engine::ApiResult arrive(const engine::ApiCall& call, UtcTime now) override;
    [[nodiscard]] const std::vector<Accepted>& ledger() const override { return ledger_; }
    [[nodiscard]] std::optional<std::string> output_of(const std::string& job_name) const override;
    [[nodiscard]] std::size_t most_reads_in_a_window() const override { return most_reads_; }
    [[nodiscard]] std::size_t most_creates_in_a_window() const override { return most_creates_; }
    [[nodiscard]] std::optional<engine::DeploymentStatus> end_of(const std::string& job_name) const override;
    void set_online(std::size_t device, bool online, UtcTime now);
    /// Nothing gets through until then.
    void go_down(UtcTime until) { down_until_ = until; }
    /// Whether the activity log shows some jobs only after they were given up.
    [[nodiscard]] bool has_late_log() const override { return faults_.late_log > 0; }
    std::vector<engine::Site> sites_;
    [[nodiscard]] const std::vector<engine::Device>& devices() const { return devices_; }

private:
    struct Job {
        DattoJobUid uid;
        std::string name;
        DeviceUid device;
        UtcTime starts{}, ends{};
        engine::DeploymentStatus ends_as = engine::DeploymentStatus::success;
        UtcTime created{}, in_log_at{};
    };
    [[nodiscard]] engine::ApiResult answer(const engine::ApiCall& call, UtcTime now);
    [[nodiscard]] engine::ApiResult create(const engine::CreateQuickJob& call, UtcTime now);
    [[nodiscard]] engine::ApiResult result(const engine::ReadResult& call, UtcTime now) const;
    void count(std::deque<UtcTime>& window, std::size_t& most, UtcTime now);
    [[nodiscard]] bool by_chance(int of_thousand);

    std::mt19937_64 random_;
    std::mt19937_64 log_random_;  // of its own: it must not shift the draws of the others
    FaultRates faults_;
    std::vector<engine::Device> devices_;
    std::map<DeviceUid, UtcTime> offline_since_;
    UtcTime down_until_{};
    std::map<DattoJobUid, Job> jobs_;
    std::vector<Accepted> ledger_;
    std::deque<UtcTime> reads_, creates_;
    std::size_t most_reads_ = 0, most_creates_ = 0;
};

}  // namespace runbookd::fakes
