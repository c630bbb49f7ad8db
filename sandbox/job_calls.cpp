// Quick jobs and what became of them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/job_sight.hpp"
#include "sandbox/quick_job_rules.hpp"
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

Reply unreadable() {
    auto reply = json_reply({{"errorMessage", "Failed to read request"}});
    reply.status = 400;
    return reply;
}

/// The job of results, stdout and stderr; none: 404, also while results are held back and for another device.
const Job* job_on_device(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0], call.now.steady);
    if (!job || call.world.device_of(*job).uid != call.parts[1]) return nullptr;
    if (call.now.steady - job->created < call.world.fleet().results_404_for) return nullptr;
    return job;
}

/// A JSON string whose bytes beyond ASCII are those of `text`, UTF-8 or not.
std::string quoted_raw(const std::string& text) {
    std::string quoted = "\"";
    for (const char byte : text) {
        const bool plain = byte != '"' && byte != '\\' && static_cast<unsigned char>(byte) >= 0x20;
        if (plain) {
            quoted += byte;
        } else {
            const auto escaped = json(std::string(1, byte)).dump();
            quoted.append(escaped, 1, escaped.size() - 2);
        }
    }
    return quoted + '"';
}

Reply output_reply(const Call& call, const Job& job, std::string text) {
    const auto& fleet = call.world.fleet();
    const auto& component = call.world.component_of(job);
    json entries = json::array();
    if (text.empty()) return json_reply(entries);
    json entry = {
        {"componentUid", component.uid}, {"componentName", component.name}, {"stdData", std::move(text)}};
    entries.push_back(blemished(fleet.blemishes, "output", job.uid, std::move(entry)));
    if (!fleet.unknowns.output.raw_bytes || !entries[0]["stdData"].is_string()) return json_reply(entries);
    const auto raw = quoted_raw(entries[0]["stdData"].get_ref<const std::string&>());
    entries[0].erase("stdData");
    auto reply = json_reply(entries);
    const auto end_of_entry = reply.body.size() - 2;  // before "}]"
    reply.body.insert(end_of_entry, ",\"stdData\":" + raw);
    return reply;
}

}  // namespace

Reply put_quickjob(const Call& call) {
    auto body = read_body(call.request.body);
    if (!body) return unreadable();
    const auto& fleet = call.world.fleet();
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return error_reply(404, call);
    if (body->job_name.empty() || !body->component_uid) return error_reply(400, call);
    const auto* component = call.world.find_component(*body->component_uid);
    const auto fate = fate_of(fleet, *device, component ? *component : Component{});
    if (fate.kind == JobFate::Kind::refuse) return error_reply(fate.status, call);
    if (!component) return error_reply(fleet.unknowns.refusals.component, call);
    if (const auto status = refusal_of(fleet, *component, body->variables)) return error_reply(*status, call);
    const auto& job = call.world.create_job(*device, *component, std::move(body->job_name),
                                            std::move(body->variables), call.now);
    return json_reply({{"job", job_view(call.world, job, call.now.steady)},
                       {"jobComponents", json::array({job_component_view(call.world, job)})}});
}

Reply get_job(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0], call.now.steady);
    return job ? json_reply(job_view(call.world, *job, call.now.steady)) : error_reply(404, call);
}

Reply get_job_components(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0], call.now.steady);
    if (!job) return error_reply(404, call);
    return page_reply(call, "jobComponents", 1,
                      [&](std::size_t) { return job_component_view(call.world, *job); });
}

Reply get_job_results(const Call& call) {
    const auto* job = job_on_device(call);
    return job ? json_reply(results_view(call.world, *job, call.now.steady)) : error_reply(404, call);
}

Reply get_job_stdout(const Call& call) {
    const auto* job = job_on_device(call);
    if (!job) return error_reply(404, call);
    return output_reply(call, *job, shown_stdout(call.world, *job, call.now.steady));
}

Reply get_job_stderr(const Call& call) {
    const auto* job = job_on_device(call);
    if (!job) return error_reply(404, call);
    return output_reply(call, *job, shown_stderr(call.world, *job, call.now.steady));
}

}  // namespace runbookd::sandbox
