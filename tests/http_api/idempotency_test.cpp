#include "http_api/idempotency.hpp"

#include "catch.hpp"

namespace runbookd::http_api {
namespace {

Request keyed(std::string key, std::string body = "{}") {
    Request request;
    request.path = {"v1", "runs"};
    request.idempotency_key = std::move(key);
    request.body = std::move(body);
    request.actor = "ann";
    return request;
}

Response success(std::string body) {
    Response response;
    response.status = 201;
    response.body = std::move(body);
    return response;
}

}  // namespace

TEST_CASE("the same key again gets the first answer", "[http_api]") {
    IdempotencyKeys keys;
    REQUIRE_FALSE(keys.begin(keyed("k")));
    keys.finish(keyed("k"), success("first"));
    const auto again = keys.begin(keyed("k"));
    REQUIRE(again);
    CHECK(again->status == 201);
    CHECK(again->body == "first");
    CHECK(again->headers.back().first == "Idempotency-Replayed");
}

TEST_CASE("requests without a key are all new", "[http_api]") {
    IdempotencyKeys keys;
    CHECK_FALSE(keys.begin(keyed("")));
    keys.finish(keyed(""), success("x"));
    CHECK_FALSE(keys.begin(keyed("")));
}

TEST_CASE("a key that stands for something else or is under way is a conflict", "[http_api]") {
    IdempotencyKeys keys;
    REQUIRE_FALSE(keys.begin(keyed("k")));
    CHECK(keys.begin(keyed("k"))->status == 409);
    CHECK(keys.begin(keyed("k", R"({"other": 1})"))->status == 409);
    auto another_person = keyed("k");
    another_person.actor = "bob";
    CHECK_FALSE(keys.begin(another_person));
}

TEST_CASE("a failure frees its key", "[http_api]") {
    IdempotencyKeys keys;
    REQUIRE_FALSE(keys.begin(keyed("k")));
    Response failure;
    failure.status = 503;
    keys.finish(keyed("k"), failure);
    CHECK_FALSE(keys.begin(keyed("k")));
}

TEST_CASE("only the newest keys are kept", "[http_api]") {
    IdempotencyKeys keys(2);
    for (const auto* key : {"a", "b", "c"}) {
        REQUIRE_FALSE(keys.begin(keyed(key)));
        keys.finish(keyed(key), success(key));
    }
    CHECK(keys.begin(keyed("c")));
    CHECK(keys.begin(keyed("b")));
    CHECK_FALSE(keys.begin(keyed("a")));
}

}  // namespace runbookd::http_api
