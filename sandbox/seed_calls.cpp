// The seed dialect: flat quick jobs, jobs that tell everything at once, errors with codes.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/spelling.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/idempotency.hpp"
#include "sandbox/quick_job_rules.hpp"
#include "sandbox/seed_views.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kMostAtOnce = 250;
constexpr std::int64_t kJobsAtOnce = 50;

struct QuickJobBody {
    std::string component_uid;
    Variables variables;
};

/// Numbers and booleans are taken as they are written; none for anything else.
std::optional<std::string> text_of_scalar(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    return std::nullopt;
}

std::optional<QuickJobBody> read_body(const std::string& text) {
    const auto body = json::parse(text, nullptr, false);
    if (!body.is_object() || !body.contains("componentUid") || !body["componentUid"].is_string())
        return std::nullopt;
    QuickJobBody read{body["componentUid"].get<std::string>(), {}};
    for (const auto& [key, value] : body.items()) {
        if (key == "componentUid") continue;
        if (key != "variables" || !(value.is_object() || value.is_null())) return std::nullopt;
        for (const auto& [name, given] : value.items()) {
            auto as_text = text_of_scalar(given);
            if (!as_text) return std::nullopt;
            read.variables.emplace_back(name, std::move(*as_text));
        }
    }
    return read;
}

Reply no_device(const std::string& uid) {
    return seed_error(404, "DEVICE_NOT_FOUND", "There is no device " + uid, {{"deviceUid", uid}});
}

Reply no_job(const std::string& uid) {
    return seed_error(404, "JOB_NOT_FOUND", "There is no job " + uid, {{"jobUid", uid}});
}

Reply no_component(const Call& call, const std::string& uid) {
    std::vector<std::string> names;
    for (const auto& component : call.world.fleet().components) names.push_back(component.name);
    return seed_error(404, "COMPONENT_NOT_FOUND", "There is no component " + uid,
                      {{"componentUid", uid}, {"suggestions", nearest(uid, names)}});
}

/// Refuses what is missing before what is wrong; none where the component takes the variables.
std::optional<Reply> refusal_of_variables(const Component& component, const Variables& sent) {
    json missing = json::array();
    for (const auto& variable : component.variables) {
        const bool given = std::any_of(sent.begin(), sent.end(),
                                       [&](const auto& each) { return each.first == variable.name; });
        if (variable.is_input && variable.default_value.empty() && !given) missing.push_back(variable.name);
    }
    if (!missing.empty()) {
        return seed_error(400, "MISSING_VARIABLE", "Variables without a default were left out",
                          {{"componentUid", component.uid}, {"names", std::move(missing)}});
    }
    json wrong = json::array();
    for (const auto& [name, value] : sent) {
        const auto* input = find_input(component, name);
        if (!input || !converts(value, *input)) wrong.push_back(name);
    }
    if (wrong.empty()) return std::nullopt;
    return seed_error(400, "INVALID_VARIABLE", "Variables are unknown, or not of their types",
                      {{"componentUid", component.uid}, {"names", std::move(wrong)}});
}

std::optional<Reply> refusal_of_device(const Call& call, const Device& device, const Component& component) {
    const auto& fleet = call.world.fleet();
    const auto fate = fate_of(fleet, device, component);
    if (fate.kind == JobFate::Kind::refuse)
        return fate.status == 404 ? no_device(device.uid) : seed_error(fate.status);
    if (!fleet.seed.refuses_offline || call.world.devices().is_online(device, call.now.steady))
        return std::nullopt;
    const auto seen = call.world.devices().last_seen(device, call.now);
    return seed_error(400, "DEVICE_OFFLINE", device.hostname + " is offline",
                      {{"deviceUid", device.uid}, {"lastSeen", time_or_null(seen, TimeForm::ms)}});
}

