// From the trail to the webhook, over a real store and real sockets.
#include <nlohmann/json.hpp>

#include "webhooks/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using runbook::Condition;
using runbook::NoticesPer;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

const runbook::NotifyRules kFailedToOncall{{"oncall", {Condition::failed}}};

ServerAnswer accepted() { return json_answer("{}"); }

}  // namespace

TEST_CASE("what failed is told once, however often the trail is looked at", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return accepted(); });
    bench.rule("clean", kFailedToOncall);
    bench.run_fails();
    for (int i = 0; i < 3; ++i) bench.look();
    REQUIRE(bench.server.seen().size() == 1);
    const auto& request = bench.server.seen()[0];
    CHECK(request.method == "POST");
    CHECK(request.target == kPath);
    CHECK(request.authorization.empty());
    const auto payload = nlohmann::json::parse(request.body);
    CHECK(payload.at("text") == "clean failed: 1 failed of 2 devices");
    CHECK(payload.at("run").at("run_uid") == "01RUN");
    CHECK(payload.at("run").at("started_at") == format_utc(started(2).at));
    CHECK(request.head.find("Idempotency-Key: " + payload.at("id").get<std::string>()) != std::string::npos);
    CHECK(bench.in_store("attempts, next_at, delivered_at IS NOT NULL") ==
          std::vector<std::string>{"1|NULL|1"});
    CHECK(bench.problems.empty());
}

TEST_CASE("what is refused is sent again later, until it arrives", "[webhooks]") {
    int answers = 0;
    Bench bench([&](const SeenRequest&) {
        ++answers;
        if (answers == 1) return status_answer(500);
        if (answers == 2) return ServerAnswer{"", Then::close};
        if (answers == 3) return status_answer(429, "Retry-After: 300\r\n");
        return accepted();
    });
    bench.rule("clean", kFailedToOncall);
    bench.run_fails();
    bench.look();
    CHECK(answers == 1);
    CHECK(bench.in_store("attempts, last_error") == std::vector<std::string>{"1|it answered 500"});
    REQUIRE(bench.problems.size() == 1);
    CHECK(bench.problems[0].find("notices to oncall: 1 notice did not arrive") == 0);
    bench.pass(seconds{9});
    bench.look();
    CHECK(answers == 1);
    bench.pass(seconds{1});
    bench.look();
    CHECK(answers == 2);
    bench.pass(seconds{20});
    bench.look();
    CHECK(answers == 3);
    bench.pass(seconds{299});
    bench.look();
    CHECK(answers == 3);
    bench.pass(seconds{1});
    bench.look();
    CHECK(answers == 4);
    CHECK(bench.in_store("attempts, delivered_at IS NOT NULL") == std::vector<std::string>{"4|1"});
    CHECK(bench.problems.empty());
    const auto& seen = bench.server.seen();
    for (const auto& request : seen) CHECK(request.body == seen.front().body);
}

TEST_CASE("a restart goes on where the last one was", "[webhooks]") {
    bool is_well = false;
    Bench bench([&](const SeenRequest&) { return is_well ? accepted() : status_answer(503); });
    bench.rule("clean", kFailedToOncall);
    bench.run_fails();
    bench.look();
    bench.stop();
    is_well = true;
    bench.start();
    bench.look();
    CHECK(bench.server.seen().size() == 1);  // it is not due yet
    REQUIRE(bench.problems.size() == 1);
    bench.pass(seconds{10});
    bench.look();
    CHECK(bench.in_store("attempts, delivered_at IS NOT NULL") == std::vector<std::string>{"2|1"});
}

