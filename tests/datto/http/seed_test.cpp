// Whole calls to an account of the seed's API: its own token, no other request, and the key of each create.
#include "datto/http/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

struct SeedBench : Bench {
    explicit SeedBench(LoopbackServer::Handler handler) : Bench(std::move(handler)) {
        settings.api = datto::Api::seed;
        settings.key.clear();
        settings.secret.clear();
        settings.token = "token-1";
    }
};

engine::CreateQuickJob create() {
    auto call = any_create();
    call.job_name = "clean rb01ARZ3NDEKTSV4RRFFQ69G5FAV";
    return call;
}

ServerAnswer status_answer(int status, const std::string& body) {
    ServerAnswer answer;
    answer.bytes = http_answer(status, body, "Content-Type: application/json\r\n");
    return answer;
}

}  // namespace

TEST_CASE("a seed's account sends its token, and the same key each time for the same job", "[datto]") {
    SeedBench bench([](const SeenRequest&) { return json_answer(R"({"jobUid": "j1"})"); });
    CHECK(bench.perform(create()));
    CHECK(bench.perform(create()));
    REQUIRE(bench.server.seen().size() == 2);
    for (const auto& seen : bench.server.seen()) {
        CHECK(seen.method == "POST");
        CHECK(seen.authorization == "Bearer token-1");
        CHECK(seen.head.find("Idempotency-Key: rb01ARZ3NDEKTSV4RRFFQ69G5FAV\r\n") != std::string::npos);
    }
    CHECK(bench.perform(engine::ReadAlerts{}).error().kind == FailureKind::rejected);
    CHECK(bench.server.seen().size() == 2);
}

TEST_CASE("a seed's refusals are told apart by their codes", "[datto]") {
    ServerAnswer answer;
    SeedBench bench([&answer](const SeenRequest&) { return answer; });
    answer = status_answer(
        400, R"({"errorCode": "DEVICE_OFFLINE", "message": "off", "details": {"deviceUid": "d1"}})");
    const auto offline = bench.failure_of(create());
    CHECK(offline.kind == FailureKind::rejected);
    CHECK(offline.error_code == "DEVICE_OFFLINE");
    answer = status_answer(409, R"({"errorCode": "REFUSED_BY_RULE", "message": "paused", "details": {}})");
    CHECK(bench.failure_of(create()).kind == FailureKind::rejected);
    answer = status_answer(409, R"({"errorCode": "CONFLICT", "message": "under way", "details": {}})");
    CHECK(bench.failure_of(create()).kind == FailureKind::conflict);
    answer = status_answer(503, R"({"errorCode": "UNAVAILABLE", "message": "later", "details": {}})");
    CHECK(bench.failure_of(create()).kind == FailureKind::server_error);
    answer.bytes = http_answer(429, R"({"errorCode": "RATE_LIMITED"})", "Retry-After: 7\r\n");
    CHECK(bench.failure_of(create()).retry_after == Millis{7000});
}

TEST_CASE("a token that is refused is the account's trouble, and not shown", "[datto]") {
    SeedBench bench([](const SeenRequest&) {
        return status_answer(401, R"({"errorCode": "UNAUTHENTICATED", "message": "token-1 is not known"})");
    });
    const auto failure = bench.failure_of(create());
    CHECK(failure.kind == FailureKind::unauthenticated);
    CHECK(failure.message.find("check the account's token") != std::string::npos);
}

TEST_CASE("an account of the seed's API needs a token that fits a header", "[datto]") {
    Bench bench([](const SeenRequest&) { return ServerAnswer{}; });
    auto settings = bench.settings;
    settings.api = datto::Api::seed;
    for (const auto* token : {"", "a b", "a\nb", "\xC3\xA4"}) {
        settings.token = token;
        CHECK(datto::Client::create(bench.timers, bench.clock, settings).error().code ==
              ErrorCode::invalid_input);
    }
}