Reply create(const Call& call) {
    auto body = read_body(call.request.body);
    if (!body)
        return seed_error(400, "INVALID_REQUEST",
                          R"(Expected {"componentUid": text, "variables": {name: value}})", json::object());
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return no_device(call.parts[0]);
    const auto* component = call.world.find_component(body->component_uid);
    if (!component) return no_component(call, body->component_uid);
    if (auto refusal = refusal_of_variables(*component, body->variables)) return std::move(*refusal);
    if (auto refusal = refusal_of_device(call, *device, *component)) return std::move(*refusal);
    // The dialect has no name for a job.
    const auto& job =
        call.world.create_job(*device, *component, std::string{}, std::move(body->variables), call.now);
    return json_reply({{"jobUid", job.uid},
                       {"status", "queued"},
                       {"deviceUid", device->uid},
                       {"componentUid", component->uid},
                       {"createdAt", to_unix_ms(job.created_at)}});
}

std::int64_t most_wanted(const Call& call, std::int64_t otherwise) {
    return std::min(whole_number(call.query, "max", otherwise).value_or(0), kMostAtOnce);
}

/// The newest jobs that `test` lets through.
template <class Test>
Reply jobs_list(const Call& call, const Test& test) {
    const auto most = most_wanted(call, kJobsAtOnce);
    if (most < 1) return seed_error(400);
    json jobs = json::array();
    for (auto index = call.world.job_count(); index > 0 && jobs.size() < static_cast<std::size_t>(most);
         --index) {
        const auto& job = call.world.job(static_cast<JobIndex>(index - 1));
        const bool found = call.world.find_job(job.uid, call.now.steady) && test(job);
        if (found) jobs.push_back(seed_job_view(call.world, job, call.now.steady, WithOutput::no));
    }
    json details = {
        {"count", jobs.size()}, {"totalCount", nullptr}, {"prevPageUrl", nullptr}, {"nextPageUrl", nullptr}};
    return json_reply({{"jobs", std::move(jobs)}, {"pageDetails", std::move(details)}});
}

}  // namespace

Reply post_seed_quickjob(const Call& call) {
    if (!call.world.fleet().seed.idempotency) return create(call);
    auto earlier = call.keys.look_up(call.request);
    using Finding = IdempotencyKeys::Finding;
    if (earlier.finding == Finding::conflict)
        return seed_error(409, "CONFLICT", "The Idempotency-Key stands for another request", json::object());
    if (earlier.finding == Finding::replayed) {
        earlier.reply.headers["Idempotency-Replayed"] = "true";
        return std::move(earlier.reply);
    }
    auto reply = create(call);
    call.keys.keep(call.request, reply);
    return reply;
}

Reply get_seed_job(const Call& call) {
    const auto* job = call.world.find_job(call.parts[0], call.now.steady);
    if (!job) return no_job(call.parts[0]);
    return json_reply(seed_job_view(call.world, *job, call.now.steady, WithOutput::yes));
}

Reply get_seed_device_jobs(const Call& call) {
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return no_device(call.parts[0]);
    return jobs_list(call, [&](const Job& job) { return &call.world.device_of(job) == device; });
}

Reply get_seed_site_jobs(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    if (!site) return seed_error(404, "NOT_FOUND", "There is no site " + call.parts[0], json::object());
    return jobs_list(
        call, [&](const Job& job) { return &call.world.fleet().site_of(call.world.device_of(job)) == site; });
}

Reply get_seed_components(const Call& call) {
    const auto most = most_wanted(call, kMostAtOnce);
    if (most < 1) return seed_error(400);
    json components = json::array();
    for (const auto& component : call.world.fleet().components) {
        if (components.size() == static_cast<std::size_t>(most)) break;
        components.push_back(seed_component_view(call.world, component));
    }
    return json_reply({{"components", std::move(components)}});
}

Reply get_seed_component(const Call& call) {
    const auto* component = call.world.find_component(call.parts[0]);
    if (!component) return no_component(call, call.parts[0]);
    return json_reply(seed_component_view(call.world, *component));
}

Reply get_seed_device(const Call& call) {
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return no_device(call.parts[0]);
    return json_reply(seed_device_view(call.world, *device, call.now));
}

}  // namespace runbookd::sandbox
