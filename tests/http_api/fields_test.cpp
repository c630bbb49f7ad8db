#include "http_api/fields.hpp"

#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "catch.hpp"
#include "http_api/contains.hpp"

namespace runbookd::http_api {
namespace {

Request with_query(std::map<std::string, std::string> query) {
    Request request;
    request.query = std::move(query);
    return request;
}

Request with_body(std::string body) {
    Request request;
    request.body = std::move(body);
    return request;
}

}  // namespace

TEST_CASE("list filters are read into a query", "[http_api]") {
    const auto query = read_query(with_query({{"runbook", "clean"},
                                              {"site", "Acme HQ"},
                                              {"status", "failed"},
                                              {"since", "2026-01-01"},
                                              {"limit", "7"}}),
                                  ports::View::jobs);
    REQUIRE(query);
    CHECK(query->view == ports::View::jobs);
    CHECK(query->runbook == "clean");
    CHECK(query->site == "Acme HQ");
    CHECK(query->status == "failed");
    CHECK(query->since_ms == 1'767'225'600'000);
    CHECK_FALSE(query->until_ms);
    CHECK(query->limit == 7);
}

TEST_CASE("a list of everything has a limit, a list of one run has all of it", "[http_api]") {
    CHECK(read_query(with_query({}), ports::View::targets)->limit == 100);
    CHECK(read_query(with_query({{"run", "01A"}}), ports::View::targets)->limit == kLargestLimit);
}

TEST_CASE("a wrong filter is named, with what would be right", "[http_api]") {
    const auto message = [](std::map<std::string, std::string> query) {
        const auto read = read_query(with_query(std::move(query)), ports::View::runs);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::invalid_input);
        return read.error().message;
    };
    CHECK(message({{"runbok", "a"}}) == "unknown query parameter 'runbok'; did you mean 'runbook'?");
    CHECK(message({{"limit", "0"}}) == "query parameter 'limit': '0' is not a whole number from 1 to 100000");
    CHECK(message({{"limit", "9x"}}) ==
          "query parameter 'limit': '9x' is not a whole number from 1 to 100000");
    CHECK(testing::contains(message({{"since", "soon"}}), "'since': 'soon' is not a time"));
}

TEST_CASE("a body must be an object of known keys", "[http_api]") {
    const auto refusal = [](const char* body) {
        const auto read = read_object(with_body(body), {"runbook", "note"}, {"at"});
        REQUIRE_FALSE(read);
        return read.error();
    };
    CHECK(refusal("{").message == "the body is not JSON");
    CHECK(refusal("[]").message == "the body must be a JSON object");
    CHECK(refusal(R"({"runbok": 1})").message == "unknown key 'runbok'; did you mean 'runbook'?");
    CHECK(refusal(R"({"at": "x"})").code == ErrorCode::not_supported);
    CHECK(read_object(with_body(R"({"note": "x"})"), {"runbook", "note"}));
}

TEST_CASE("variables are texts; numbers and booleans are taken as written", "[http_api]") {
    const auto object = nlohmann::ordered_json::parse(R"({"variables": {"a": "x", "b": 30, "c": true}})");
    const auto variables = variables_field(object);
    REQUIRE(variables);
    CHECK(*variables == std::map<std::string, std::string>{{"a", "x"}, {"b", "30"}, {"c", "true"}});
    CHECK_FALSE(variables_field(nlohmann::ordered_json::parse(R"({"variables": {"a": null}})")));
    CHECK_FALSE(variables_field(nlohmann::ordered_json::parse(R"({"variables": ["a"]})")));
}

}  // namespace runbookd::http_api
