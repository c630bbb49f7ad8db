#include "http_api/router.hpp"

#include "catch.hpp"

namespace runbookd::http_api {
namespace {

Router example() {
    Router router;
    const Handler nothing = [](Request) -> boost::asio::awaitable<Response> { co_return Response{}; };
    router.add(Method::get, "/v1/runs", nothing);
    router.add(Method::post, "/v1/runs", nothing);
    router.add(Method::get, "/v1/runs/{uid}", nothing);
    return router;
}

Request request_for(Method method, std::string_view target) {
    Request request;
    request.method = method;
    REQUIRE(read_target(target, request));
    return request;
}

unsigned refusal_of(Method method, std::string_view target) {
    auto request = request_for(method, target);
    const auto found = example().find(request);
    REQUIRE(std::holds_alternative<Response>(found));
    return std::get<Response>(found).status;
}

}  // namespace

TEST_CASE("an unknown path is not found and a wrong verb is not allowed", "[http_api]") {
    CHECK(refusal_of(Method::get, "/v1/rnus") == 404);
    CHECK(refusal_of(Method::get, "/") == 404);
    CHECK(refusal_of(Method::get, "/v1/runs/") == 404);
    CHECK(refusal_of(Method::get, "/v1/runs/a/b") == 404);
    CHECK(refusal_of(Method::post, "/v1/runs/a") == 405);
    CHECK(refusal_of(Method::other, "/v1/runs") == 405);
}

TEST_CASE("a refused verb is told which would do", "[http_api]") {
    auto request = request_for(Method::other, "/v1/runs");
    const auto found = example().find(request);
    const auto& headers = std::get<Response>(found).headers;
    REQUIRE(headers.size() == 1);
    CHECK(headers[0].second == "GET, POST");
}

TEST_CASE("a braced segment captures what stands there, decoded", "[http_api]") {
    auto request = request_for(Method::get, "/v1/runs/a%2Fb%20c");
    const auto router = example();
    const auto found = router.find(request);
    REQUIRE(std::holds_alternative<const Handler*>(found));
    CHECK(request.captured.at("uid") == "a/b c");
}

TEST_CASE("query parameters are decoded", "[http_api]") {
    const auto request =
        request_for(Method::get, "/v1/runs?site=Acme%20HQ&since=2026-01-01T00:00:00%2B01:00&x");
    CHECK(request.query.at("site") == "Acme HQ");
    CHECK(request.query.at("since") == "2026-01-01T00:00:00+01:00");
    CHECK(request.query.at("x").empty());
}

TEST_CASE("a malformed target or a repeated parameter is refused", "[http_api]") {
    for (const auto* target : {"", "v1/runs", "*", "/v1/%zz", "/v1/runs?a=1&a=2", "http://host/v1/runs"}) {
        Request request;
        INFO(target);
        CHECK_FALSE(read_target(target, request));
    }
}

}  // namespace runbookd::http_api
