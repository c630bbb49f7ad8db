// GET: what has become of a runbook's devices, and why.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/spelling.hpp"
#include "http_api/coming_why.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/runbook_names.hpp"
#include "http_api/views.hpp"
#include "http_api/why.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Result<ports::CoverageQuery> read_coverage(const Request& request) {
    const auto known = only_known(request, {"customer", "since", "limit", "offset"});
    if (!known) return tl::unexpected(known.error());
    const auto since = query_time(request, "since");
    if (!since) return tl::unexpected(since.error());
    const auto limit = query_limit(request, kLargestLimit);
    if (!limit) return tl::unexpected(limit.error());
    const auto offset = query_offset(request);
    if (!offset) return tl::unexpected(offset.error());
    ports::CoverageQuery query;
    query.runbook = request.captured.at("name");
    query.customer = query_value(request, "customer");
    if (*since) query.since_ms = to_unix_ms(**since);
    query.limit = *limit;
    query.offset = *offset;
    return query;
}

bool is_in_force(const Services& services, const std::string& name) {
    const auto all = services.control.runbooks();
    return std::any_of(all.begin(), all.end(), [&](const auto& runbook) { return runbook.name == name; });
}

asio::awaitable<Response> coverage(Services services, Request request) {
    auto query = read_coverage(request);
    if (!query) co_return error_response(query.error());
    const auto name = query->runbook;
    const bool is_known = is_in_force(services, name);
    if (!is_known) {
        // One whose file is gone still has its record.
        const auto ever = co_await services.history.revision(name, std::nullopt);
        if (!ever) co_return error_response(ever.error());
        if (ever->rows.empty()) co_return no_such_runbook(services, name);
    }
    const auto rows = co_await services.history.coverage(std::move(*query));
    if (!rows) co_return error_response(rows.error());
    co_return json_response(rows_view(*rows));
}

Response no_such_device(const Services& services, const std::string& device) {
    std::vector<std::string> names;
    for (const auto& known : services.control.fleet().devices) names.push_back(known.hostname);
    Json details;
    details["suggestions"] = nearest(device, names);
    return error_response(404, "DEVICE_NOT_FOUND",
                          "no device '" + device + "' was ever in the account's list or in a run", details);
}

Response several_devices(const ports::Rows& devices, const std::string& device) {
    Json details;
    details["candidates"] = Json::array();
    const auto rows = rows_view(devices);
    for (const auto& row : rows)
        details["candidates"].push_back(row.value("device_uid", "") + " (" + row.value("hostname", "") +
                                        " at " + row.value("site_name", "") + ")");
    return error_response(409, "CONFLICT", "several devices are called '" + device + "'; give a uid instead",
                          details);
}

asio::awaitable<Response> why(Services services, Request request) {
    const auto known = only_known(request, {"device", "at"});
    if (!known) co_return error_response(known.error());
    const auto device = query_value(request, "device");
    if (!device || device->empty())
        co_return invalid_request("query parameter 'device' is needed: a hostname or uid");
    const auto at = query_time(request, "at");
    if (!at) co_return error_response(at.error());
    const auto now = services.control.status().now;
    const bool is_to_come = *at && **at > now;
    WhyQuestion question{request.captured["name"], is_to_come ? now : at->value_or(now), at->has_value()};
    ports::WhyQuery query{question.runbook, *device, to_unix_ms(question.at)};
    const auto facts = co_await services.history.why(std::move(query));
    if (!facts) co_return error_response(facts.error());
    if (facts->revisions.rows.empty()) co_return no_such_runbook(services, question.runbook);
    if (facts->devices.rows.empty()) co_return no_such_device(services, *device);
    if (facts->devices.rows.size() > 1) co_return several_devices(facts->devices, *device);
    if (!is_to_come) co_return json_response(why_view(question, *facts));
    const auto row = row_view(facts->devices, 0);
    ports::PlanRequest asked;
    asked.runbook = question.runbook;
    asked.at = *at;
    const auto preview = co_await services.planning.plan(std::move(asked));
    if (!preview) co_return error_response(preview.error());
    co_return json_response(
        coming_why_view(*preview, {row.value("device_uid", ""), row.value("hostname", "")}));
}

}  // namespace

void add_device_questions(Router& router, Services services) {
    router.add(Method::get, "/v1/runbooks/{name}/coverage",
               [services](Request request) { return coverage(services, std::move(request)); });
    router.add(Method::get, "/v1/runbooks/{name}/why",
               [services](Request request) { return why(services, std::move(request)); });
}

}  // namespace runbookd::http_api
