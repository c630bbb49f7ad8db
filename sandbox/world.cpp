#include "sandbox/world.hpp"

#include <algorithm>

#include "sandbox/quick_job_rules.hpp"
#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

constexpr std::int64_t kFirstJobId = 70'001;
constexpr int kWarningExit = 64;
constexpr int kKilledExit = 137;  // 128 + SIGKILL, as of a script that is killed at its timeout

// What a draw is for, so that two draws of one job do not agree.
enum Salt : std::uint64_t {
    pickup_salt = 1,
    duration_salt,
    outcome_salt,
    create_lag_salt,
    end_lag_salt,
    start_lag_salt,
    returns_salt,
    down_salt
};

Salt lag_salt(ActivityAction action, JobStatus status) {
    if (action == ActivityAction::create) return create_lag_salt;
    return is_terminal(status) ? end_lag_salt : start_lag_salt;
}

JobStatus status_of_exit(int exit_code) {
    if (exit_code == 0) return JobStatus::success;
    return exit_code == kWarningExit ? JobStatus::warning : JobStatus::failure;
}

std::optional<int> exit_of_status(JobStatus status) {
    switch (status) {
        case JobStatus::success: return 0;
        case JobStatus::warning: return kWarningExit;
        case JobStatus::failure: return 1;
        default: return std::nullopt;
    }
}

std::string filled(std::string text, const std::string& hostname) {
    constexpr std::string_view kPlace = "{hostname}";
    for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at + hostname.size())) {
        text.replace(at, kPlace.size(), hostname);
    }
    return text;
}

}  // namespace

World::World(Fleet fleet, Instant start, Witness& witness)
    : fleet_(std::move(fleet)),
      start_(start),
      witness_(witness),
      devices_(fleet_, start),
      alerts_(fleet_, devices_, start) {
    devices_by_uid_.reserve(fleet_.devices.size());
    for (const auto& device : fleet_.devices) devices_by_uid_.emplace(device.uid, &device);
    for (const auto& component : fleet_.components) components_by_uid_.emplace(component.uid, &component);
}

const Device* World::find_device(std::string_view uid, SteadyTime now) const {
    const auto found = devices_by_uid_.find(uid);
    if (found == devices_by_uid_.end() || !devices_.exists(*found->second, now)) return nullptr;
    return found->second;
}

const Site* World::find_site(std::string_view uid) const {
    const auto found = std::find_if(fleet_.sites.begin(), fleet_.sites.end(),
                                    [&](const auto& each) { return each.uid == uid; });
    return found == fleet_.sites.end() ? nullptr : &*found;
}

const Component* World::find_component(std::string_view uid) const {
    const auto found = components_by_uid_.find(uid);
    return found == components_by_uid_.end() ? nullptr : found->second;
}

const Job& World::create_job(const Device& device, const Component& component, std::string name,
                             Variables variables, Instant now) {
    const auto index = static_cast<JobIndex>(jobs_.size());
    auto& job = jobs_.emplace_back();
    job.id = kFirstJobId + index;
    // The start is part of it, so that a sandbox started again does not give a uid twice.
    job.uid = guid_of("job", std::to_string(to_unix_ms(start_.utc)) + ' ' + std::to_string(index));
    job.name = std::move(name);
    job.device = static_cast<std::uint32_t>(&device - fleet_.devices.data());
    job.component = static_cast<std::uint32_t>(&component - fleet_.components.data());
    job.variables = std::move(variables);
    job.created_at = now.utc;
    job.created = now.steady;
    jobs_by_uid_.emplace(job.uid, index);

    plan(index, now);
    record(ActivityAction::create, index, now);
    witness_.accepted(now.utc, job, device.uid, component.uid);
    return job;
}

const Job* World::find_job(std::string_view uid, SteadyTime now) const {
    const auto found = jobs_by_uid_.find(uid);
    if (found == jobs_by_uid_.end()) return nullptr;
    const auto& job = jobs_[found->second];
    const auto& retention = fleet_.unknowns.job_retention;
    return retention && now - job.created > *retention ? nullptr : &job;
}

std::string World::stdout_of(const Job& job) const {
    if (!has_results(job.status) || !job.ran_on) return {};
    if (job.script_result) return job.script_result->stdout_text;
    const auto* simulation = std::get_if<Simulation>(&component_of(job).work);
    return simulation ? filled(simulation->stdout_text, device_of(job).hostname) : std::string{};
}

std::string World::stderr_of(const Job& job) const {
    if (!has_results(job.status) || !job.ran_on) return {};
    if (job.script_result) return job.script_result->stderr_text;
    const auto* simulation = std::get_if<Simulation>(&component_of(job).work);
    return simulation ? filled(simulation->stderr_text, device_of(job).hostname) : std::string{};
}

void World::advance(Instant now) {
    while (!due_.empty() && due_.top().at <= now.steady) {
        const auto due = due_.top();
        due_.pop();
        happen(due, Instant{now.utc - (now.steady - due.at), due.at});
    }
    alerts_.advance(now);
}

std::optional<SteadyTime> World::next_due() const {
    if (due_.empty()) return std::nullopt;
    return due_.top().at;
}

