#pragma once
// A request and a response in plain words: what the route handlers see. No Beast here.
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runbookd::http_api {

enum class Method { get, post, other };

struct Request {
    Method method = Method::get;
    std::vector<std::string> path;                ///< segments, percent-decoded
    std::map<std::string, std::string> query;     ///< decoded; a repeated name was refused before
    std::map<std::string, std::string> captured;  ///< what `{name}` in the route's pattern stood for
    std::string body;
    std::string idempotency_key;  ///< the header; empty: none
    std::string actor;            ///< who asks: the peer's user name
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beyond those every answer has
};

}  // namespace runbookd::http_api
