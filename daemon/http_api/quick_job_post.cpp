#include "http_api/quick_job_post.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "http_api/errors.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

/// Whatever way the handler ends, its key does not stay under way: where nobody has said what came of the
/// request, that is in doubt.
class KeyInUse {
public:
    KeyInUse(IdempotencyKeys& keys, const Request& request) : keys_(keys), request_(request) {}
    ~KeyInUse() {
        if (!is_settled_) keys_.doubt(request_);
    }
    KeyInUse(const KeyInUse&) = delete;
    KeyInUse& operator=(const KeyInUse&) = delete;

    Response settle(Response response) {
        is_settled_ = true;
        keys_.finish(request_, response);
        return response;
    }

private:
    IdempotencyKeys& keys_;
    const Request& request_;
    bool is_settled_ = false;
};

/// Whether the run is recorded and goes out when it can, though its job has not: then the key stands for it.
bool is_recorded(const Error& error) { return error.code == ErrorCode::unavailable && !error.names.empty(); }

Response key_conflict(const Request& request, const std::string& message, const std::string& run) {
    Json details;
    details["idempotencyKey"] = request.idempotency_key;
    if (!run.empty()) details["runUid"] = run;
    return error_response(409, "CONFLICT", message, details);
}

/// What the record says of the key's request.
Response recorded_answer(const Request& request, const ports::Rows& rows, const QuickJobWords& words) {
    const auto row = row_view(rows, 0);
    if (row.value("request", std::string()) != fingerprint_of(request)) return key_of_another_request();
    const auto run = row.value("run_uid", std::string());
    if (!row.at("job_uid").is_null()) {
        ports::QuickJobAccepted job;
        job.job = JobUid{row.value("job_uid", std::string())};
        job.run = RunUid{run};
        job.device = DeviceUid{row.value("device_uid", std::string())};
        job.component = ComponentUid{row.value("component_uid", std::string())};
        job.status = "queued";
        job.created_at = from_unix_ms(row.value("created_at_ms", std::int64_t{0}));
        return replayed(words.accepted(job));
    }
    if (row.at("finished_at_ms").is_null())
        return key_conflict(request, "run " + run + " of this Idempotency-Key has not started its job yet",
                            run);
    const auto& reason = row.at("reason");
    return words.refused(
        {ErrorCode::refused_by_rule, "run " + run + " of this Idempotency-Key ended without a job: " +
                                         (reason.is_string() ? reason.get<std::string>() : std::string())});
}

asio::awaitable<Response> post_once(Services services, Request request, ports::QuickJobRequest asked,
                                    QuickJobWords words) {
    const auto earlier = services.keys.begin(request);
    if (earlier) co_return *earlier;
    KeyInUse key(services.keys, request);
    const bool was_in_doubt = services.keys.was_in_doubt(request);
    const auto recorded = co_await services.history.keyed_job(request.actor, request.idempotency_key);
    if (!recorded && !was_in_doubt) co_return key.settle(words.refused(recorded.error()));
    if (!recorded) co_return words.refused(recorded.error());
    if (!recorded->rows.empty()) {
        auto response = recorded_answer(request, *recorded, words);
        co_return key.settle(std::move(response));
    }
    if (was_in_doubt)
        co_return key_conflict(request, "what came of this Idempotency-Key's first request is not known yet",
                               "");
    asked.key = ports::RequestKey{request.idempotency_key, fingerprint_of(request)};
    const auto accepted = co_await services.control.quick_job(std::move(asked));
    if (accepted) co_return key.settle(words.accepted(*accepted));
    auto response = words.refused(accepted.error());
    if (is_recorded(accepted.error())) co_return response;
    co_return key.settle(std::move(response));
}

}  // namespace

asio::awaitable<Response> post_quick_job(Services services, Request request, ports::QuickJobRequest asked,
                                         QuickJobWords words) {
    if (!request.idempotency_key.empty())
        co_return co_await post_once(services, std::move(request), std::move(asked), std::move(words));
    const auto accepted = co_await services.control.quick_job(std::move(asked));
    co_return accepted ? words.accepted(*accepted) : words.refused(accepted.error());
}

}  // namespace runbookd::http_api