TEST_CASE("after a day it is given up, which the trail and the status say", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return status_answer(404); });
    bench.rule("clean", kFailedToOncall);
    bench.run_fails();
    for (int i = 0; i < 100 && bench.in_store("next_at") != std::vector<std::string>{"NULL"}; ++i) {
        bench.look();
        bench.pass(hours{1});
    }
    CHECK(bench.server.seen().size() == 25);
    bench.look();
    CHECK(bench.in_store("attempts, given_up_at IS NOT NULL") == std::vector<std::string>{"25|1"});
    REQUIRE(bench.problems.size() == 1);
    CHECK(bench.problems[0] == "notices to oncall: 1 notice was given up (it answered 404)");
    CHECK(
        rows(bench.database,
             "SELECT kind, json_extract(data, '$.target'), json_extract(data, '$.run_uid') FROM event_trail "
             "WHERE subject = 'notice'") == std::vector<std::string>{"notice.given_up|oncall|01RUN"});
    CHECK(one(bench.database,
              "SELECT n.notice_uid = e.subject_uid FROM notice_history n, event_trail e "
              "WHERE e.subject = 'notice'") == "1");
}

TEST_CASE("a webhook that says nothing holds up neither the loop nor the others", "[webhooks]") {
    Bench bench([](const SeenRequest& request) {
        const auto payload = nlohmann::json::parse(request.body);
        return payload.at("to") == "oncall" ? ServerAnswer{"", Then::fall_silent} : accepted();
    });
    bench.rule("clean", {{"oncall", {Condition::failed}}, {"boss", {Condition::failed}, NoticesPer::device}});
    bench.run_fails();
    bench.begin_look();
    bench.open.run_until([&] { return bench.tasks->size() == 1; });
    CHECK(bench.in_store("target, per, attempts, delivered_at IS NOT NULL") ==
          std::vector<std::string>{"oncall|run|0|0", "boss|device|1|1"});
    bench.run_fails("01RUN2");
    bench.begin_look();
    bench.open.run_until([&] { return bench.tasks->size() == 1; });
    CHECK(bench.in_store("target, per, attempts, delivered_at IS NOT NULL") ==
          std::vector<std::string>{"oncall|run|0|0", "boss|device|1|1", "oncall|run|0|0", "boss|device|1|1"});
}

TEST_CASE("a target that is down is not sent all that waits for it over and over", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return status_answer(500); });
    bench.rule("clean", kFailedToOncall);
    for (int i = 0; i < 5; ++i) bench.run_fails("01RUN" + std::to_string(i));
    bench.look();
    CHECK(bench.server.seen().size() == 1);
    bench.pass(seconds{10});
    bench.look();
    CHECK(bench.server.seen().size() == 2);
    bench.pass(seconds{10});
    bench.look();
    CHECK(bench.server.seen().size() == 2);  // the second pause is twice as long
}

TEST_CASE("the address of a webhook is nowhere but in the request", "[webhooks]") {
    int answers = 0;
    Bench bench([&](const SeenRequest&) {
        return ++answers == 1 ? status_answer(302, "Location: " + kPath + "\r\n") : status_answer(400);
    });
    bench.rule("clean", {{"oncall", {Condition::failed}}, {"boss", {Condition::failed}}});
    bench.run_fails();
    bench.look();
    bench.server.stop_listening();
    bench.server.close_all();
    bench.pass(seconds{10});
    bench.look();
    std::string seen;
    for (const auto& line : bench.problems) seen += line + "\n";
    for (const auto* table : {"notice_history", "event_trail"})
        for (const auto& row : rows(bench.database, "SELECT * FROM " + std::string(table)))
            seen += row + "\n";
    CHECK(contains(seen, "no connection to the webhook's host"));
    for (const auto& part : {std::string("very-secret-path"), std::string("hunter2"),
                             std::string("127.0.0.1"), ":" + std::to_string(bench.server.port())})
        CHECK_FALSE(contains(seen, part));
}

TEST_CASE("runbooks without rules are passed over, and what came before a rule is not told", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return accepted(); });
    bench.run_fails();
    bench.look();
    bench.rule("clean", kFailedToOncall);
    bench.look();
    CHECK(bench.server.seen().empty());
    bench.run_fails("01RUN2");
    bench.look();
    CHECK(bench.server.seen().size() == 1);
}

TEST_CASE("a target that the settings do not name any more is a problem, not a crash", "[webhooks]") {
    Bench bench([](const SeenRequest&) { return accepted(); });
    bench.rule("clean", {{"gone", {Condition::failed}}});
    bench.run_fails();
    bench.look();
    REQUIRE(bench.problems.size() == 1);
    CHECK(contains(bench.problems[0], "no such target any more"));
}
