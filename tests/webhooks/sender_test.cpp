#include "webhooks/sender.hpp"

#include <nlohmann/json.hpp>

#include "webhooks/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;

namespace {

ports::Told tell(Bench& bench, const std::string& to) {
    const std::string payload = R"({"text": "clean failed", "runbook": "clean"})";
    return bench.open.wait_for(bench.sender->tell(to, "uid-1", payload));
}

}  // namespace

TEST_CASE("each target is told in its own format, and says whether it took it", "[webhooks]") {
    int status = 200;
    Bench bench([&](const SeenRequest&) { return status_answer(status, "Retry-After: 7\r\n"); });
    bench.targets["oncall"].format = notices::Format::slack;
    bench.sender->renew(bench.targets);
    CHECK(tell(bench, "oncall").arrived);
    CHECK(nlohmann::json::parse(bench.server.seen().back().body).at("text") ==
          "*clean failed*\nRunbook: clean");
    CHECK(contains(bench.server.seen().back().head, "Content-Type: application/json"));
    for (const auto accepted : {201, 202, 204}) {
        status = accepted;
        CHECK(tell(bench, "boss").arrived);
    }
    for (const auto refused : {301, 400, 404, 500}) {
        status = refused;
        const auto told = tell(bench, "boss");
        CHECK_FALSE(told.arrived);
        CHECK(told.error == "it answered " + std::to_string(refused));
        CHECK(told.retry_after == Millis{7000});
    }
}

TEST_CASE("an address that cannot be used is told, and not repeated", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return status_answer(200); });
    for (const auto* url : {"nonsense-hunter2", "http://hooks.example/hunter2", "https://me:hunter2@host/x",
                            "https:///hunter2", "https://host:0/hunter2"}) {
        bench.targets["oncall"].url = url;
        bench.sender->renew(bench.targets);
        const auto told = tell(bench, "oncall");
        CHECK_FALSE(told.arrived);
        INFO(told.error);
        CHECK(contains(told.error, "the webhook's address"));
        CHECK_FALSE(contains(told.error, "hunter2"));
    }
    CHECK(contains(tell(bench, "nobody").error, "no such target"));
}
