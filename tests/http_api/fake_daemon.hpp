#pragma once
// A daemon without an inside: the real HTTP server on a socket in a folder of its own, over a Control and a
// History that answer what a test says and keep what they were asked. Its loop runs on a thread.
#include <sys/types.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "http_api/server.hpp"
#include "temp_folder.hpp"

namespace runbookd::testing {

struct FakeControl final : ports::Control {
    std::function<Result<ports::RunAccepted>(const ports::RunRequest&)> on_run = [](const auto&) {
        return ports::RunAccepted{RunUid{"01RUN00000000000000000000A"}, "planned"};
    };
    std::function<Result<ports::QuickJobAccepted>(const ports::QuickJobRequest&)> on_quick_job =
        [](const auto&) {
            ports::QuickJobAccepted accepted;
            accepted.job = JobUid{"01JOB00000000000000000000A"};
            accepted.run = RunUid{"01RUN00000000000000000000B"};
            accepted.device = DeviceUid{"dev-1"};
            accepted.component = ComponentUid{"comp-1"};
            accepted.status = "created";
            accepted.created_at = from_unix_ms(1'764'554'400'123);
            return accepted;
        };
    std::vector<ports::RunRequest> runs_asked;
    std::vector<ports::QuickJobRequest> quick_jobs_asked;
    std::vector<ports::PauseRequest> pauses_asked;
    std::vector<std::string> resumes_asked;
    std::optional<Error> refusal;  ///< of pause and resume
    std::vector<ports::RunbookStatus> runbooks_known;
    ports::DaemonStatus status_now;
    ports::FleetView fleet_now;
    std::map<DeviceUid, UtcTime> first_seen;
    std::map<SiteUid, std::string> customers;
    std::vector<engine::Component> components_known;
    std::vector<ports::KnownComponent> components_elsewhere;  ///< of other accounts than main
    bool has_read_components = true;

    boost::asio::awaitable<Result<ports::RunAccepted>> start_run(ports::RunRequest request) override {
        runs_asked.push_back(request);
        co_return on_run(request);
    }
    boost::asio::awaitable<Result<ports::QuickJobAccepted>> quick_job(
        ports::QuickJobRequest request) override {
        quick_jobs_asked.push_back(request);
        co_return on_quick_job(request);
    }
    boost::asio::awaitable<Result<ports::PauseAccepted>> pause(ports::PauseRequest request) override {
        pauses_asked.push_back(request);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return ports::PauseAccepted{request.scope, status_now.now + request.span};
    }
    boost::asio::awaitable<Result<engine::PauseScope>> resume(engine::PauseScope scope,
                                                              std::string) override {
        resumes_asked.push_back(scope.text());
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return scope;
    }
    std::vector<std::string> restores_accepted;  ///< by whom
    boost::asio::awaitable<Result<void>> accept_restore(std::string actor) override {
        restores_accepted.push_back(actor);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return Result<void>{};
    }
    std::vector<ports::RetargetRequest> retargets_asked;
    ports::RetargetAccepted retargeted;
    boost::asio::awaitable<Result<ports::RetargetAccepted>> retarget(
        ports::RetargetRequest request) override {
        retargets_asked.push_back(request);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return retargeted;
    }
    std::vector<ports::ApproveRequest> approvals_asked;
    ports::ApproveAccepted approved;
    boost::asio::awaitable<Result<ports::ApproveAccepted>> approve(ports::ApproveRequest request) override {
        approvals_asked.push_back(std::move(request));
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return approved;
    }
    std::vector<ports::ApproveRequest> rejections_asked;
    ports::RejectAccepted rejected;
    boost::asio::awaitable<Result<ports::RejectAccepted>> reject(ports::ApproveRequest request) override {
        rejections_asked.push_back(std::move(request));
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return rejected;
    }
    std::vector<ports::SettleRequest> settles_asked;
    ports::SettleAccepted settled;
    boost::asio::awaitable<Result<ports::SettleAccepted>> settle(ports::SettleRequest request) override {
        settles_asked.push_back(request);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return settled;
    }
    std::vector<ports::CancelRequest> cancels_asked;
    ports::CancelAccepted cancelled;
    boost::asio::awaitable<Result<ports::CancelAccepted>> cancel(ports::CancelRequest request) override {
        cancels_asked.push_back(request);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return cancelled;
    }
    [[nodiscard]] std::vector<ports::RunbookStatus> runbooks() const override { return runbooks_known; }
    [[nodiscard]] ports::DaemonStatus status() const override { return status_now; }
    std::vector<ports::AccountBudget> budgets_now;
    [[nodiscard]] std::vector<ports::AccountBudget> budgets() const override { return budgets_now; }
    [[nodiscard]] ports::FleetView fleet() const override { return fleet_now; }
    [[nodiscard]] ports::FleetPage fleet_page(const std::optional<SiteUid>& site, std::int64_t first,
                                              std::int64_t count) const override {
        ports::FleetPage page;
        page.read_at = fleet_now.read_at;
        for (const auto& device : fleet_now.devices) {
            if (site && device.site_uid != *site) continue;
            if (page.total >= first && page.total - first < count) page.devices.push_back(device);
            ++page.total;
        }
        return page;
    }
    std::vector<engine::Site> sites_known;
    [[nodiscard]] std::vector<engine::Site> sites() const override { return sites_known; }
    [[nodiscard]] std::optional<UtcTime> first_seen_at(const DeviceUid& device) const override {
        const auto found = first_seen.find(device);
        return found == first_seen.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::string customer_of(const engine::Device& device) const override {
        const auto found = customers.find(device.site_uid);
        return found == customers.end() ? std::string{} : found->second;
    }
    [[nodiscard]] std::vector<ports::KnownComponent> components() const override {
        std::vector<ports::KnownComponent> all;
        for (const auto& component : components_known) all.emplace_back(component, "main");
        all.insert(all.end(), components_elsewhere.begin(), components_elsewhere.end());
        return all;
    }
    [[nodiscard]] bool knows_components() const override { return has_read_components; }
};

struct FakeHistory final : ports::History {
    std::function<Result<ports::Rows>(const ports::Query&)> on_query = [](const auto&) {
        return ports::Rows{};
    };
    std::function<Result<std::optional<std::string>>(const std::string&, bool)> on_output =
        [](const auto&, bool) { return std::optional<std::string>{}; };
    std::function<Result<ports::Rows>(const std::string&)> on_job = [](const auto&) { return ports::Rows{}; };
    std::vector<ports::Query> queries_asked;

