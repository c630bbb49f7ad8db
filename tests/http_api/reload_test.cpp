// diff, apply, a runbook's text, and retarget over the socket.
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;
using runbook::Operation;

std::vector<Operation> some_operations() {
    return {{Operation::Kind::change,
             "clean",
             "/rb/clean.yaml",
             3,
             {{"window", "\"1h\"", "\"2h\""}, {"tags", "", "[\"a\"]"}},
             ""},
            {Operation::Kind::refuse, "bad", "/rb/bad.yaml", std::nullopt, {}, "bad.yaml:1:1: error: no"}};
}

constexpr const char* kOperations =
    R"([{"operation":"change","runbook":"clean","revision":3,"file":"/rb/clean.yaml",)"
    R"("changes":[{"key":"window","old":"1h","new":"2h"},{"key":"tags","old":null,"new":["a"]}],"problem":null},)"
    R"({"operation":"refuse","runbook":"bad","revision":null,"file":"/rb/bad.yaml","changes":[],)"
    R"("problem":"bad.yaml:1:1: error: no"}])";

}  // namespace

TEST_CASE("diff tells operations and does nothing", "[http_api]") {
    FakeDaemon daemon;
    daemon.reload.operations = some_operations();
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/v1/diff");
    CHECK(reply.status == 200);
    CHECK(reply.body == kOperations);
    CHECK(daemon.reload.previews == 1);
    CHECK(daemon.reload.asked.empty());
    CHECK(exchange(daemon.socket, "GET", "/v1/diff?dir=x").status == 400);
    CHECK(exchange(daemon.socket, "POST", "/v1/diff", "{}").status == 405);
}

TEST_CASE("apply takes a note, and the peer's user is its actor", "[http_api]") {
    FakeDaemon daemon;
    daemon.reload.operations = some_operations();
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/v1/apply", R"({"note":"ticket 4711"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == std::string(R"({"status":"done","operations":)") + kOperations + "}");
    REQUIRE(daemon.reload.asked.size() == 1);
    CHECK(daemon.reload.asked[0].note == "ticket 4711");
    CHECK_FALSE(daemon.reload.asked[0].actor.empty());
    CHECK(exchange(daemon.socket, "POST", "/v1/apply", "").status == 200);
    daemon.on_loop([&] { daemon.reload.waits_for_clock = true; });
    CHECK(Json::parse(exchange(daemon.socket, "POST", "/v1/apply", "{}").body)["status"] ==
          "waits_for_clock");
    for (const auto* body : {"x", R"({"note":1})", R"({"dir":"x"})"})
        CHECK(exchange(daemon.socket, "POST", "/v1/apply", body).status == 400);
    daemon.on_loop([&] { daemon.reload.operations = fail(ErrorCode::unavailable, "no disk"); });
    CHECK(exchange(daemon.socket, "POST", "/v1/apply", "{}").status == 503);
    CHECK(exchange(daemon.socket, "GET", "/v1/diff").status == 503);
}

TEST_CASE("a runbook in force is told with its text", "[http_api]") {
    FakeDaemon daemon;
    ports::RunbookStatus known;
    known.name = "clean";
    known.revision = 3;
    known.identity = std::string(64, 'a');
    daemon.control.runbooks_known = {known};
    daemon.history.revision_found =
        ports::Rows{{"runbook", "revision", "yaml", "resolved", "note"},
                    {{std::string("clean"), std::int64_t{3}, std::string("name: clean\n"),
                      std::string(R"({"zone":"UTC"})"), std::string("why")}}};
    daemon.start();
    const auto one = Json::parse(exchange(daemon.socket, "GET", "/v1/runbooks/clean").body);
    CHECK(one["identity"] == std::string(64, 'a'));
    CHECK(one["yaml"] == "name: clean\n");
    CHECK(one["resolved"]["zone"] == "UTC");
    CHECK(one["note"] == "why");
    CHECK(daemon.history.revisions_asked.at(0).second == 3);
    const auto missing = exchange(daemon.socket, "GET", "/v1/runbooks/claen");
    CHECK(missing.status == 404);
    CHECK(Json::parse(missing.body)["details"]["suggestions"][0] == "clean");
}

TEST_CASE("a retarget is asked for with what is left, and answers with what was left out", "[http_api]") {
    FakeDaemon daemon;
    auto& answer = daemon.control.retargeted;
    answer.run = RunUid{"01RUN00000000000000000000B"};
    answer.cause = RunUid{"01RUN00000000000000000000A"};
    answer.runbook = "clean";
    answer.revision = 4;
    answer.cause_revision = 3;
    answer.targets = 2;
    answer.may_still_run = 1;
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "POST", "/v1/runs/01RUN/retarget",
                 R"({"only":["failed","expired"],"include":["unknown"],"at":"next-window","note":"n"})");
    CHECK(reply.status == 201);
    CHECK(
        reply.body ==
        R"({"run_uid":"01RUN00000000000000000000B","status":"planned","cause_uid":"01RUN00000000000000000000A",)"
        R"("runbook":"clean","revision":4,"cause_revision":3,"starts_at":null,"targets":2,)"
        R"("left_out":{"may_still_run":1,"unknown":0,"done_since":0}})");
    const auto& asked = daemon.control.retargets_asked.at(0);
    CHECK(asked.run == "01RUN");
    CHECK(asked.only == std::vector<std::string>{"failed", "expired"});
    CHECK(asked.with_unknown);
    CHECK(asked.at_next_window);
    CHECK(asked.note == "n");
    CHECK_FALSE(asked.actor.empty());
    daemon.on_loop([&] { daemon.control.retargeted.run.reset(); });
    const auto nothing = exchange(daemon.socket, "POST", "/v1/runs/01RUN/retarget", "");
    CHECK(nothing.status == 200);
    CHECK(Json::parse(nothing.body)["status"] == "nothing_left");
    CHECK_FALSE(daemon.control.retargets_asked.at(1).at_next_window);
    for (const auto* body : {R"({"include":["failed"]})", R"({"at":"soon"})", R"({"only":"failed"})", "[]"})
        CHECK(exchange(daemon.socket, "POST", "/v1/runs/01RUN/retarget", body).status == 400);
    CHECK(daemon.control.retargets_asked.size() == 2);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::refused_by_rule, "paused"}; });
    CHECK(exchange(daemon.socket, "POST", "/v1/runs/01RUN/retarget", "").status == 409);
}

}  // namespace runbookd::testing
