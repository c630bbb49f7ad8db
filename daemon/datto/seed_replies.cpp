#include "datto/seed_replies.hpp"

#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/json_read.hpp"
#include "datto/list_reply.hpp"
#include "datto/replies.hpp"
#include "datto/timestamp.hpp"

namespace runbookd::datto {
namespace {

using engine::ApiReply;
using engine::DeploymentStatus;
using nlohmann::json;

tl::unexpected<Error> unreadable(std::string what) { return fail(ErrorCode::unavailable, std::move(what)); }

/// A failed job's reason, where it says more than that it failed; runbookd gives one, others need not.
DeploymentStatus failed_as(std::string_view reason) {
    if (reason == "datto_expired") return DeploymentStatus::expired;
    if (reason == "retired") return DeploymentStatus::retired;
    return DeploymentStatus::failure;
}

DeploymentStatus completed_as(std::optional<std::int64_t> exit_code, std::string_view reason) {
    if (exit_code.value_or(0) != 0) return DeploymentStatus::failure;
    return reason == "warnings" ? DeploymentStatus::warning : DeploymentStatus::success;
}

DeploymentStatus status_of(std::string_view status, std::optional<std::int64_t> exit_code,
                           std::string_view reason) {
    const auto is = [&](std::string_view word) { return equals_ignoring_case(status, word); };
    if (is("created") || is("queued")) return DeploymentStatus::pending;
    if (is("running")) return DeploymentStatus::running;
    if (is("completed")) return completed_as(exit_code, reason);
    if (is("failed")) return failed_as(reason);
    return is("timeout") ? DeploymentStatus::expired : DeploymentStatus::other;
}

bool has_ended(DeploymentStatus status) {
    return status != DeploymentStatus::pending && status != DeploymentStatus::running &&
           status != DeploymentStatus::other;
}

std::optional<std::string> output_at(const json& job, std::string_view key) {
    const auto& text = member(job, key);
    if (!text.is_string()) return std::nullopt;
    return text.get<std::string>();
}

struct Reader {
    const BaseUrl& base;
    const engine::ApiCall& call;
    const std::string& target;
    const std::string& text;

    /// What every object of a job has.
    [[nodiscard]] Result<json> job() const {
        auto parsed = parse_json(text);
        if (!parsed) return unreadable(text.empty() ? "the answer is empty" : "the answer is not whole JSON");
        if (parsed->is_array() && parsed->size() == 1) parsed = json(parsed->front());
        if (!parsed->is_object() || !parsed->contains("status"))
            return unreadable("the answer has no job 'status'");
        return std::move(*parsed);
    }

    Result<ApiReply> operator()(const engine::CreateQuickJob&) const {
        const auto parsed = parse_json(text);
        auto uid = parsed ? text_at(*parsed, "jobUid") : std::string();
        if (uid.empty()) return unreadable("the answer has no 'jobUid'");
        engine::CreatedJob created;
        created.job = DattoJobUid{std::move(uid)};
        return created;
    }
    Result<ApiReply> operator()(const engine::ReadResult&) const {
        const auto object = job();
        if (!object) return tl::unexpected<Error>(object.error());
        const auto reason = text_at(*object, "reason");
        engine::JobResult result;
        result.status_text = text_at(*object, "status");
        result.exit_code = integer_at(*object, "exitCode");
        result.status = status_of(result.status_text, result.exit_code, reason);
        if (!reason.empty()) result.status_text += " / " + reason;
        result.ran_on = timestamp_at(*object, "startedAt");
        if (!has_ended(result.status)) return result;
        result.out = output_at(*object, "stdout");
        result.err = output_at(*object, "stderr");
        result.has_stdout = result.out.has_value();
        result.has_stderr = result.err.has_value();
        return result;
    }
    Result<ApiReply> operator()(const engine::ReadOutput& read) const {
        const auto object = job();
        if (!object) return tl::unexpected<Error>(object.error());
        engine::Output output;
        output.text = output_at(*object, read.stream == engine::Stream::out ? "stdout" : "stderr");
        return output;
    }
    /// The rest answers as in the real API.
    template <class Other>
    Result<ApiReply> operator()(const Other&) const {
        return read_reply(base, call, target, text);
    }
};

}  // namespace

Result<ApiReply> read_seed_reply(const BaseUrl& base, const engine::ApiCall& call, const std::string& target,
                                 const std::string& body) {
    return std::visit(Reader{base, call, target, body}, call);
}

bool is_refused_create(const std::string& body) {
    const auto parsed = parse_json(body);
    if (!parsed) return false;
    const auto code = text_at(*parsed, "errorCode");
    const auto& details = member(*parsed, "details");
    return code == "REFUSED_BY_RULE" || (code == "CONFLICT" && !text_at(details, "deviceUid").empty());
}

}  // namespace runbookd::datto
