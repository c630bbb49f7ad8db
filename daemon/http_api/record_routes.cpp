// What the record says in its own right: outputs in groups, failures, exceptions, and what it no longer
// keeps.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/record_list.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;
using Mode = ports::Retention::Mode;

/// Group numbers begin with 1; none: all groups.
Result<std::optional<std::int64_t>> group_of(const Request& request) {
    const auto text = query_value(request, "group");
    if (!text) return std::optional<std::int64_t>{};
    const bool is_number = !text->empty() && text->size() < 10 && text->front() != '0' &&
                           text->find_first_not_of("0123456789") == std::string::npos;
    if (!is_number)
        return fail(ErrorCode::invalid_input,
                    "query parameter 'group': '" + *text + "' is not the number of a group");
    return std::optional<std::int64_t>{std::stoll(*text)};
}

asio::awaitable<Response> outputs(Services services, Request request) {
    const auto known = only_known(request, {"group", "limit"});
    if (!known) co_return error_response(known.error());
    const auto group = group_of(request);
    if (!group) co_return error_response(group.error());
    const auto limit = query_limit(request, kLargestLimit);
    if (!limit) co_return error_response(limit.error());
    const auto& run = request.captured["uid"];
    Result<ports::Rows> rows;
    if (*group)
        rows = co_await services.history.output_devices(run, **group, *limit);
    else
        rows = co_await services.history.output_groups(run, *limit);
    if (!rows) co_return error_response(rows.error());
    co_return json_response(rows_view(*rows));
}

Result<Mode> read_mode(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_optional_object(request, {"dry_run"});
    if (!body) return tl::unexpected(body.error());
    const auto found = body->find("dry_run");
    if (found == body->end() || found->is_null()) return Mode::remove;
    if (!found->is_boolean()) return fail(ErrorCode::invalid_input, "'dry_run' must be true or false");
    return found->get<bool>() ? Mode::dry_run : Mode::remove;
}

asio::awaitable<Response> prune(Services services, Request request) {
    const auto mode = read_mode(request);
    if (!mode) co_return error_response(mode.error());
    const auto report = co_await services.retention.prune(*mode, request.actor);
    if (!report) co_return error_response(report.error());
    const auto& counts = report->counts;
    Json view;
    view["dry_run"] = *mode == Mode::dry_run;
    view["outputs_before"] = time_or_null(report->horizons.outputs);
    view["history_before"] = time_or_null(report->horizons.history);
    view["events_before"] = time_or_null(report->horizons.events);
    view["outputs"] = counts.outputs;
    view["runs"] = counts.runs;
    view["targets"] = counts.targets;
    view["jobs"] = counts.jobs;
    view["occurrences"] = counts.occurrences;
    view["events"] = counts.events;
    co_return json_response(view);
}

}  // namespace

void add_record_routes(Router& router, Services services) {
    add_record_list(router, services, "/v1/failures", ports::View::failures);
    add_record_list(router, services, "/v1/exceptions", ports::View::exceptions);
    router.add(Method::get, "/v1/runs/{uid}/outputs",
               [services](Request request) { return outputs(services, std::move(request)); });
    router.add(Method::post, "/v1/audit/prune",
               [services](Request request) { return prune(services, std::move(request)); });
}

}  // namespace runbookd::http_api
