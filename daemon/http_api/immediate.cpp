#include "http_api/immediate.hpp"

#include <utility>

namespace runbookd::http_api {
namespace {

boost::asio::awaitable<Response> answer_at_once(Immediate answer, Services services, Request request) {
    co_return answer(services, request);
}

}  // namespace

void add_immediate(Router& router, std::string_view path, Services services, Immediate answer) {
    router.add(Method::get, path, [services, answer](Request request) {
        return answer_at_once(answer, services, std::move(request));
    });
}

}  // namespace runbookd::http_api
