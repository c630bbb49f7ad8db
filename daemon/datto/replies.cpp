#include "datto/replies.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/entries.hpp"
#include "datto/json_read.hpp"
#include "datto/list_reply.hpp"
#include "datto/timestamp.hpp"

namespace runbookd::datto {
namespace {

using engine::ApiReply;
using nlohmann::json;

tl::unexpected<Error> unreadable(std::string what) { return fail(ErrorCode::unavailable, std::move(what)); }

/// The object that the answer is, or that it holds as its only entry: several calls have been seen to wrap
/// one.
const json& sole_object(const json& body) {
    return body.is_array() && body.size() == 1 ? body.front() : body;
}

/// A number as counts and limits are; none: it cannot be one.
std::optional<std::int64_t> count_at(const json& object, std::string_view key) {
    constexpr std::int64_t kMost = 1'000'000'000;
    const auto value = integer_at(object, key);
    if (!value || *value < 0) return std::nullopt;
    return std::min(*value, kMost);
}

void read_component_result(const json& entry, engine::JobResult& result) {
    if (const auto warnings = count_at(entry, "numberOfWarnings"))
        result.warnings = result.warnings.value_or(0) + *warnings;
    // What is not said may be there: an output that is not read is lost.
    result.has_stdout |= flag_at(entry, "hasStdOut").value_or(true);
    result.has_stderr |= flag_at(entry, "hasStdErr").value_or(true);
}

struct Reader {
    const BaseUrl& base;
    const std::string& target;
    const json& body;

    template <class Entry>
    [[nodiscard]] Result<ApiReply> list(std::string_view key, Entry (*read)(const json&)) const {
        return read_list<Entry>(base, target, body, key, read);
    }

