// POST: a person's word on a job that nobody knows about.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;
using Word = ports::SettleRequest::Word;

Result<Word> word_of(const std::string& text) {
    if (text == "ran") return Word::ran;
    if (text == "not_run") return Word::not_run;
    if (text == "redispatch") return Word::redispatch;
    return fail(ErrorCode::invalid_input, "'outcome': '" + text + "' is neither ran, not_run nor redispatch");
}

Result<ports::SettleRequest> read_settle(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"outcome", "reason"});
    if (!body) return tl::unexpected(body.error());
    const auto outcome = required_text(*body, "outcome");
    if (!outcome) return tl::unexpected(outcome.error());
    const auto word = word_of(*outcome);
    if (!word) return tl::unexpected(word.error());
    auto reason = required_text(*body, "reason");
    if (!reason) return tl::unexpected(reason.error());
    return ports::SettleRequest{request.captured.at("uid"), *word, std::move(*reason), request.actor};
}

asio::awaitable<Response> settle(Services services, Request request) {
    auto asked = read_settle(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.settle(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json view;
    view["job_uid"] = accepted->job.str();
    view["run_uid"] = accepted->run.str();
    view["device_uid"] = accepted->device.str();
    view["hostname"] = accepted->hostname;
    view["disposition"] = accepted->disposition;
    view["reason"] = accepted->reason;
    view["new_run_uid"] = accepted->new_run ? Json(accepted->new_run->str()) : Json(nullptr);
    co_return json_response(view, accepted->new_run ? 201 : 200);
}

}  // namespace

void add_settle_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/jobs/{uid}/settle", once(services.keys, [services](Request request) {
                   return settle(services, std::move(request));
               }));
}

}  // namespace runbookd::http_api
