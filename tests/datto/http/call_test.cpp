// Whole calls over a real connection: what is sent, and what each answer becomes.
#include "datto/http/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

TEST_CASE("a quick job goes out with the token and comes back with its uid", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) { return json_answer(kCreated); }));
    const auto result = bench.perform(any_create());
    REQUIRE(result);
    CHECK(std::get<engine::CreatedJob>(*result).job == DattoJobUid{"j1"});
    const auto& token = bench.server.seen().at(0);
    CHECK(token.method == "POST");
    CHECK(token.authorization == "Basic cHVibGljLWNsaWVudDpwdWJsaWM=");
    CHECK(token.body == "grant_type=password&username=the-key&password=the-secret");
    CHECK(token.head.find("Content-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
    const auto& create = bench.server.seen().at(1);
    CHECK(create.method == "PUT");
    CHECK(create.target == "/api/v2/device/d1/quickjob");
    CHECK(create.authorization == "Bearer token-1");
    CHECK(create.head.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(create.head.find("Host: 127.0.0.1:" + std::to_string(bench.server.port()) + "\r\n") !=
          std::string::npos);
    CHECK(create.connection == token.connection);
}

TEST_CASE("a list is followed page by page, by the addresses that the API gives", "[datto]") {
    std::string origin;
    Bench bench(with_token([&origin](const SeenRequest& request) {
        const auto next = request.target.find("page=1") == std::string::npos
                              ? "\"" + origin + "/api/v2/account/sites?max=250&page=1\""
                              : std::string("null");
        return json_answer(R"({"pageDetails": {"nextPageUrl": )" + next + R"(}, "sites": [{"uid": "s"}]})");
    }));
    origin = bench.server.url();
    const auto first = bench.perform(engine::ReadSites{});
    REQUIRE(first);
    const auto cursor = std::get<engine::Page<engine::Site>>(*first).next_cursor;
    CHECK(cursor == "/api/v2/account/sites?max=250&page=1");
    const auto second = bench.perform(engine::ReadSites{cursor});
    REQUIRE(second);
    CHECK(std::get<engine::Page<engine::Site>>(*second).next_cursor.empty());
    CHECK(bench.server.connections() == 1);
}

TEST_CASE("the token does not follow a page to another host", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) {
        return json_answer(
            R"({"pageDetails": {"nextPageUrl": "http://127.0.0.1:1/x"}, "sites": [{"uid": "s"}]})");
    }));
    CHECK(bench.failure_of(engine::ReadSites{}).kind == FailureKind::server_error);
    const auto refused = bench.failure_of(engine::ReadSites{"http://127.0.0.1:1/x"});
    CHECK(refused.kind == FailureKind::rejected);
    CHECK(bench.server.seen().size() == 2);
}

TEST_CASE("429 says how long to wait, and a 403 after it is a block", "[datto]") {
    int status = 429;
    Bench bench(with_token([&status](const SeenRequest&) {
        ServerAnswer answer;
        answer.bytes = http_answer(status, R"({"error": "Forbidden"})", "Retry-After: 30\r\n");
        return answer;
    }));
    const auto throttled = bench.failure_of(any_create());
    CHECK(throttled.kind == FailureKind::throttled);
    CHECK(throttled.retry_after == Millis{30'000});
    status = 403;
    CHECK(bench.failure_of(any_create()).kind == FailureKind::blocked);
    bench.clock.shift = std::chrono::minutes{6};
    CHECK(bench.failure_of(any_create()).kind == FailureKind::forbidden);
}

TEST_CASE("an HTML 403 is a block", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) {
        ServerAnswer answer;
        answer.bytes =
            http_answer(403, "<html><title>Access denied</title></html>", "Content-Type: text/html\r\n");
        return answer;
    }));
    CHECK(bench.failure_of(engine::ReadSites{}).kind == FailureKind::blocked);
}

TEST_CASE("an answer that cannot be read leaves a create in doubt", "[datto]") {
    const auto body =
        GENERATE(values<std::string>({"<html>ok</html>", R"({"job": {"ui)", "", R"({"job": null})"}));
    CAPTURE(body);
    Bench bench(with_token([&body](const SeenRequest&) { return json_answer(body); }));
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::server_error);
    CHECK(failure.http_status == 200);
}

TEST_CASE("an answer beyond the limit is refused and its connection dropped", "[datto]") {
    Bench bench(
        with_token([](const SeenRequest&) { return json_answer("\"" + std::string(5000, 'x') + "\""); }));
    bench.settings.max_response_bytes = 1000;
    const auto failure = bench.failure_of(engine::ReadSites{});
    CHECK(failure.kind == FailureKind::server_error);
    CHECK(failure.message.find("larger than 1000 bytes") != std::string::npos);
    static_cast<void>(bench.failure_of(engine::ReadSites{}));
    CHECK(bench.server.connections() == 2);
}

TEST_CASE("chunked answers and interim answers are read", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) {
        ServerAnswer answer;
        answer.bytes =
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            "8\r\n{\"job\": \r\nd\r\n{\"uid\":\"j1\"}}\r\n0\r\n\r\n";
        return answer;
    }));
    CHECK(bench.perform(any_create()));
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 1);
}

TEST_CASE("a client is not made from settings that cannot work", "[datto]") {
    Bench bench([](const SeenRequest&) { return ServerAnswer{}; });
    const auto code_of = [&](datto::ClientSettings settings) {
        return datto::Client::create(bench.timers, bench.clock, std::move(settings)).error().code;
    };
    auto settings = bench.settings;
    settings.url = "http://merlot-api.centrastage.net";
    CHECK(code_of(settings) == ErrorCode::invalid_input);
    settings = bench.settings;
    settings.secret.clear();
    CHECK(code_of(settings) == ErrorCode::invalid_input);
    settings.secret = "s";
    settings.url = "https://localhost";
    settings.ca_file = "no/such/file.pem";
    CHECK(code_of(settings) == ErrorCode::invalid_input);
}
