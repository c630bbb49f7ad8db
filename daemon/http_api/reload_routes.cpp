// What a reload would do, doing it, and the text of a runbook that is in force.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/spelling.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/runbook_names.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Json operations_view(const std::vector<runbook::Operation>& operations) {
    auto list = Json::array();
    for (const auto& operation : operations) list.push_back(operation_view(operation));
    return list;
}

asio::awaitable<Response> diff(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto operations = co_await services.reload.preview();
    if (!operations) co_return error_response(operations.error());
    co_return json_response(operations_view(*operations));
}

asio::awaitable<Response> apply(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto body = read_optional_object(request, {"note"});
    if (!body) co_return error_response(body.error());
    auto note = text_field(*body, "note");
    if (!note) co_return error_response(note.error());
    ports::ReloadRequest asked{request.actor, std::move(*note)};
    const auto done = co_await services.reload.apply(std::move(asked));
    if (!done) co_return error_response(done.error());
    Json view;
    view["status"] = done->waits_for_clock ? "waits_for_clock" : "done";
    view["operations"] = operations_view(done->operations);
    co_return json_response(view);
}

/// The runbook's status, and the columns of runbook_revisions besides.
asio::awaitable<Response> show_runbook(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto& name = request.captured["name"];
    const auto all = services.control.runbooks();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& runbook) { return runbook.name == name; });
    if (found == all.end()) co_return no_such_runbook(services, name);
    auto view = runbook_view(*found);
    const auto revision = co_await services.history.revision(name, found->revision);
    if (!revision) co_return error_response(revision.error());
    if (!revision->rows.empty()) {
        const auto columns = row_view(*revision, 0);  // named: items() of a temporary would dangle
        for (const auto& [key, value] : columns.items()) view[key] = value;
    }
    co_return json_response(view);
}

}  // namespace

Response no_such_runbook(Services services, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& runbook : services.control.runbooks()) names.push_back(runbook.name);
    Json details;
    details["suggestions"] = nearest(name, names);
    return error_response(404, "NOT_FOUND", "runbook '" + name + "' does not exist", details);
}

void add_reload_routes(Router& router, Services services) {
    router.add(Method::get, "/v1/diff",
               [services](Request request) { return diff(services, std::move(request)); });
    router.add(Method::post, "/v1/apply", once(services.keys, [services](Request request) {
                   return apply(services, std::move(request));
               }));
    router.add(Method::get, "/v1/runbooks/{name}",
               [services](Request request) { return show_runbook(services, std::move(request)); });
}

}  // namespace runbookd::http_api
