#include "datto/failures.hpp"

#include <array>

#include "catch.hpp"

using namespace runbookd;
using namespace runbookd::datto;
using engine::FailureKind;

namespace {

const std::array<std::string, 2> kSecrets{"the-key", "se cret"};

Response answer(int status, std::string body = {}, std::string content_type = "application/json") {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.content_type = std::move(content_type);
    return response;
}

engine::ApiFailure sorted(const Response& response, ThrottleMemory memory = ThrottleMemory::calm) {
    return classify_answer(response, "reading the sites", memory, UtcTime{}, kSecrets);
}

}  // namespace

TEST_CASE("each status means one kind of failure", "[datto]") {
    const auto [status, kind] = GENERATE(table<int, FailureKind>({{301, FailureKind::server_error},
                                                                  {304, FailureKind::server_error},
                                                                  {400, FailureKind::rejected},
                                                                  {401, FailureKind::unauthenticated},
                                                                  {403, FailureKind::forbidden},
                                                                  {404, FailureKind::not_found},
                                                                  {405, FailureKind::rejected},
                                                                  {408, FailureKind::server_error},
                                                                  {409, FailureKind::conflict},
                                                                  {422, FailureKind::rejected},
                                                                  {429, FailureKind::throttled},
                                                                  {500, FailureKind::server_error},
                                                                  {503, FailureKind::server_error},
                                                                  {504, FailureKind::server_error},
                                                                  {999, FailureKind::server_error}}));
    CAPTURE(status);
    const auto failure = sorted(answer(status));
    CHECK(failure.kind == kind);
    CHECK(failure.http_status == status);
    CHECK(failure.message == "reading the sites: the API answered " + std::to_string(status));
}

TEST_CASE("a 403 is a block when it is HTML, talks of limits, or follows throttling", "[datto]") {
    CHECK(sorted(answer(403, "<html><title>Forbidden</title></html>", "text/html")).kind ==
          FailureKind::blocked);
    CHECK(sorted(answer(403, " <!DOCTYPE html>", "")).kind == FailureKind::blocked);
    CHECK(sorted(answer(403, "Your IP has been blocked", "text/plain")).kind == FailureKind::blocked);
    CHECK(sorted(answer(403, R"({"message": "API rate exceeded"})")).kind == FailureKind::blocked);
    CHECK(sorted(answer(403, "Too many requests", "text/plain")).kind == FailureKind::blocked);
    CHECK(sorted(answer(403, R"({"error": "Forbidden"})"), ThrottleMemory::recently_throttled).kind ==
          FailureKind::blocked);
}

TEST_CASE("a 403 about rights is no block, whatever its path is called", "[datto]") {
    CHECK(
        sorted(answer(403, R"({"status": 403, "error": "Forbidden", "path": "/api/v2/system/request_rate"})"))
            .kind == FailureKind::forbidden);
    CHECK(sorted(answer(403, "You may not operate this device", "text/plain")).kind ==
          FailureKind::forbidden);
}

TEST_CASE("Retry-After is passed on", "[datto]") {
    auto response = answer(429);
    response.retry_after = "7";
    CHECK(sorted(response).retry_after == Millis{7000});
    CHECK_FALSE(sorted(answer(429)).retry_after);
}

TEST_CASE("an error's text is found in each of its shapes", "[datto]") {
    const auto [body, text] = GENERATE(table<std::string, std::string>(
        {{R"({"timestamp": 1, "status": 400, "error": "Bad Request", "path": "/x"})", "Bad Request"},
         {R"({"errorMessage": "Failed to read request"})", "Failed to read request"},
         {R"({"error": "invalid_grant", "error_description": "Bad credentials"})",
          "invalid_grant: Bad credentials"},
         {R"({"errorCode": "DEVICE_OFFLINE", "message": "it is off", "details": {}})",
          "DEVICE_OFFLINE: it is off"},
         {R"({"error": {"nested": 1}})", ""},
         {R"("just a text")", "just a text"},
         {"plain\r\n\ttext\x01\x7f ", "plain text"},
         {"<html><head><TITLE>504 Gateway Time-out</TITLE></head>", "an HTML page, \"504 Gateway Time-out\""},
         {"<p>", "an HTML page"},
         {"", ""}}));
    CAPTURE(body);
    CHECK(error_text(answer(400, body, ""), kSecrets) == text);
}

TEST_CASE("an error's text is bounded and cut between characters", "[datto]") {
    std::string body;
    for (int i = 0; i < 100'000; ++i) body += "\xC3\xA4";
    const auto text = error_text(answer(500, "x" + body, "text/plain"), kSecrets);
    CHECK(text.size() < 310);
    CHECK(text.ends_with("\xC3\xA4\xE2\x80\xA6"));
}

TEST_CASE("no secret is repeated from an error", "[datto]") {
    const auto text =
        error_text(answer(400, R"({"error": "user the-key with se\u0020cret or se%20cret"})"), kSecrets);
    CHECK(text == "user [secret] with [secret] or [secret]");
}

TEST_CASE("the token call's refusals are about key and secret", "[datto]") {
    const auto kind = [](const Response& response) {
        return classify_token_answer(response, ThrottleMemory::calm, UtcTime{}, kSecrets).kind;
    };
    CHECK(kind(answer(400, R"({"error": "invalid_grant"})")) == FailureKind::bad_credentials);
    CHECK(kind(answer(401)) == FailureKind::bad_credentials);
    CHECK(kind(answer(403, R"({"error": "Forbidden"})")) == FailureKind::bad_credentials);
    CHECK(kind(answer(403, "<html>", "text/html")) == FailureKind::blocked);
    CHECK(kind(answer(404)) == FailureKind::server_error);
    CHECK(kind(answer(429)) == FailureKind::throttled);
    CHECK(kind(answer(502)) == FailureKind::server_error);
}

TEST_CASE("what the network knows decides between not sent and lost", "[datto]") {
    TransportFailure failure;
    failure.message = "why";
    failure.delivery = Delivery::not_sent;
    CHECK(classify_transport(failure, "x").kind == FailureKind::not_sent);
    failure.delivery = Delivery::uncertain;
    failure.status = 200;
    CHECK(classify_transport(failure, "x").kind == FailureKind::lost);
    CHECK(classify_transport(failure, "x").http_status == 0);
    failure.delivery = Delivery::unusable;
    CHECK(classify_transport(failure, "x").kind == FailureKind::server_error);
    CHECK(classify_transport(failure, "x").http_status == 200);
}
