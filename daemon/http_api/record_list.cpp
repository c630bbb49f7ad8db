#include "http_api/record_list.hpp"

#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;

asio::awaitable<Response> list(Services services, ports::View view, Request request) {
    const auto query = read_query(request, view);
    if (!query) co_return error_response(query.error());
    const auto rows = co_await services.history.query(*query);
    if (!rows) co_return error_response(rows.error());
    co_return json_response(rows_view(*rows));
}

}  // namespace

void add_record_list(Router& router, Services services, std::string_view path, ports::View view) {
    router.add(Method::get, path,
               [services, view](Request request) { return list(services, view, std::move(request)); });
}

}  // namespace runbookd::http_api
