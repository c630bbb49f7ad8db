// POST: a person says yes or no to what waits for that.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

enum class Words { may_be_empty, needed };

/// `field`: where the person's words stand.
Result<ports::ApproveRequest> read_word(const Request& request, const char* field, Words words) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_optional_object(request, {field});
    if (!body) return tl::unexpected(body.error());
    auto said = text_field(*body, field);
    if (!said) return tl::unexpected(said.error());
    if (words == Words::needed && said->empty())
        return fail(ErrorCode::invalid_input,
                    std::string("'") + field + "' is missing: say why, for those who read the record");
    return ports::ApproveRequest{request.captured.at("uid"), std::move(*said), request.actor};
}

asio::awaitable<Response> approve(Services services, Request request) {
    auto asked = read_word(request, "note", Words::may_be_empty);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.approve(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json view;
    view["run_uid"] = text_or_null(accepted->run.str());
    view["runbook"] = accepted->runbook;
    view["wave"] = accepted->wave > 0 ? Json(accepted->wave) : Json(nullptr);
    view["approval_uid"] = text_or_null(accepted->approval.str());
    view["nominal_at"] = time_or_null(accepted->nominal);
    view["devices"] = number_or_null(accepted->devices);
    co_return json_response(view);
}

asio::awaitable<Response> reject(Services services, Request request) {
    auto asked = read_word(request, "reason", Words::needed);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.reject(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json view;
    view["run_uid"] = text_or_null(accepted->run.str());
    view["runbook"] = accepted->runbook;
    view["skipped"] = accepted->skipped;
    view["approval_uid"] = text_or_null(accepted->approval.str());
    view["nominal_at"] = time_or_null(accepted->nominal);
    co_return json_response(view);
}

}  // namespace

void add_approval_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/runs/{uid}/approve", once(services.keys, [services](Request request) {
                   return approve(services, std::move(request));
               }));
    router.add(Method::post, "/v1/runs/{uid}/reject", once(services.keys, [services](Request request) {
                   return reject(services, std::move(request));
               }));
}

}  // namespace runbookd::http_api
