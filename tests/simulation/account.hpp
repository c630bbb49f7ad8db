#pragma once
// The account of a simulated life as the API shows it: devices that come, go and sleep, jobs that wait, run
// and print, an activity log with a lag, filters, alerts, limits and faults. What it has accepted is the
// witness.
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "fakes/upstream.hpp"
#include "secrets/vault.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

/// A job that was accepted, by the clock of the other side.
struct WitnessedJob {
    std::string name;
    DeviceUid device;
    ComponentUid component;
    UtcTime arrived{};
    UtcTime starts{}, ends{};  ///< it never runs where its end is `expired`
    engine::DeploymentStatus ends_as = engine::DeploymentStatus::success;
    std::optional<std::string> out;   ///< as the component printed it, secrets and all
    std::vector<std::string> rows{};  ///< that it printed for the record, as the record spells them
    UtcTime in_log{};                 ///< when the activity log shows that it was created
};

class Account final : public fakes::Upstream {
public:
    /// Both outlive this. `vault` fills in what is sent, as the client would.
    Account(const World& world, const secrets::Vault& vault);

    [[nodiscard]] engine::ApiResult arrive(const engine::ApiCall& call, UtcTime now) override;
    [[nodiscard]] const std::vector<fakes::Accepted>& ledger() const override { return ledger_; }
    [[nodiscard]] std::optional<std::string> output_of(const std::string& job_name) const override;
    [[nodiscard]] std::optional<engine::DeploymentStatus> end_of(const std::string& job_name) const override;
    [[nodiscard]] std::size_t most_reads_in_a_window() const override { return most_reads_; }
    [[nodiscard]] std::size_t most_creates_in_a_window() const override { return most_creates_; }

    /// In the order in which they were accepted.
    [[nodiscard]] const std::vector<WitnessedJob>& jobs() const { return jobs_; }
    [[nodiscard]] std::uint64_t calls() const { return calls_; }
    /// Nothing gets through until then.
    void go_down(UtcTime until) { down_until_ = std::max(down_until_, until); }
    /// No faults any more, nobody sleeps: what is open comes to its end.
    void calm_down() { is_calm_ = true; }
    [[nodiscard]] bool is_online(const WorldDevice& device, UtcTime now) const;
    /// Whether it came back from a restart in [from, until].
    [[nodiscard]] bool has_restarted(const DeviceUid& device, UtcTime from, UtcTime until) const;

private:
    struct Restart {
        UtcTime down{}, up{};
    };

    [[nodiscard]] engine::ApiResult answer(const engine::ApiCall& call, UtcTime now);
    [[nodiscard]] engine::ApiResult create(const engine::CreateQuickJob& call, UtcTime now);
    [[nodiscard]] engine::ApiResult result(const engine::ReadResult& call, UtcTime now) const;
    [[nodiscard]] engine::ApiResult output(const engine::ReadOutput& call, UtcTime now) const;
    [[nodiscard]] engine::Page<engine::JobActivity> activities(const engine::SearchActivities& call,
                                                               UtcTime now) const;
    [[nodiscard]] engine::Page<engine::Alert> open_alerts(UtcTime now) const;
    [[nodiscard]] engine::Device facts_of(const WorldDevice& device, UtcTime now) const;
    [[nodiscard]] std::vector<engine::Device> devices_of(const SiteUid* site, UtcTime now) const;
    [[nodiscard]] const WorldDevice* find(const DeviceUid& uid, UtcTime now) const;
    [[nodiscard]] UtcTime picked_up(const WorldDevice& device, UtcTime from) const;
    [[nodiscard]] const std::vector<Restart>& restarts_of(const DeviceUid& device) const;
    void run(WitnessedJob& job, const WorldComponent& component, const std::string& given);
    [[nodiscard]] std::string print_rows(WitnessedJob& job, const WorldComponent& component,
                                         const std::string& given);
    void count_read(bool is_rate_check, UtcTime now);
    void count(std::deque<UtcTime>& window, std::size_t& most, UtcTime now);
    [[nodiscard]] std::int64_t within(int least, int most);
    [[nodiscard]] bool by_chance(int of_thousand);
    template <class T>
    [[nodiscard]] engine::Page<T> page_of(std::vector<T> all, const std::string& cursor) const;

    const World& world_;
    const secrets::Vault& vault_;
    std::mt19937_64 random_;
    bool is_calm_ = false;
    UtcTime down_until_{};
    std::vector<WitnessedJob> jobs_;
    std::map<std::string, std::size_t> by_uid_, by_name_;  // places in jobs_
    std::set<std::pair<UtcTime, std::size_t>> by_end_;
    std::map<DeviceUid, std::vector<Restart>> restarts_;
    std::vector<fakes::Accepted> ledger_;
    std::set<std::size_t> resolved_;  // places of alerts
    std::deque<UtcTime> reads_, judged_reads_, rate_checks_, creates_;
    std::size_t most_reads_ = 0, most_creates_ = 0;
    std::uint64_t calls_ = 0;
};

/// Its uid upstream: of the nth that was accepted.
[[nodiscard]] std::string datto_uid(std::size_t place);

}  // namespace runbookd::simulation
