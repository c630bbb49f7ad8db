#include "sandbox/seed_views.hpp"

#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/call.hpp"
#include "sandbox/job_sight.hpp"
#include "sandbox/reason.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

/// The seed's words for a job: created, queued, running, completed, failed, timeout.
std::string_view seed_status(const World& world, const Job& job, JobStatus shown) {
    switch (shown) {
        case JobStatus::pending: return "queued";
        case JobStatus::running: return "running";
        case JobStatus::expired: return "timeout";
        case JobStatus::retired: return "failed";
        default: break;
    }
    if (job.timed_out) return "timeout";
    const bool completes = job.exit_code == 0 || (job.exit_code && world.fleet().seed.failures_complete);
    return completes ? "completed" : "failed";
}

std::string_view code_of(int status) {
    switch (status) {
        case 400: return "INVALID_REQUEST";
        case 401: return "UNAUTHENTICATED";
        case 403: return "PERMISSION_DENIED";
        case 404: return "NOT_FOUND";
        case 405: return "METHOD_NOT_ALLOWED";
        case 409: return "CONFLICT";
        case 429: return "RATE_LIMITED";
        case 502:
        case 503:
        case 504: return "UNAVAILABLE";
        default: return status < 500 ? "INVALID_REQUEST" : "INTERNAL";
    }
}

json variables_view(const Variables& variables) {
    json view = json::object();
    for (const auto& [name, value] : variables) view[name] = value;
    return view;
}

}  // namespace

Reply seed_error(int status, std::string_view code, const std::string& message, const json& details) {
    auto reply = json_reply({{"errorCode", code}, {"message", message}, {"details", details}});
    reply.status = status;
    return reply;
}

Reply seed_error(int status) {
    return seed_error(status, code_of(status), std::string(reason_phrase(status)), json::object());
}

json seed_job_view(const World& world, const Job& job, SteadyTime now, WithOutput output) {
    const auto& device = world.device_of(job);
    const auto& component = world.component_of(job);
    const auto shown = shown_status(world, job, now);
    json view = {{"jobUid", job.uid},
                 {"jobId", job.id},
                 {"status", seed_status(world, job, shown)},
                 {"deviceUid", device.uid},
                 {"hostname", device.hostname},
                 {"siteUid", world.fleet().site_of(device).uid},
                 {"componentUid", component.uid},
                 {"componentName", component.name},
                 {"variables", variables_view(job.variables)},
                 {"createdAt", to_unix_ms(job.created_at)},
                 {"queuedAt", to_unix_ms(job.created_at)}};
    if (job.ran_on) view["startedAt"] = to_unix_ms(*job.ran_on);
    if (is_terminal(shown)) {
        view["completedAt"] = to_unix_ms(job.created_at + (*job.ended - job.created));
        if (job.exit_code) view["exitCode"] = *job.exit_code;
    }
    if (is_terminal(shown) && output == WithOutput::yes) {
        view["stdout"] = shown_stdout(world, job, now);
        view["stderr"] = shown_stderr(world, job, now);
    }
    return blemished(world.fleet().blemishes, "job", job.uid, std::move(view));
}

json seed_component_view(const World& world, const Component& component) {
    const auto& fleet = world.fleet();
    json variables = json::array();
    for (const auto& variable : component.variables) {
        if (!variable.is_input) continue;
        json view = {{"name", variable.name},
                     {"type", shown_type(fleet, variable)},
                     {"required", variable.default_value.empty()},
                     {"defaultValue", text_or_null(variable.default_value)},
                     {"description", text_or_null(variable.description)}};
        variables.push_back(
            blemished(fleet.blemishes, "variable", component.uid + variable.name, std::move(view)));
    }
    json view = {{"uid", component.uid},
                 {"name", component.name},
                 {"description", text_or_null(component.description)},
                 {"category", component.category},
                 {"osType", nullptr},
                 {"variables", std::move(variables)}};
    return blemished(fleet.blemishes, "component", component.uid, std::move(view));
}

json seed_device_view(const World& world, const Device& device, Instant now) {
    const auto& fleet = world.fleet();
    const auto& traits = fleet.traits_of(device);
    json view = {
        {"uid", device.uid},
        {"hostname", device.hostname},
        {"siteUid", fleet.site_of(device).uid},
        {"siteName", fleet.site_of(device).name},
        {"status", world.devices().is_online(device, now.steady) ? "online" : "offline"},
        {"lastSeen", time_or_null(world.devices().last_seen(device, now), fleet.unknowns.times.devices)},
        {"operatingSystem", text_or_null(traits.os)},
        {"deviceType", traits.type},
        {"deviceClass", traits.device_class},
        {"suspended", traits.suspended},
        {"deleted", traits.deleted}};
    return blemished(fleet.blemishes, "device", device.uid, std::move(view));
}

}  // namespace runbookd::sandbox
