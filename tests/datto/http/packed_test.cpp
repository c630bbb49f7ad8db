// Answers that come packed.
#include "datto/http/bench.hpp"
#include "http_client/gzip.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

ServerAnswer packed_answer(int status, const std::string& bytes, const std::string& packing = "gzip") {
    ServerAnswer answer;
    answer.bytes =
        http_answer(status, bytes, "Content-Type: application/json\r\nContent-Encoding: " + packing + "\r\n");
    return answer;
}

}  // namespace

TEST_CASE("gzip is asked for, and unpacked", "[datto]") {
    const auto packing = GENERATE(values<std::string>({"gzip", "x-gzip", "GZIP"}));
    Bench bench(
        with_token([&packing](const SeenRequest&) { return packed_answer(200, gzip(kCreated), packing); }));
    const auto created = bench.perform(any_create());
    REQUIRE(created);
    CHECK(std::get<engine::CreatedJob>(*created).job == DattoJobUid{"j1"});
    CHECK(bench.server.seen().at(1).head.find("Accept-Encoding: gzip\r\n") != std::string::npos);
}

TEST_CASE("an answer that is not packed may say so, and an empty one may say what it likes", "[datto]") {
    Bench bench(with_token([](const SeenRequest& request) {
        return request.method == "POST" ? packed_answer(200, "") : packed_answer(200, kCreated, "identity");
    }));
    CHECK(bench.perform(any_create()));
    CHECK(bench.perform(engine::ResolveAlert{AlertUid{"a1"}}));
}

TEST_CASE("a packed answer is bounded by what comes out of it", "[datto]") {
    const auto bomb = gzip("\"" + std::string(2'000'000, 'x') + "\"");
    Bench bench(with_token([&bomb](const SeenRequest&) { return packed_answer(200, bomb); }));
    bench.settings.max_response_bytes = 100'000;
    REQUIRE(bomb.size() < 100'000);
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::server_error);
    CHECK(failure.http_status == 200);
    CHECK(failure.message.find("larger than 100000 bytes") != std::string::npos);
}

TEST_CASE("a packing that cannot be undone leaves a create in doubt", "[datto]") {
    const auto answer = GENERATE_COPY(
        values<ServerAnswer>({packed_answer(200, "not packed"), packed_answer(200, kCreated, "br"),
                              packed_answer(200, gzip(kCreated).substr(0, 20))}));
    Bench bench(with_token([&answer](const SeenRequest&) { return answer; }));
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::server_error);
    CHECK(failure.http_status == 200);
}

TEST_CASE("a refusal is known by its status, whatever its body is packed in", "[datto]") {
    int status = 429;
    std::string body = "not packed";
    Bench bench(with_token([&](const SeenRequest&) { return packed_answer(status, body); }));
    CHECK(bench.failure_of(any_create()).kind == FailureKind::throttled);
    status = 400;
    body = gzip(R"({"errorMessage": "Failed to read request"})");
    const auto refused = bench.failure_of(any_create());
    CHECK(refused.kind == FailureKind::rejected);
    CHECK(refused.message.find("Failed to read request") != std::string::npos);
}