    boost::asio::awaitable<Result<ports::Rows>> query(ports::Query query) override {
        queries_asked.push_back(query);
        co_return on_query(query);
    }
    boost::asio::awaitable<Result<std::optional<std::string>>> output(std::string job,
                                                                      bool of_stderr) override {
        co_return on_output(job, of_stderr);
    }
    boost::asio::awaitable<Result<ports::Rows>> job_by_uid(std::string uid) override {
        co_return on_job(uid);
    }

    std::vector<std::pair<std::string, std::optional<std::int64_t>>> revisions_asked;
    std::vector<ports::CoverageQuery> coverage_asked;
    std::vector<ports::WhyQuery> why_asked;
    Result<ports::Rows> revision_found, coverage_found;
    Result<ports::WhyFacts> why_found;
    boost::asio::awaitable<Result<ports::Rows>> revision(std::string runbook,
                                                         std::optional<std::int64_t> number) override {
        revisions_asked.emplace_back(runbook, number);
        co_return revision_found;
    }
    boost::asio::awaitable<Result<ports::Rows>> coverage(ports::CoverageQuery query) override {
        coverage_asked.push_back(query);
        co_return coverage_found;
    }
    boost::asio::awaitable<Result<ports::WhyFacts>> why(ports::WhyQuery query) override {
        why_asked.push_back(query);
        co_return why_found;
    }
    boost::asio::awaitable<Result<ports::RunLeftovers>> leftovers(std::string) override {
        co_return ports::RunLeftovers{};
    }
    boost::asio::awaitable<Result<ports::SettledJob>> settling(std::string) override {
        co_return ports::SettledJob{};
    }
    std::function<Result<ports::Rows>(const std::string& actor, const std::string& key)> on_keyed_job =
        [](const auto&, const auto&) { return ports::Rows{}; };
    Result<ports::Rows> keyed_jobs_found;
    std::vector<ports::KeyedQuery> keyed_jobs_asked;
    boost::asio::awaitable<Result<ports::Rows>> keyed_job(std::string actor, std::string key) override {
        co_return on_keyed_job(actor, key);
    }
    boost::asio::awaitable<Result<ports::Rows>> keyed_jobs(ports::KeyedQuery query) override {
        keyed_jobs_asked.push_back(std::move(query));
        co_return keyed_jobs_found;
    }
    Result<ports::Rows> groups_found, devices_found;
    std::vector<std::pair<std::string, std::int64_t>> groups_asked;  ///< run; group, 0: all
    boost::asio::awaitable<Result<ports::Rows>> output_groups(std::string run, std::int64_t) override {
        groups_asked.emplace_back(std::move(run), 0);
        co_return groups_found;
    }
    boost::asio::awaitable<Result<ports::Rows>> output_devices(std::string run, std::int64_t group,
                                                               std::int64_t) override {
        groups_asked.emplace_back(std::move(run), group);
        co_return devices_found;
    }
    std::vector<Result<ports::Rows>> collected_pages;  ///< one after the other; then empty ones
    std::vector<ports::CollectedQuery> collected_asked;
    boost::asio::awaitable<Result<ports::Rows>> collected(ports::CollectedQuery query) override {
        collected_asked.push_back(std::move(query));
        const auto page = collected_asked.size() - 1;
        if (page >= collected_pages.size()) co_return ports::Rows{};
        co_return collected_pages[page];
    }
};

struct FakeVerification final : ports::Verification {
    Result<verify::Report> report;
    std::vector<std::optional<UtcTime>> asked;

