// GET: what happened. Lists are the rows of one view; one thing is found by its uid or an unambiguous prefix.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/record_list.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

/// So many candidates of an ambiguous prefix are named.
constexpr std::int64_t kNamedCandidates = 10;

/// A view that has one row per thing, and how its things are called.
struct Subject {
    ports::View view;
    const char* word;
    const char* uid_column;
    const char* not_found_code;
};
constexpr Subject kRun{ports::View::runs, "run", "run_uid", "NOT_FOUND"};
constexpr Subject kApproval{ports::View::approvals, "approval", "approval_uid", "NOT_FOUND"};
constexpr Subject kJob{ports::View::jobs, "job", "job_uid", "JOB_NOT_FOUND"};

struct Found {
    Json object;  // null where `failure` says why
    Response failure;
};

Response no_such(const Subject& subject, const std::string& uid) {
    return error_response(404, subject.not_found_code,
                          std::string("no ") + subject.word + " has a uid that begins with '" + uid + "'");
}

/// The one row that `uid` names: an exact match, else the only one that begins with it.
Found pick(const Subject& subject, const ports::Rows& rows, const std::string& uid) {
    auto candidates = Json::array();
    const auto objects = rows_view(rows);
    for (const auto& object : objects) {
        const auto found = object.value(subject.uid_column, std::string{});
        if (found == uid) return {object, {}};
        candidates.push_back(found);
    }
    if (objects.empty()) return {nullptr, no_such(subject, uid)};
    if (objects.size() == 1) return {objects.front(), {}};
    Json details;
    details["candidates"] = std::move(candidates);
    return {nullptr, error_response(409, "CONFLICT",
                                    "'" + uid + "' is the beginning of more than one " + subject.word +
                                        "; give more of the uid",
                                    details)};
}

asio::awaitable<Found> find_one(Services services, Subject subject, std::string uid) {
    ports::Query query;
    query.view = subject.view;
    query.uid = uid;
    query.limit = kNamedCandidates;
    const auto rows = co_await services.history.query(std::move(query));
    Found found;
    if (!rows && rows.error().code == ErrorCode::not_found)
        found.failure = no_such(subject, uid);
    else if (!rows)
        found.failure = error_response(rows.error());
    else
        found = pick(subject, *rows, uid);
    co_return found;
}

asio::awaitable<Response> show(Services services, Subject subject, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto found = co_await find_one(services, subject, request.captured["uid"]);
    if (found.object.is_null()) co_return found.failure;
    co_return json_response(found.object);
}

asio::awaitable<Response> show_job(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    auto found = co_await find_one(services, kJob, request.captured["uid"]);
    if (found.object.is_null()) co_return found.failure;
    const auto uid = found.object.value("job_uid", std::string{});
    const auto out = co_await services.history.output(uid, false);
    if (!out) co_return error_response(out.error());
    const auto err = co_await services.history.output(uid, true);
    if (!err) co_return error_response(err.error());
    found.object["stdout"] = *out ? Json(**out) : Json(nullptr);
    found.object["stderr"] = *err ? Json(**err) : Json(nullptr);
    co_return json_response(found.object);
}

asio::awaitable<Response> job_output(Services services, Request request) {
    const auto known = only_known(request, {"stream"});
    if (!known) co_return error_response(known.error());
    const auto stream = query_value(request, "stream").value_or("stdout");
    if (stream != "stdout" && stream != "stderr")
        co_return invalid_request("query parameter 'stream': '" + stream + "' is neither stdout nor stderr");
    const auto found = co_await find_one(services, kJob, request.captured["uid"]);
    if (found.object.is_null()) co_return found.failure;
    const auto uid = found.object.value("job_uid", std::string{});
    const auto text = co_await services.history.output(uid, stream == "stderr");
    if (!text) co_return error_response(text.error());
    if (!*text)
        co_return error_response(404, "NOT_FOUND",
                                 "job " + uid + " has no " + stream + ": none was captured (its status is " +
                                     found.object.value("status", std::string{"unknown"}) + ")");
    Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = **text;
    co_return response;
}

}  // namespace

void add_history_routes(Router& router, Services services) {
    const auto add_list = [&](std::string_view path, ports::View view) {
        add_record_list(router, services, path, view);
    };
    add_list("/v1/runs", ports::View::runs);
    add_list("/v1/targets", ports::View::targets);
    add_list("/v1/jobs", ports::View::jobs);
    add_list("/v1/occurrences", ports::View::occurrences);
    add_list("/v1/events", ports::View::events);
    add_list("/v1/exclusions", ports::View::exclusions);
    add_list("/v1/approvals", ports::View::approvals);
    router.add(Method::get, "/v1/approvals/{uid}",
               [services](Request request) { return show(services, kApproval, std::move(request)); });
    router.add(Method::get, "/v1/runs/{uid}",
               [services](Request request) { return show(services, kRun, std::move(request)); });
    router.add(Method::get, "/v1/jobs/{uid}",
               [services](Request request) { return show_job(services, std::move(request)); });
    router.add(Method::get, "/v1/jobs/{uid}/output",
               [services](Request request) { return job_output(services, std::move(request)); });
}

}  // namespace runbookd::http_api
