#include "fakes/simulated_rmm.hpp"

#include <algorithm>
#include <array>

namespace runbookd::fakes {
namespace {

using engine::ApiFailure;
using engine::ApiResult;
using engine::FailureKind;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

ApiResult failed(FailureKind kind, int status = 0) {
    return tl::unexpected<ApiFailure>(ApiFailure{kind, status, "simulated", std::nullopt});
}

const ComponentUid kComponent{"c0000000-0000-4000-8000-000000000001"};

}  // namespace

SimulatedRmm::SimulatedRmm(std::uint64_t seed, std::size_t devices, FaultRates faults, std::size_t sites)
    : random_(seed), log_random_(seed), faults_(faults) {
    for (std::size_t i = 0; i < sites; ++i)
        sites_.push_back(
            {SiteUid{"s" + std::to_string(i)}, i == 0 ? "Acme HQ" : "Site " + std::to_string(i), false});
    for (std::size_t i = 0; i < devices; ++i) {
        engine::Device device;
        device.uid = DeviceUid{"d" + std::to_string(i)};
        const auto& site = sites_[i % sites];
        device.site_uid = site.uid;
        device.site_name = site.name;
        device.hostname = "ACME-" + std::to_string(i);
        device.os = "Microsoft Windows Server 2022";
        device.device_class = "device";
        device.online = true;
        devices_.push_back(std::move(device));
    }
}

bool SimulatedRmm::by_chance(int of_thousand) {
    // One draw for every chance, so that a fault's rate does not shift the draws of the others.
    return static_cast<int>(random_() % 1000) < of_thousand;
}

void SimulatedRmm::count(std::deque<UtcTime>& window, std::size_t& most, UtcTime now) {
    while (!window.empty() && window.front() + seconds{60} <= now) window.pop_front();
    window.push_back(now);
    most = std::max(most, window.size());
}

ApiResult SimulatedRmm::arrive(const engine::ApiCall& call, UtcTime now) {
    const bool not_sent = by_chance(faults_.not_sent);
    const bool lost_before = by_chance(faults_.lost_before);
    const bool lost_after = by_chance(faults_.lost_after);
    const bool server_error = by_chance(faults_.server_error);
    const bool throttled = by_chance(faults_.throttled);
    if (not_sent || now < down_until_) return failed(FailureKind::not_sent);
    const bool is_create = std::holds_alternative<engine::CreateQuickJob>(call);
    count(is_create ? creates_ : reads_, is_create ? most_creates_ : most_reads_, now);
    if (lost_before) return failed(FailureKind::lost);
    if (server_error) return failed(FailureKind::server_error, 500);
    if (throttled) return failed(FailureKind::throttled, 429);
    auto reply = answer(call, now);
    if (lost_after) return failed(FailureKind::lost);
    return reply;
}

ApiResult SimulatedRmm::answer(const engine::ApiCall& call, UtcTime now) {
    if (std::holds_alternative<engine::ReadRequestRate>(call)) {
        engine::RequestRate rate;
        rate.read_count = static_cast<std::int64_t>(reads_.size());
        rate.write_limit = 600;
        rate.write_count = rate.create_count = static_cast<std::int64_t>(std::count_if(
            creates_.begin(), creates_.end(), [&](UtcTime t) { return t + seconds{60} > now; }));
        return rate;
    }
    if (std::holds_alternative<engine::ReadSites>(call)) return engine::Page<engine::Site>{sites_, ""};
    if (std::holds_alternative<engine::ReadDevices>(call) ||
        std::holds_alternative<engine::ReadSiteDevices>(call))
        return engine::Page<engine::Device>{devices_, ""};
    if (std::holds_alternative<engine::ReadComponents>(call))
        return engine::Page<engine::Component>{{{kComponent, "Clean", "", "", {}}}, ""};
    if (const auto* read = std::get_if<engine::ReadDevice>(&call)) {
        const auto found = std::find_if(devices_.begin(), devices_.end(),
                                        [&](const auto& device) { return device.uid == read->device; });
        if (found == devices_.end()) return failed(FailureKind::not_found, 404);
        return *found;
    }
    if (const auto* create_call = std::get_if<engine::CreateQuickJob>(&call))
        return create(*create_call, now);
    if (const auto* read = std::get_if<engine::ReadResult>(&call)) return result(*read, now);
    if (const auto* read = std::get_if<engine::ReadOutput>(&call)) {
        const auto found = jobs_.find(read->job);
        if (found == jobs_.end()) return failed(FailureKind::not_found, 404);
        return engine::Output{output_of(found->second.name)};
    }
    engine::Page<engine::JobActivity> log;
    const auto& search = std::get<engine::SearchActivities>(call);
    for (const auto& [uid, job] : jobs_)
        if (job.in_log_at <= now && job.created >= search.from)
            log.items.push_back({uid, job.name, job.device});
    return log;
}

ApiResult SimulatedRmm::create(const engine::CreateQuickJob& call, UtcTime now) {
    Job job;
    job.uid = DattoJobUid{"j" + std::to_string(jobs_.size() + 1)};
    job.name = call.job_name;
    job.device = call.device;
    job.starts = now + seconds{1 + static_cast<int>(random_() % 5)};
    job.ends = job.starts + milliseconds{500 + static_cast<int>(random_() % 60'000)};
    job.created = now;
    job.in_log_at = now + seconds{2 + static_cast<int>(random_() % 9)};
    if (static_cast<int>(log_random_() % 1000) < faults_.late_log)
        job.in_log_at = now + minutes{30 + static_cast<int>(log_random_() % 570)};
    constexpr std::array kEnds{engine::DeploymentStatus::success, engine::DeploymentStatus::success,
                               engine::DeploymentStatus::success, engine::DeploymentStatus::failure,
                               engine::DeploymentStatus::warning};
    job.ends_as = kEnds.at(random_() % kEnds.size());
    const auto offline = offline_since_.find(call.device);
    const auto offline_for = offline == offline_since_.end() ? Millis{0} : now - offline->second;
    if (offline != offline_since_.end()) {  // Datto holds it until the device checks in
        job.starts += minutes{20};
        job.ends += minutes{20};
    }
    ledger_.push_back({job.name, job.device, now, offline_for});
    const auto uid = job.uid;
    jobs_.emplace(uid, std::move(job));
    return engine::CreatedJob{uid};
}

ApiResult SimulatedRmm::result(const engine::ReadResult& call, UtcTime now) const {
    const auto found = jobs_.find(call.job);
    if (found == jobs_.end()) return failed(FailureKind::not_found, 404);
    const auto& job = found->second;
    engine::JobResult result;
    if (now >= job.starts) {
        result.status = engine::DeploymentStatus::running;
        result.ran_on = job.starts;
    }
    if (now >= job.ends) {
        result.status = job.ends_as;
        result.has_stdout = true;
        result.warnings = job.ends_as == engine::DeploymentStatus::warning ? 1 : 0;
    }
    return result;
}

void SimulatedRmm::set_online(std::size_t device, bool online, UtcTime now) {
    auto& one = devices_.at(device);
    if (one.online == online) return;
    one.online = online;
    if (online)
        offline_since_.erase(one.uid);
    else
        offline_since_.emplace(one.uid, now);
}

std::optional<engine::DeploymentStatus> SimulatedRmm::end_of(const std::string& job_name) const {
    for (const auto& [uid, job] : jobs_)
        if (job.name == job_name) return job.ends_as;
    return std::nullopt;
}

std::optional<std::string> SimulatedRmm::output_of(const std::string& job_name) const {
    return "output of " + job_name + "\n::row {\"job\": \"" + job_name + "\"}\n";
}

}  // namespace runbookd::fakes