    boost::asio::awaitable<Result<verify::Report>> verify(std::optional<UtcTime> since) override {
        asked.push_back(since);
        co_return report;
    }
};

struct FakeRetention final : ports::Retention {
    Result<ports::PruneReport> report;
    std::vector<std::pair<Mode, std::string>> asked;

    boost::asio::awaitable<Result<ports::PruneReport>> prune(Mode mode, std::string actor) override {
        asked.emplace_back(mode, std::move(actor));
        co_return report;
    }
};

struct FakePlanning final : ports::Planning {
    Result<engine::Preview> preview;
    Result<std::vector<ports::CheckFinding>> findings;
    Result<std::vector<ports::ForecastRun>> coming;
    std::vector<ports::PlanRequest> plans_asked;
    std::vector<ports::CheckRequest> checks_asked;
    std::vector<std::optional<UtcTime>> forecasts_asked;

    boost::asio::awaitable<Result<engine::Preview>> plan(ports::PlanRequest request) override {
        plans_asked.push_back(std::move(request));
        co_return preview;
    }
    boost::asio::awaitable<Result<std::vector<ports::CheckFinding>>> check(
        ports::CheckRequest request) override {
        checks_asked.push_back(std::move(request));
        co_return findings;
    }
    boost::asio::awaitable<Result<std::vector<ports::ForecastRun>>> forecast(
        std::optional<UtcTime> until) override {
        forecasts_asked.push_back(until);
        co_return coming;
    }
};

struct FakeReload final : ports::Reload {
    Result<std::vector<runbook::Operation>> operations;
    bool waits_for_clock = false;
    int previews = 0;
    std::vector<ports::ReloadRequest> asked;

    boost::asio::awaitable<Result<std::vector<runbook::Operation>>> preview() override {
        ++previews;
        co_return operations;
    }
    boost::asio::awaitable<Result<ports::ReloadDone>> apply(ports::ReloadRequest request) override {
        asked.push_back(request);
        if (!operations) co_return tl::unexpected<Error>(operations.error());
        co_return ports::ReloadDone{waits_for_clock, *operations};
    }
};

class FakeDaemon {
public:
    FakeDaemon() : FakeDaemon(http_api::ServerSettings{}) {}
    explicit FakeDaemon(http_api::ServerSettings settings)
        : socket(settings.socket_path.empty() ? folder.file("control.sock").string() : settings.socket_path),
          timers_(loop_.get_executor(), clock_, wheel_),
          group_(loop_.get_executor(), [](const std::string&, std::exception_ptr) {}),
          server_(loop_.get_executor(), timers_,
                  {control, history, verification, planning, reload, retention},
                  complete(std::move(settings))) {}
    ~FakeDaemon() {
        if (!thread_.joinable()) return;
        boost::asio::post(loop_, [this] {
            server_.stop();
            group_.cancel();
            boost::asio::co_spawn(loop_, group_.join(), [this](std::exception_ptr) { loop_.stop(); });
        });
        thread_.join();
    }
    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;

    /// Set the fakes up before this.
    void start() {
        const auto listening = server_.listen();
        if (!listening) throw std::runtime_error(listening.error().message);
        server_.start(group_);
        thread_ = std::thread([this] {
            const auto busy = boost::asio::make_work_guard(loop_);
            loop_.run();
        });
    }
    /// Runs something on the loop and waits for it.
    void on_loop(const std::function<void()>& what) {
        std::promise<void> done;
        boost::asio::post(loop_, [&] {
            what();
            done.set_value();
        });
        done.get_future().wait();
    }
    [[nodiscard]] http_api::Server& server() { return server_; }

    TempFolder folder;
    std::string socket;
    FakeControl control;
    FakeHistory history;
    FakeVerification verification;
    FakePlanning planning;
    FakeReload reload;
    FakeRetention retention;
    std::vector<std::string> problems;

private:
    http_api::ServerSettings complete(http_api::ServerSettings settings) {
        settings.socket_path = socket;
        settings.version = "9.9.9";
        settings.on_problem = [this](const std::string& problem) { problems.push_back(problem); };
        return settings;
    }
    SystemClock clock_;
    boost::asio::io_context loop_;
    timer_wheel::TimerWheel wheel_{async::to_tick(clock_.now().steady)};
    async::Timers timers_;
    async::TaskGroup group_;
    http_api::Server server_;
    std::thread thread_;
};

}  // namespace runbookd::testing