std::optional<JobIndex> World::take_script(Instant now) {
    if (scripts_waiting_.empty()) return std::nullopt;
    const auto index = scripts_waiting_.front();
    scripts_waiting_.pop_front();
    begin(index, now);
    return index;
}

Variables World::environment_of(const Job& job) const {
    Variables environment{{"HOSTNAME", device_of(job).hostname}};
    for (const auto& variable : component_of(job).variables) {
        if (!variable.is_input) continue;
        const auto sent = std::find_if(job.variables.begin(), job.variables.end(),
                                       [&](const auto& each) { return each.first == variable.name; });
        environment.emplace_back(variable.name,
                                 sent == job.variables.end() ? variable.default_value : sent->second);
    }
    return environment;
}

void World::script_ended(JobIndex index, ScriptResult result, Instant now) {
    auto& job = jobs_[index];
    const auto status = result.timed_out ? fleet_.unknowns.timed_out : status_of_exit(result.exit_code);
    job.exit_code = result.exit_code;
    job.timed_out = result.timed_out;
    job.script_result = std::make_unique<const ScriptResult>(std::move(result));
    end(index, status, now);
}

void World::schedule(SteadyTime at, JobIndex job, Event event) { due_.push(Due{at, made_++, job, event}); }

void World::plan(JobIndex index, Instant now) {
    const auto& device = fleet_.devices[jobs_[index].device];
    const auto fate = fate_of(fleet_, device, component_of(jobs_[index])).kind;
    const auto earliest = now.steady + fleet_.pickup.pick(scramble(index, pickup_salt));
    if (fate == JobFate::Kind::run) return wait_for_agent(index, earliest);
    if (fate == JobFate::Kind::fail) return schedule(earliest, index, Event::fail);
    schedule(now.steady + fleet_.expiry, index, Event::expire);
}

void World::wait_for_agent(JobIndex index, SteadyTime earliest) {
    const auto& job = jobs_[index];
    const auto expires = job.created + fleet_.expiry;
    const auto online = devices_.next_online(device_of(job), earliest);
    if (online && *online < expires) return schedule(*online, index, Event::pickup);
    schedule(std::max(expires, earliest), index, Event::expire);
}

void World::play(JobIndex index, const Simulation& simulation, SteadyTime from) {
    const auto duration = simulation.duration.pick(scramble(index, duration_salt));
    if (simulation.timeout && duration > *simulation.timeout)
        return schedule(from + *simulation.timeout, index, Event::time_out);
    schedule(from + duration, index, Event::end_of_simulation);
}

void World::happen(const Due& due, Instant at) {
    auto& job = jobs_[due.job];
    const auto* simulation = std::get_if<Simulation>(&component_of(job).work);
    switch (due.event) {
        case Event::expire: end(due.job, JobStatus::expired, at); break;
        case Event::fail: end(due.job, JobStatus::failure, at); break;
        case Event::time_out:
            job.exit_code = kKilledExit;
            job.timed_out = true;
            end(due.job, fleet_.unknowns.timed_out, at);
            break;
        case Event::pickup:
            // Restarted since the pickup was planned.
            if (!devices_.is_up(device_of(job), at.steady)) return wait_for_agent(due.job, at.steady);
            if (!simulation) {
                scripts_waiting_.push_back(due.job);
                break;
            }
            begin(due.job, at);
            play(due.job, *simulation, at.steady);
            break;
        case Event::end_of_simulation: {
            const auto status = simulation->pick_outcome(fraction(scramble(due.job, outcome_salt)));
            job.exit_code = exit_of_status(status);
            end(due.job, status, at);
            break;
        }
    }
}

void World::begin(JobIndex index, Instant at) {
    auto& job = jobs_[index];
    job.status = JobStatus::running;
    job.ran_on = at.utc;
    record(ActivityAction::deployment, index, at);
}

void World::end(JobIndex index, JobStatus status, Instant at) {
    auto& job = jobs_[index];
    job.status = status;
    job.ended = at.steady;
    record(ActivityAction::deployment, index, at);
    if (status == JobStatus::success || status == JobStatus::warning) restart_device(index, at.steady);
    witness_.finished(at.utc, job, device_of(job).uid);
}

void World::restart_device(JobIndex index, SteadyTime at) {
    const auto& job = jobs_[index];
    const auto& reboots = component_of(job).reboots;
    if (!reboots || job.timed_out) return;
    const bool returns = fraction(scramble(index, returns_salt)) < reboots->returns;
    const auto down_for = reboots->down_for.pick(scramble(index, down_salt));
    devices_.restart(device_of(job), at, returns ? std::optional(down_for) : std::nullopt);
}

void World::record(ActivityAction action, JobIndex index, Instant at) {
    const auto& traits = fleet_.activity_log;
    if (action == ActivityAction::deployment && !traits.deployments) return;
    ActivityEntry entry;
    entry.date = at.utc;
    entry.job = index;
    entry.action = action;
    entry.status = jobs_[index].status;
    entry.visible_from = at.steady + traits.lag.pick(scramble(index, lag_salt(action, entry.status)));
    activity_.add(entry);
    activity_.forget_before(at.utc - traits.retention);
}

}  // namespace runbookd::sandbox
