// How long the engine takes for 1,000 virtual days of 50 daily runbooks on 20 devices each: a million jobs,
// from the instant to the end, with the simulation's clock in place of the world's. Nothing is stored.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "fakes/simulation.hpp"
#include "harness.hpp"

namespace {

using namespace runbookd;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int kDays = 1000;
constexpr int kRunbooks = 50;
constexpr int kDevices = 20;

/// Where nothing is kept: of the store only that it answers.
class NoRecord final : public fakes::RecordKeeper {
public:
    void apply(const engine::Batch& batch) override { records += batch.size(); }
    [[nodiscard]] engine::RecoveredState recover(UtcTime /*now*/) const override { return {}; }
    [[nodiscard]] std::vector<engine::LastSuccess> successes(const std::string& /*runbook*/) const override {
        return {};
    }
    std::size_t records = 0;
};

/// An account whose jobs all take half a minute. It remembers none: a job's uid says when it was created.
class QuickAccount final : public fakes::Upstream {
public:
    QuickAccount() {
        for (int i = 0; i < kDevices; ++i) {
            auto& device = devices_.emplace_back();
            device.uid = DeviceUid{"d" + std::to_string(i)};
            device.site_uid = SiteUid{"s"};
            device.site_name = "Acme HQ";
            device.hostname = "ACME-" + std::to_string(i);
            device.device_class = "device";
            device.online = true;
        }
    }

    [[nodiscard]] engine::ApiResult arrive(const engine::ApiCall& call, UtcTime now) override {
        ++calls;
        if (std::holds_alternative<engine::ReadRequestRate>(call)) {
            engine::RequestRate rate;
            rate.read_limit = rate.write_limit = rate.create_limit = 1'000'000;
            return rate;
        }
        if (std::holds_alternative<engine::ReadSites>(call))
            return engine::Page<engine::Site>{{{SiteUid{"s"}, "Acme HQ", false}}, ""};
        if (std::holds_alternative<engine::ReadDevices>(call) ||
            std::holds_alternative<engine::ReadSiteDevices>(call))
            return engine::Page<engine::Device>{devices_, ""};
        if (std::holds_alternative<engine::ReadComponents>(call))
            return engine::Page<engine::Component>{{{ComponentUid{"c"}, "Clean", "", "", {}}}, ""};
        if (std::holds_alternative<engine::CreateQuickJob>(call))
            return engine::CreatedJob{
                DattoJobUid{std::to_string(to_unix_ms(now)) + "-" + std::to_string(++created)}};
        if (const auto* read = std::get_if<engine::ReadResult>(&call)) {
            engine::JobResult result;
            result.ran_on = from_unix_ms(std::stoll(read->job.str()));
            const bool is_over = now - *result.ran_on >= seconds{30};
            result.status = is_over ? engine::DeploymentStatus::success : engine::DeploymentStatus::running;
            result.has_stdout = is_over;
            return result;
        }
        if (std::holds_alternative<engine::ReadOutput>(call)) return engine::Output{"done\n"};
        return engine::Page<engine::JobActivity>{};
    }
    [[nodiscard]] const std::vector<fakes::Accepted>& ledger() const override { return ledger_; }
    [[nodiscard]] std::optional<std::string> output_of(const std::string& /*job*/) const override {
        return "done\n";
    }
    [[nodiscard]] std::optional<engine::DeploymentStatus> end_of(const std::string& /*job*/) const override {
        return engine::DeploymentStatus::success;
    }
    [[nodiscard]] std::size_t most_reads_in_a_window() const override { return 0; }
    [[nodiscard]] std::size_t most_creates_in_a_window() const override { return 0; }

    std::uint64_t calls = 0, created = 0;

private:
    std::vector<engine::Device> devices_;
    std::vector<fakes::Accepted> ledger_;
};

runbook::Runbook daily(int number) {
    runbook::Runbook book;
    book.name = "daily-" + std::to_string(number);
    book.account = "main";
    book.schedule = schedule::Timeline(
        {schedule::Entry{.rule = *cron::Expression::parse(std::to_string(number % 60) + " " +
                                                          std::to_string(number % 24) + " * * *"),
                         .zone = {&cron::utc_zone(), [](const cron::Zone*) {}}}});
    book.targets.include.push_back({.all = true});
    book.component = "Clean";
    book.yaml = "name: " + book.name;
    return book;
}

}  // namespace

int main() {
    fakes::SimulationPlan plan;
    for (int i = 0; i < kRunbooks; ++i) plan.runbooks.push_back(daily(i));
    plan.settings.fleet_refresh = hours{1};
    plan.settings.follow = engine::FollowMode::results;
    auto account = std::make_unique<QuickAccount>();
    auto record = std::make_unique<NoRecord>();
    auto& api = *account;
    const auto& store = *record;
    plan.upstream = std::move(account);
    plan.keeper = std::move(record);
    fakes::Simulation simulation(std::move(plan));
    const auto took = bench::nanoseconds_of([&] { simulation.run_for(hours{24 * kDays}); }) / 1e9;
    bench::Table table("1,000 days, 50 daily runbooks, 20 devices",
                       {"seconds", "jobs", "us/job", "steps", "calls", "records"});
    const auto jobs = static_cast<double>(api.created);
    table.row({bench::number(took), bench::number(jobs), bench::number(took / jobs * 1e6),
               bench::number(static_cast<double>(simulation.steps())),
               bench::number(static_cast<double>(api.calls)),
               bench::number(static_cast<double>(store.records))});
    table.print();
    std::printf("Goal: under a minute.\n");
    return 0;
}
