#include "history.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "store/connection.hpp"
#include "store/migrate.hpp"
#include "store/record_writer.hpp"

namespace runbookd::bench {
namespace {

using std::chrono::sys_days;

constexpr std::int64_t kMsBetweenJobs = 1000;
constexpr std::size_t kOutputBytes = 500;
constexpr std::int64_t kFailEvery = 50;
constexpr std::int64_t kDifferentTexts = 1000;  // among those that repeat

std::string padded(std::int64_t number, int width) {
    auto text = std::to_string(number);
    return std::string(
               static_cast<std::size_t>(width) - std::min(text.size(), static_cast<std::size_t>(width)),
               '0') +
           text;
}

std::int64_t device_index(std::int64_t job) { return job % kDevices; }

}  // namespace

std::string uid_of(char kind, std::int64_t number) { return "01K" + padded(number, 22) + kind; }
std::string device_of(std::int64_t number) { return "d4e5f6a7-b8c9-0d1e-2f3a-" + padded(number, 12); }
std::string hostname_of(std::int64_t number) {
    return "C" + padded(number % kCustomers, 2) + "-WS" + padded(number, 5);
}

UtcTime time_of(std::int64_t job) {
    return UtcTime{sys_days{std::chrono::year{2026} / 1 / 1}} + Millis{job * kMsBetweenJobs};
}

std::string output_of(std::int64_t job) {
    const bool repeats = job % 2 == 0;
    auto text = repeats
                    ? "Sweep " + std::to_string(job % kDifferentTexts) + " done\n"
                    : "Freed " + std::to_string(job) + " bytes on " + hostname_of(device_index(job)) + "\n";
    while (text.size() < kOutputBytes)
        text += "C:\\Windows\\Temp\\" + std::to_string(text.size()) + ".tmp removed\n";
    text.resize(kOutputBytes);
    return text;
}

engine::Batch beginning() {
    engine::Batch batch;
    for (std::int64_t i = 0; i < kRunbooks; ++i) {
        const auto name = "runbook-" + std::to_string(i);
        batch.emplace_back(
            engine::RevisionEffective{name, 1, "name: " + name + "\n", "{}", "ana", "", time_of(-1000)});
    }
    engine::SitesAssigned sites;
    sites.at = time_of(-900);
    for (std::int64_t i = 0; i < kCustomers; ++i)
        sites.rows.push_back({SiteUid("site-" + std::to_string(i)), "customer-" + std::to_string(i)});
    sites.account = "main";
    batch.emplace_back(std::move(sites));
    return batch;
}

engine::RunPlanned plan_of(const std::string& run, std::int64_t first) {
    engine::RunPlanned plan;
    plan.run = RunUid(run);
    plan.runbook = "runbook-" + std::to_string(first / kTargets % kRunbooks);
    plan.revision = 1;
    plan.account = "main";
    plan.zone = "Europe/Berlin";
    plan.trigger = engine::Trigger::manual;
    plan.actor = "ana";
    plan.window_end = time_of(first) + std::chrono::hours{1};
    plan.at = time_of(first);
    return plan;
}

engine::RunStarted start_of(const std::string& run, std::int64_t first) {
    engine::RunStarted start;
    start.run = RunUid(run);
    start.at = time_of(first);
    for (std::int64_t job = first; job < first + kTargets; ++job) {
        const auto device = device_index(job);
        const auto customer = std::to_string(device % kCustomers);
        engine::TargetRow target{DeviceUid(device_of(device)), SiteUid("site-" + customer),
                                 "Site " + customer, hostname_of(device), 1};
        target.customer = SharedText("customer-" + customer);
        start.targets.push_back(std::move(target));
    }
    return start;
}

std::vector<engine::Batch> lifecycle(const std::string& run, std::int64_t job) {
    const DeviceUid device(device_of(device_index(job)));
    const JobUid uid(uid_of('J', job));
    const bool failed = job % kFailEvery == 0;
    engine::JobCreated intent;
    intent.job = uid;
    intent.run = RunUid(run);
    intent.device = device;
    intent.component_uid = ComponentUid("c1c1c1c1-c1c1-c1c1-c1c1-c1c1c1c1c1c1");
    intent.component_name = "Clear Temp Files";
    intent.variables = {{"days", "30"}};
    intent.at = time_of(job);
    engine::JobChanged queued;
    queued.job = uid;
    queued.status = engine::JobStatus::queued;
    queued.datto_job = DattoJobUid("f0f0f0f0-f0f0-f0f0-f0f0-" + padded(job, 12));
    queued.queued_at = queued.at = time_of(job) + Millis{300};
    engine::JobChanged done;
    done.job = uid;
    done.status = failed ? engine::JobStatus::failed : engine::JobStatus::completed;
    done.reason = failed ? "datto_failure" : "";
    done.datto_status = failed ? "Failure" : "Success";
    done.ran_at = done.started_at = time_of(job) + Millis{20'000};
    done.completed_at = done.at = time_of(job) + Millis{60'000};
    done.out = engine::OutputText{output_of(job), false};
    done.err = engine::OutputText{"", false};
    engine::TargetDecided decided;
    decided.run = RunUid(run);
    decided.device = device;
    decided.disposition = failed ? engine::Disposition::failed : engine::Disposition::succeeded;
    decided.reason = done.reason;
    decided.at = done.at;
    return {{intent}, {queued}, {done, decided}};
}

engine::Batch run_from(std::int64_t first) {
    const auto run = uid_of('R', first);
    engine::Batch batch{plan_of(run, first), start_of(run, first)};
    for (std::int64_t job = first; job < first + kTargets; ++job)
        for (auto& step : lifecycle(run, job))
            for (auto& record : step) batch.push_back(std::move(record));
    batch.emplace_back(
        engine::RunFinished{RunUid(run), engine::RunStatus::completed, "", time_of(first + kTargets)});
    return batch;
}

double write_history(const std::string& path, std::int64_t jobs) {
    const auto begin = std::chrono::steady_clock::now();
    std::ofstream(path).close();
    store::Connection connection(path, store::Access::read_write);
    store::migrate(connection, time_of(-2000));
    connection.database().exec(
        "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20000; PRAGMA cache_size = -400000");
    store::RecordWriter records(connection);
    const auto write = [&](const engine::Batch& batch) {
        for (const auto& record : batch) records.write(record);
    };
    constexpr std::int64_t kRunsAtOnce = 20;
    for (std::int64_t first = 0; first < jobs;) {
        SQLite::Transaction transaction(connection.database(), SQLite::TransactionBehavior::IMMEDIATE);
        if (first == 0) write(beginning());
        for (std::int64_t run = 0; run < kRunsAtOnce && first < jobs; ++run, first += kTargets)
            write(run_from(first));
        transaction.commit();
        if (first % 1'000'000 == 0) std::fprintf(stderr, "%lld jobs\n", static_cast<long long>(first));
    }
    connection.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void migrate_history(const std::string& path) {
    store::Connection connection(path, store::Access::read_write);
    store::migrate(connection, time_of(-2000));
    connection.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace runbookd::bench
