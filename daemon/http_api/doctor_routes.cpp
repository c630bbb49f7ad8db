// GET: the daemon's health, point by point.
#include <nlohmann/json.hpp>

#include "http_api/doctor.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/immediate.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

Response show_doctor(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    const auto status = services.control.status();
    const auto checks = examine(status);
    Json view;
    view["healthy"] = is_healthy(checks);
    view["checks"] = Json::array();
    for (const auto& check : checks) {
        Json shown;
        shown["check"] = check.name;
        shown["status"] = to_text(check.health);
        shown["message"] = check.message;
        view["checks"].push_back(std::move(shown));
    }
    view["held"] = Json::array();
    for (const auto& held : status.held) view["held"].push_back(held_view(held));
    view["accepting"] = text_or_null(accepting_words(status.held));
    return json_response(view);
}

}  // namespace

void add_doctor_routes(Router& router, Services services) {
    add_immediate(router, "/v1/doctor", services, show_doctor);
}

}  // namespace runbookd::http_api
