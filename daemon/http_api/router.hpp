#pragma once
// The route table: path pattern, verb, function. An unknown path and a wrong verb are different answers.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http_api/message.hpp"

namespace runbookd::http_api {

/// A handler answers every expected failure with a Response; what it throws becomes a 500.
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

class Router {
public:
    /// `pattern` is a path whose `{name}` segments match any one non-empty segment: "/v1/runs/{uid}". A
    /// literal segment wins over a `{name}` when it was added first.
    void add(Method method, std::string_view pattern, Handler handler);

    /// The handler for the request, whose `captured` is filled; else the answer to give: 404 NOT_FOUND, or
    /// 405 METHOD_NOT_ALLOWED with `Allow`.
    [[nodiscard]] std::variant<const Handler*, Response> find(Request& request) const;

private:
    struct Route {
        Method method;
        std::vector<std::string> pattern;
        Handler handler;
    };
    std::vector<Route> routes_;
};

/// Splits and decodes a request target ("/v1/runs?limit=5") into `request`. False: it is not one, or names a
/// query parameter twice.
[[nodiscard]] bool read_target(std::string_view target, Request& request);

}  // namespace runbookd::http_api
