#include "http_api/router.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>

#include "http_api/errors.hpp"

namespace runbookd::http_api {
namespace {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> segments;
    path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_capture(std::string_view segment) { return segment.size() > 2 && segment.front() == '{'; }

/// What the pattern's captures stand for, or nullopt where the path does not fit it.
std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        const std::vector<std::string>& path) {
    if (pattern.size() != path.size()) return std::nullopt;
    std::map<std::string, std::string> captured;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_capture(pattern[i])) {
            if (path[i].empty()) return std::nullopt;
            captured[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
        } else if (pattern[i] != path[i]) {
            return std::nullopt;
        }
    }
    return captured;
}

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler handler) {
    routes_.push_back(Route{method, split_path(pattern), std::move(handler)});
}

std::variant<const Handler*, Response> Router::find(Request& request) const {
    std::string allowed;
    for (const auto& route : routes_) {
        auto captured = match(route.pattern, request.path);
        if (!captured) continue;
        if (route.method == request.method) {
            request.captured = std::move(*captured);
            return &route.handler;
        }
        if (!allowed.empty()) allowed += ", ";
        allowed += route.method == Method::get ? "GET" : "POST";
    }
    if (allowed.empty())
        return error_response(404, "NOT_FOUND",
                              "there is nothing at this path; docs/api.md lists the routes");
    auto response = error_response(405, "METHOD_NOT_ALLOWED", "this path takes " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

bool read_target(std::string_view target, Request& request) {
    const auto parsed = boost::urls::parse_origin_form(target);
    if (!parsed) return false;
    for (const std::string segment : parsed->segments()) request.path.push_back(segment);
    for (const auto param : parsed->params())
        if (!request.query.emplace(std::string(param.key), std::string(param.value)).second) return false;
    return true;
}

}  // namespace runbookd::http_api
