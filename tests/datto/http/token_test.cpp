// When a token is fetched, by whom, and what its failures mean for the call that waited for it.
#include "datto/http/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

ServerAnswer status_answer(int status, const std::string& body = "{}") {
    ServerAnswer answer;
    answer.bytes = http_answer(status, body);
    return answer;
}

/// Numbers its tokens; everything else is a created job.
struct NumberedTokens {
    std::string life = "360000";
    int issued = 0;
    ServerAnswer operator()(const SeenRequest& request) {
        if (request.target != kTokenPath) return json_answer(kCreated);
        return token_answer("t" + std::to_string(++issued), life);
    }
};

}  // namespace

TEST_CASE("many calls at once wait for one token", "[datto]") {
    Bench bench(NumberedTokens{});
    const std::vector<engine::ApiCall> calls(20, any_create());
    for (const auto& result : bench.perform(calls)) CHECK(result);
    CHECK(bench.server.count(kTokenPath) == 1);
}

TEST_CASE("a token is renewed ten minutes before its end", "[datto]") {
    Bench bench(NumberedTokens{});
    CHECK(bench.perform(any_create()));
    bench.clock.shift = std::chrono::hours{100} - std::chrono::minutes{11};
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.count(kTokenPath) == 1);
    bench.clock.shift += std::chrono::minutes{2};
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.count(kTokenPath) == 2);
    CHECK(bench.server.seen().back().authorization == "Bearer t2");
}

TEST_CASE("a short-lived token is used for nine tenths of its life", "[datto]") {
    NumberedTokens tokens;
    tokens.life = "600";
    Bench bench(tokens);
    CHECK(bench.perform(any_create()));
    bench.clock.shift = std::chrono::seconds{500};
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.count(kTokenPath) == 1);
    bench.clock.shift = std::chrono::seconds{545};
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.count(kTokenPath) == 2);
}

TEST_CASE("a renewal that fails leaves the old token in use until its end", "[datto]") {
    int fetches = 0;
    Bench bench([&fetches](const SeenRequest& request) {
        if (request.target != kTokenPath) return json_answer(kCreated);
        return ++fetches == 1 ? token_answer() : status_answer(503);
    });
    CHECK(bench.perform(any_create()));
    bench.clock.shift = std::chrono::hours{100} - std::chrono::minutes{5};
    CHECK(bench.perform(any_create()));
    CHECK(fetches == 2);
    bench.clock.shift = std::chrono::hours{100};
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
}

TEST_CASE("a 401 drops the token, and the next call fetches a new one", "[datto]") {
    int fetches = 0;
    Bench bench([&fetches](const SeenRequest& request) {
        if (request.target == kTokenPath) return token_answer("t" + std::to_string(++fetches));
        return request.authorization == "Bearer t1" ? status_answer(401) : json_answer(kCreated);
    });
    CHECK(bench.failure_of(any_create()).kind == FailureKind::unauthenticated);
    CHECK(bench.perform(any_create()));
    CHECK(fetches == 2);
    CHECK(bench.server.count("/api/v2/device/d1/quickjob") == 2);
}

TEST_CASE("late 401s of calls with the old token do not drop the new one", "[datto]") {
    int fetches = 0;
    Bench bench([&fetches](const SeenRequest& request) {
        if (request.target == kTokenPath) return token_answer("t" + std::to_string(++fetches));
        return request.authorization == "Bearer t1" ? status_answer(401) : json_answer(kCreated);
    });
    const std::vector<engine::ApiCall> calls(8, any_create());
    for (const auto& result : bench.perform(calls)) CHECK_FALSE(result);
    for (const auto& result : bench.perform(calls)) CHECK(result);
    CHECK(fetches == 2);
}

TEST_CASE("a refused key is told as such, to everyone who waited", "[datto]") {
    const auto status = GENERATE(400, 401);
    Bench bench([status](const SeenRequest&) {
        return status_answer(status, R"({"error": "invalid_grant", "error_description": "no user the-key"})");
    });
    const std::vector<engine::ApiCall> calls(3, any_create());
    for (const auto& result : bench.perform(calls)) {
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == FailureKind::bad_credentials);
        CHECK(result.error().http_status == status);
    }
    CHECK(bench.server.seen().size() == 1);
    CHECK(bench.failure_of(any_create()).message ==
          "creating the quick job: not sent; fetching the token: the API answered " + std::to_string(status) +
              ": invalid_grant: no user [secret]; check the account's key and secret");
}

TEST_CASE("without a token a create was not sent, whatever the token call met", "[datto]") {
    const auto body =
        GENERATE(values<std::string>({"<html>release in progress</html>", "{}", R"({"access_tok)"}));
    CAPTURE(body);
    Bench bench([&body](const SeenRequest&) { return json_answer(body); });
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(bench.failure_of(engine::ReadSites{}).kind == FailureKind::server_error);
}

TEST_CASE("a token call cut short leaves a create unsent", "[datto]") {
    const auto then = GENERATE(Then::close, Then::reset);
    Bench bench([then](const SeenRequest&) {
        ServerAnswer answer;
        answer.then = then;
        return answer;
    });
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(bench.failure_of(engine::ReadSites{}).kind == FailureKind::lost);
}

TEST_CASE("a throttled or blocked token call says so", "[datto]") {
    CHECK(Bench([](const SeenRequest&) { return status_answer(429); }).failure_of(any_create()).kind ==
          FailureKind::throttled);
    CHECK(Bench([](const SeenRequest&) { return status_answer(403, "<html>"); })
              .failure_of(any_create())
              .kind == FailureKind::blocked);
}

TEST_CASE("when the call that fetches the token is cancelled, the next one takes over", "[datto]") {
    int fetches = 0;
    Bench bench([&fetches](const SeenRequest& request) {
        if (request.target != kTokenPath) return json_answer(kCreated);
        ServerAnswer silence;
        silence.then = Then::fall_silent;
        return ++fetches == 1 ? silence : token_answer();
    });
    boost::asio::cancellation_signal stop;
    std::optional<engine::ApiResult> first, second;
    boost::asio::co_spawn(
        bench.loop, bench.client().perform(any_create()),
        boost::asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr, engine::ApiResult result) { first = result; }));
    boost::asio::co_spawn(bench.loop, bench.client().perform(any_create()),
                          [&](std::exception_ptr, engine::ApiResult result) { second = result; });
    bench.run_until([&] { return fetches == 1; });
    stop.emit(boost::asio::cancellation_type::terminal);
    bench.run_until([&] { return first && second; });
    CHECK(first->error().kind == FailureKind::not_sent);
    CHECK(second->has_value());
}