    Result<ApiReply> operator()(const engine::ReadSites&) const {
        return list<engine::Site>("sites", read_site);
    }
    Result<ApiReply> operator()(const engine::ReadDevices&) const {
        return list<engine::Device>("devices", read_device);
    }
    Result<ApiReply> operator()(const engine::ReadSiteDevices&) const {
        return list<engine::Device>("devices", read_device);
    }
    Result<ApiReply> operator()(const engine::ReadComponents&) const {
        return list<engine::Component>("components", read_component);
    }
    Result<ApiReply> operator()(const engine::ReadDefaultFilters&) const {
        return list<engine::Filter>("filters", read_filter);
    }
    Result<ApiReply> operator()(const engine::ReadCustomFilters&) const {
        return list<engine::Filter>("filters", read_filter);
    }
    Result<ApiReply> operator()(const engine::ReadFilterDevices&) const {
        return list<DeviceUid>("devices", read_member);
    }
    Result<ApiReply> operator()(const engine::SearchActivities&) const {
        // "Not found" is evidence about a create: a search that says it failed must not pass as an empty one.
        const auto& error = member(body, "error");
        if (!error.is_null() && error != "" && error != false)
            return unreadable("the activity log answered with an error");
        return read_list<engine::JobActivity>(base, target, body, "activities", read_activity,
                                              Unnamed::left_out);
    }
    Result<ApiReply> operator()(const engine::ReadAlerts&) const {
        return list<engine::Alert>("alerts", read_alert);
    }
    Result<ApiReply> operator()(const engine::ResolveAlert&) const { return engine::AlertResolved{}; }
    Result<ApiReply> operator()(const engine::ReadDevice&) const {
        auto device = read_device(sole_object(body));
        if (device.uid.empty()) return unreadable("the answer has no device 'uid'");
        return device;
    }
    Result<ApiReply> operator()(const engine::CreateQuickJob&) const {
        auto uid = text_at(member(sole_object(body), "job"), "uid");
        if (uid.empty()) return unreadable("the answer has no 'job.uid'");
        engine::CreatedJob created;
        created.job = DattoJobUid{std::move(uid)};
        return created;
    }
    Result<ApiReply> operator()(const engine::ReadResult&) const {
        const auto& object = sole_object(body);
        if (!object.is_object() || !object.contains("jobDeploymentStatus"))
            return unreadable("the answer has no 'jobDeploymentStatus'");
        engine::JobResult result;
        result.status_text = text_at(object, "jobDeploymentStatus");
        result.status = deployment_status(result.status_text);
        result.ran_on = timestamp_at(object, "ranOn");
        const auto& components = member(object, "componentResults");
        if (components.is_object()) read_component_result(components, result);
        if (components.is_array())
            for (const auto& component : components) read_component_result(component, result);
        return result;
    }
    Result<ApiReply> operator()(const engine::ReadOutput& call) const {
        const bool is_one = body.is_object() && body.contains("stdData");
        if (!body.is_array() && !is_one) return unreadable("the answer is not a list of outputs");
        engine::Output output;
        const auto take = [&](const json& entry) {
            const auto& text = member(entry, "stdData");
            if (text.is_string() || text.is_number() || text.is_boolean())
                output.text = output.text.value_or("") + text_at(entry, "stdData");
        };
        const auto belongs = [&](const json& entry) {
            return equals_ignoring_case(text_at(entry, "componentUid"), call.component.str());
        };
        if (is_one) {
            take(body);
        } else if (std::any_of(body.begin(), body.end(), belongs)) {
            for (const auto& entry : body)
                if (belongs(entry)) take(entry);
        } else if (body.size() == 1) {
            take(body.front());
        }
        return output;
    }
    Result<ApiReply> operator()(const engine::ReadRequestRate&) const {
        const auto& object = sole_object(body);
        if (!object.is_object() || !(object.contains("accountCount") || object.contains("accountRateLimit")))
            return unreadable("the answer has no request rate");
        const auto positive = [](const json& from, const char* key, std::int64_t otherwise) {
            const auto value = count_at(from, key).value_or(0);
            return value > 0 ? value : otherwise;
        };
        constexpr std::int64_t kLongestWindow = 86'400;
        engine::RequestRate rate;
        rate.window_s =
            std::min(positive(object, "slidingTimeWindowSizeSeconds", rate.window_s), kLongestWindow);
        rate.read_limit = positive(object, "accountRateLimit", rate.read_limit);
        rate.read_count = positive(object, "accountCount", 0);
        rate.write_limit = positive(object, "accountWriteRateLimit", rate.write_limit);
        rate.write_count = positive(object, "accountWriteCount", 0);
        const auto& create = member(member(object, "operationWriteStatus"), "device-job-create");
        rate.create_limit = positive(create, "limit", rate.create_limit);
        rate.create_count = positive(create, "count", create.is_object() ? 0 : rate.write_count);
        return rate;
    }
};

}  // namespace

Result<ApiReply> read_reply(const BaseUrl& base, const engine::ApiCall& call, const std::string& target,
                            const std::string& body) {
    // A write that answers with nothing is answered by its status alone (reference, 2.3).
    if (body.empty() && std::holds_alternative<engine::ResolveAlert>(call)) return engine::AlertResolved{};
    const auto parsed = parse_json(body);
    if (!parsed) return unreadable(body.empty() ? "the answer is empty" : "the answer is not whole JSON");
    return std::visit(Reader{base, target, *parsed}, call);
}

bool is_usable_token(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<Token> read_token(const std::string& body) {
    const auto parsed = parse_json(body);
    if (!parsed) return unreadable("the token call was not answered with JSON");
    Token token;
    token.text = text_at(*parsed, "access_token");
    if (!is_usable_token(token.text)) return unreadable("the token call's answer has no usable access_token");
    // 100 hours is the life that the vendor states; a token that ends earlier is found out by a 401.
    constexpr std::int64_t kStatedLife = 360'000;
    constexpr std::int64_t kLongest = 365LL * 86'400;
    const auto life = integer_at(*parsed, "expires_in").value_or(kStatedLife);
    token.life = std::chrono::seconds{std::clamp<std::int64_t>(life, 0, kLongest)};
    return token;
}

}  // namespace runbookd::datto
