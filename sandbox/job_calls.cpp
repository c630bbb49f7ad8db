// Quick jobs and what became of them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

/// The body of a quick job as far as its shape goes.
struct QuickJobBody {
    std::string job_name;
    std::optional<std::string> component_uid;  ///< unset: no jobComponent
    Variables variables;
};

bool only_has(const json& object, std::initializer_list<const char*> keys) {
    const auto& items = object.items();
    return std::all_of(items.begin(), items.end(), [&](const auto& item) {
        return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return item.key() == key; });
    });
}

bool is_text_or_absent(const json& object, const char* key) {
    return !object.contains(key) || object[key].is_null() || object[key].is_string();
}

std::string text_of(const json& object, const char* key) {
    return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string{};
}

std::optional<Variables> read_variables(const json& component) {
    Variables variables;
    if (!component.contains("variables") || component["variables"].is_null()) return variables;
    if (!component["variables"].is_array()) return std::nullopt;
    for (const auto& each : component["variables"]) {
        if (!each.is_object() || !only_has(each, {"name", "value"})) return std::nullopt;
        if (!is_text_or_absent(each, "name") || !is_text_or_absent(each, "value")) return std::nullopt;
        variables.emplace_back(text_of(each, "name"), text_of(each, "value"));
    }
    return variables;
}

/// None where the API could not read it: no JSON, or keys that it does not know (such as those of a flat
/// body).
std::optional<QuickJobBody> read_body(const std::string& text) {
    const auto body = json::parse(text, nullptr, false);
    if (!body.is_object() || !only_has(body, {"jobName", "jobComponent"})) return std::nullopt;
    if (!is_text_or_absent(body, "jobName")) return std::nullopt;
    QuickJobBody read;
    read.job_name = text_of(body, "jobName");
    if (!body.contains("jobComponent") || body["jobComponent"].is_null()) return read;
    const auto& component = body["jobComponent"];
    if (!component.is_object() || !only_has(component, {"componentUid", "variables"})) return std::nullopt;
    auto variables = read_variables(component);
    if (!variables || !is_text_or_absent(component, "componentUid")) return std::nullopt;
    read.component_uid = text_of(component, "componentUid");
    read.variables = std::move(*variables);
    return read;
}

bool converts(const std::string& value, const std::string& type) {
    if (equals_ignoring_case(type, "boolean")) return value == "true" || value == "false";
    // An environment variable ends at its first NUL.
    return value.find('\0') == std::string::npos;
}

bool accepts(const Component& component, const Variables& sent) {
    return std::all_of(sent.begin(), sent.end(), [&](const auto& each) {
        const auto& known = component.variables;
        const auto found = std::find_if(known.begin(), known.end(), [&](const Variable& variable) {
            return variable.is_input && variable.name == each.first;
        });
        return found != known.end() && converts(each.second, found->type);
    });
}

Reply unreadable() {
    auto reply = json_reply({{"errorMessage", "Failed to read request"}});
    reply.status = 400;
    return reply;
}

/// The job of results, stdout and stderr; none: 404, also while results are held back and for another device.
const Job* job_on_device(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0]);
    if (!job || call.world.device_of(*job).uid != call.parts[1]) return nullptr;
    if (call.now.steady - job->created < call.world.fleet().results_404_for) return nullptr;
    return job;
}

json component_result(const World& world, const Job& job) {
    const auto& component = world.component_of(job);
    return {{"componentUid", component.uid},
            {"componentName", component.name},
            {"componentStatus", job.status == JobStatus::failure ? "Failure" : "Success"},
            {"numberOfWarnings", job.status == JobStatus::warning ? 1 : 0},
            {"hasStdOut", !world.stdout_of(job).empty()},
            {"hasStdErr", !world.stderr_of(job).empty()}};
}

Reply output_reply(const Call& call, const Job& job, std::string text) {
    const auto& component = call.world.component_of(job);
    json entries = json::array();
    if (!text.empty()) {
        entries.push_back({{"componentUid", component.uid},
                           {"componentName", component.name},
                           {"stdData", std::move(text)}});
    }
    return json_reply(entries);
}

}  // namespace

Reply put_quickjob(const Call& call) {
    auto body = read_body(call.request.body);
    if (!body) return unreadable();
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device || call.world.fleet().traits_of(*device).deleted) return error_reply(404, call);
    if (body->job_name.empty() || !body->component_uid) return error_reply(400, call);
    // Components run on computers only; what the live API answers for a printer is not known.
    if (call.world.fleet().traits_of(*device).device_class != "device") return error_reply(400, call);
    const auto* component = call.world.find_component(*body->component_uid);
    if (!component || !accepts(*component, body->variables)) return error_reply(400, call);
    const auto& job = call.world.create_job(*device, *component, std::move(body->job_name),
                                            std::move(body->variables), call.now);
    return json_reply(
        {{"job", job_view(job)}, {"jobComponents", json::array({job_component_view(call.world, job)})}});
}

Reply get_job(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0]);
    return job ? json_reply(job_view(*job)) : error_reply(404, call);
}

Reply get_job_components(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0]);
    if (!job) return error_reply(404, call);
    return page_reply(call, "jobComponents", 1,
                      [&](std::size_t) { return job_component_view(call.world, *job); });
}

Reply get_job_results(const Call& call) {
    const auto* job = job_on_device(call);
    if (!job) return error_reply(404, call);
    json results;
    if (has_results(job->status)) results = json::array({component_result(call.world, *job)});
    return json_reply({{"jobUid", job->uid},
                       {"deviceUid", call.parts[1]},
                       {"ranOn", job->ran_on ? json(to_unix_ms(*job->ran_on)) : json()},
                       {"jobDeploymentStatus", name_of(job->status)},
                       {"componentResults", std::move(results)}});
}

Reply get_job_stdout(const Call& call) {
    const auto* job = job_on_device(call);
    if (!job) return error_reply(404, call);
    return output_reply(call, *job, call.world.stdout_of(*job));
}

Reply get_job_stderr(const Call& call) {
    const auto* job = job_on_device(call);
    if (!job) return error_reply(404, call);
    return output_reply(call, *job, call.world.stderr_of(*job));
}

}  // namespace runbookd::sandbox
