// Secrets over a real connection: in the request's body, and in nothing that comes back.
#include "datto/http/bench.hpp"
#include "secrets/vault.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

const std::string kValue = "s3cr3t-\"value\"";
const secrets::Vault& vault() {
    static const secrets::Vault one({{"token", {kValue, {"clean"}}}});
    return one;
}

engine::CreateQuickJob create_with_secret(const std::string& runbook) {
    auto create = any_create();
    create.runbook = runbook;
    templates::Rendered value;
    value.add_secret("token");
    create.variables = {{"token", value}};
    return create;
}

}  // namespace

TEST_CASE("a secret is in the body that is sent, and in no message of a refusal", "[datto]") {
    Bench bench(with_token([](const SeenRequest& request) {
        const auto body = R"({"errorMessage": "bad: )" + std::string(280, 'x') + R"( s3cr3t-\"value\" and )" +
                          std::to_string(request.body.size()) + "\"}";
        return ServerAnswer{http_answer(400, body, "Content-Type: application/json\r\n")};
    }));
    bench.settings.vault = &vault();
    const auto failure = bench.failure_of(create_with_secret("clean"));
    CHECK(bench.server.seen().at(1).body.find(R"(s3cr3t-\"value\")") != std::string::npos);
    CHECK(failure.kind == FailureKind::rejected);
    CHECK(failure.message.find("s3cr3t") == std::string::npos);
}

TEST_CASE("a runbook that may not use the secret sends nothing", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) { return json_answer(kCreated); }));
    bench.settings.vault = &vault();
    const auto failure = bench.failure_of(create_with_secret("other"));
    CHECK(failure.kind == FailureKind::rejected);
    CHECK(failure.message.find("may not use the secret 'token'") != std::string::npos);
    CHECK(bench.server.seen().empty());
}

TEST_CASE("outputs and component defaults come in redacted, whole", "[datto]") {
    Bench bench(with_token([](const SeenRequest& request) {
        if (request.target.find("components") != std::string::npos)
            return json_answer(
                R"({"components": [{"uid": "c1", "name": "C", "description": "s3cr3t-\"value\"",
                "variables": [{"name": "v", "defaultVal": "s3cr3t-\"value\"", "direction": true}]}]})");
        return json_answer(R"([{"componentUid": "c1", "stdData": "a s3cr3t-\"value\" b s3cr3t-\"value\""}])");
    }));
    bench.settings.vault = &vault();
    const auto output = bench.perform(
        engine::ReadOutput{DattoJobUid{"j1"}, DeviceUid{"d1"}, ComponentUid{"c1"}, engine::Stream::out});
    REQUIRE(output);
    CHECK(std::get<engine::Output>(*output).text == "a [secret:token] b [secret:token]");
    const auto components = bench.perform(engine::ReadComponents{});
    REQUIRE(components);
    const auto component = std::get<engine::Page<engine::Component>>(*components).items.at(0);
    CHECK(component.description == "[secret:token]");
    CHECK(component.variables.at(0).default_value == "[secret:token]");
}
