// GET: what is now, from the daemon's memory. No await inside, so each answer is one consistent instant.
#include <nlohmann/json.hpp>

#include "http_api/component_search.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/immediate.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Response list_runbooks(Services services, const Request& request) {
    const auto known = only_known(request, {"runbook"});
    if (!known) return error_response(known.error());
    const auto wanted = query_value(request, "runbook");
    auto list = Json::array();
    for (const auto& runbook : services.control.runbooks())
        if (!wanted || *wanted == runbook.name) list.push_back(runbook_view(runbook));
    return json_response(list);
}

Response list_components(Services services, const Request& request) {
    const auto known = only_known(request, {"name"});
    if (!known) return error_response(known.error());
    if (!services.control.knows_components())
        return error_response(
            503, "UNAVAILABLE",
            "the components have not been read yet; try again in a moment (see `runbookctl status`)");
    auto found = services.control.components();
    if (const auto name = query_value(request, "name")) {
        const auto all = std::move(found);
        found = search_components(all, *name);
        if (found.empty()) {
            Json details;
            details["suggestions"] = components_near(all, *name);
            return error_response(404, "COMPONENT_NOT_FOUND",
                                  "no component is called '" + *name + "', and no name contains it", details);
        }
    }
    auto list = Json::array();
    for (const auto& component : found) list.push_back(component_view(component));
    return json_response(list);
}

Response show_status(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    return json_response(status_view(services.control.status()));
}

Response show_health(Services services, const Request&) {
    const auto status = services.control.status();
    Json view;
    view["state"] = status.state;
    view["problems"] = status.problems;
    return json_response(view, status.state == "running" ? 200 : 503);
}

}  // namespace

void add_state_routes(Router& router, Services services) {
    const auto add = [&](std::string_view path, Immediate answer) {
        add_immediate(router, path, services, answer);
    };
    add("/v1/runbooks", list_runbooks);
    add("/v1/components", list_components);
    add("/v1/status", show_status);
    add("/healthz", show_health);
}

}  // namespace runbookd::http_api
