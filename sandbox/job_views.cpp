// Jobs and what happened to them, in the API's JSON.
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/job_sight.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kFirstDeploymentId = 900'001;

json variables_view(const Variables& variables) {
    json list = json::array();
    for (const auto& [name, value] : variables) list.push_back({{"name", name}, {"value", value}});
    return list;
}

json component_result(const World& world, const Job& job, JobStatus shown) {
    const auto& component = world.component_of(job);
    json view = {{"componentUid", component.uid},
                 {"componentName", component.name},
                 {"componentStatus", shown == JobStatus::failure ? "Failure" : "Success"},
                 {"numberOfWarnings", shown == JobStatus::warning ? 1 : 0},
                 {"hasStdOut", !world.stdout_of(job).empty()},
                 {"hasStdErr", !world.stderr_of(job).empty()}};
    return blemished(world.fleet().blemishes, "component_result", job.uid, std::move(view));
}

/// An object with dotted keys, which the API writes into a text.
json details_of(const World& world, const ActivityEntry& entry) {
    const auto& job = world.job(entry.job);
    const auto& device = world.device_of(job);
    const bool created = entry.action == ActivityAction::create;
    json details = {{"job.id", job.id},
                    {"job.uid", job.uid},
                    {"job.name", job.name},
                    {"job.status", created ? std::string_view("active") : name_of(entry.status)},
                    {"job.date_created", to_unix_ms(job.created_at)},
                    {"device.uid", device.uid},
                    {"device.hostname", device.hostname},
                    {"site.name", world.fleet().site_of(device).name},
                    {"user.username", kApiUser}};
    // Each job of the sandbox has one device, hence one deployment.
    if (!created) details["job.deployment_id"] = kFirstDeploymentId + entry.job;
    return details;
}

}  // namespace

json job_view(const World& world, const Job& job, SteadyTime now) {
    json view = {{"id", job.id},
                 {"uid", job.uid},
                 {"name", job.name},
                 {"dateCreated", time_or_null(job.created_at, world.fleet().unknowns.times.date_created)},
                 {"status", shows_completed(world, job, now) ? "completed" : "active"}};
    return blemished(world.fleet().blemishes, "job", job.uid, std::move(view));
}

json job_component_view(const World& world, const Job& job) {
    const auto& component = world.component_of(job);
    json view = {
        {"uid", component.uid}, {"name", component.name}, {"variables", variables_view(job.variables)}};
    return blemished(world.fleet().blemishes, "job_component", job.uid, std::move(view));
}

json results_view(const World& world, const Job& job, SteadyTime now) {
    const auto& unknowns = world.fleet().unknowns;
    const auto shown = shown_status(world, job, now);
    json results = unknowns.empty_results_are_lists ? json::array() : json();
    if (has_results(shown)) results = json::array({component_result(world, job, shown)});
    json view = {{"jobUid", job.uid},
                 {"deviceUid", world.device_of(job).uid},
                 {"ranOn", time_or_null(job.ran_on, unknowns.times.ran_on)},
                 {"jobDeploymentStatus", name_of(shown)},
                 {"componentResults", std::move(results)}};
    return blemished(world.fleet().blemishes, "result", job.uid, std::move(view));
}

json activity_view(const World& world, const ActivityEntry& entry) {
    const auto& job = world.job(entry.job);
    const auto& device = world.device_of(job);
    const auto& site = world.fleet().site_of(device);
    const bool has_output = entry.action == ActivityAction::deployment && has_results(entry.status);
    const auto details = details_of(world, entry).dump(-1, ' ', false, json::error_handler_t::replace);
    json view = {
        {"id", std::to_string(entry.id)},
        {"entity", "DEVICE"},
        {"category", "job"},
        {"action", name_of(entry.action)},
        {"date", time_or_null(entry.date, world.fleet().unknowns.times.activity_log)},
        {"site", {{"id", site_id(world, site)}, {"name", site.name}}},
        {"deviceId", device_id(world, device)},
        {"hostname", device.hostname},
        {"user", {{"id", kApiUserId}, {"userName", kApiUser}, {"firstName", nullptr}, {"lastName", nullptr}}},
        {"details", details},
        {"hasStdOut", has_output && !world.stdout_of(job).empty()},
        {"hasStdErr", has_output && !world.stderr_of(job).empty()}};
    return blemished(world.fleet().blemishes, "activity", std::to_string(entry.id), std::move(view));
}

}  // namespace runbookd::sandbox
