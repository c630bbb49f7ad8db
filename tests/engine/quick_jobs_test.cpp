#include "engine/quick_jobs.hpp"

#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("a quick job answers once its intent is durable, and is a run of its own", "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(seconds{2});
    bench.hold_commits();
    bench.quick_job("acme-01", "clean");
    bench.run_for(seconds{5});
    CHECK(bench.quick_answers.empty());
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.release_commits();
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 1);
    REQUIRE(bench.quick_answers[0]);
    CHECK(bench.quick_answers[0]->device.str() == "d1");
    CHECK(bench.quick_answers[0]->component.str() == "c1");
    const auto planned = bench.all<RunPlanned>().at(0);
    CHECK(planned.runbook == "quickjob");
    CHECK(planned.trigger == Trigger::quickjob);
    CHECK_FALSE(planned.revision);
    CHECK(planned.actor == "alice");
    CHECK(planned.scope.component == "c1");
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a quick job's device is judged on a reading at most a minute old", "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(minutes{5});
    bench.devices[0].online = false;
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0].error().code == ErrorCode::device_offline);
    CHECK(bench.calls<ReadDevice>().size() == 1);
    CHECK(bench.all<RunPlanned>().empty());
}

TEST_CASE("a device or component made since the lists were read is found", "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(minutes{5});
    bench.devices.push_back(windows_server("d2", "ACME-NEW"));
    bench.components.push_back({ComponentUid{"c2"}, "New", "", "", {}});
    bench.quick_job("ACME-NEW", "New");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0]);
}

TEST_CASE("what is not there is answered with what is", "[engine][quickjob]") {
    EngineBench bench(
        {windows_server("d1", "ACME-01"), windows_server("d2", "TWIN"), windows_server("d3", "twin")});
    bench.start({});
    bench.run_for(minutes{5});
    bench.quick_job("ACME-1", "Clean");
    bench.quick_job("ACME-01", "Claen");
    bench.quick_job("TWIN", "Clean");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 3);
    std::map<ErrorCode, int> codes;
    for (const auto& answer : bench.quick_answers) {
        ++codes[answer.error().code];
        if (answer.error().code == ErrorCode::not_found)
            CHECK(answer.error().message.find("did you mean '") != std::string::npos);
        else
            CHECK(answer.error().message.find("give a uid") != std::string::npos);
    }
    CHECK(codes[ErrorCode::not_found] == 2);
    CHECK(codes[ErrorCode::conflict] == 1);
}

TEST_CASE("a quick job that gets no answer within a minute says so", "[engine][quickjob]") {
    EngineBench bench;
    bench.script = [](const ApiCall&, Instant) { return failure(FailureKind::not_sent); };
    bench.start({});
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{61});
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0].error().code == ErrorCode::unavailable);
    CHECK(bench.quick_answers[0].error().message.starts_with("nothing was started"));
}

TEST_CASE("a quick job that the API's limit holds back says when it may be tried again",
          "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(minutes{5});
    bench.script = [](const ApiCall&, Instant) -> std::optional<ApiResult> {
        auto throttled = failure(FailureKind::throttled, 429);
        throttled.error().retry_after = seconds{90};
        return throttled;
    };
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{61});
    REQUIRE(bench.quick_answers.size() == 1);
    const auto& error = bench.quick_answers[0].error();
    CHECK(error.code == ErrorCode::rate_limited);
    CHECK(error.message.starts_with("nothing was started"));
    CHECK(error.names.empty());
    CHECK(error.retry_after.value() > seconds{20});
    CHECK(error.retry_after.value() <= seconds{90});
    CHECK(bench.all<RunPlanned>().empty());
}

TEST_CASE("while the account is held no quick job is planned, and one that is names its run",
          "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(seconds{5});
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<CreateQuickJob>(call)) return std::nullopt;
        return failure(FailureKind::not_sent);
    };
    bench.hold_commits();
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{61});
    REQUIRE(bench.quick_answers.size() == 1);
    const auto& error = bench.quick_answers[0].error();
    CHECK(error.code == ErrorCode::unavailable);
    REQUIRE(error.names.size() == 1);
    CHECK(error.message.find("run " + error.names[0] + " is recorded") != std::string::npos);
}

TEST_CASE("the key of a quick job's request is planned with its run", "[engine][quickjob]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(seconds{5});
    bench.tell([](Engine& engine, Instant now) {
        QuickJobOrder order;
        order.device = "d1";
        order.component = "Clean";
        order.actor = "relay";
        order.key = RequestKey{"rb01", "hash"};
        engine.quick_job(std::move(order), [](const Result<QuickJobStarted>&) {}, now);
    });
    bench.run_for(seconds{5});
    const auto planned = bench.all<RunPlanned>();
    REQUIRE(planned.size() == 1);
    REQUIRE(planned[0].key);
    CHECK(planned[0].key->key == "rb01");
    CHECK(planned[0].key->request == "hash");
}

TEST_CASE("a device that may not be read is refused, not asked for again and again", "[engine][quickjob]") {
    EngineBench bench;
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadDevice>(call)) return failure(FailureKind::forbidden, 403);
        return std::nullopt;
    };
    bench.start({});
    bench.run_for(minutes{5});
    bench.quick_job("d1", "Clean");
    bench.run_for(minutes{2});
    CHECK(bench.calls<ReadDevice>().size() == 1);
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0].error().code == ErrorCode::unavailable);
}

TEST_CASE("what cannot run a component is refused with the reason", "[engine][quickjob]") {
    auto printer = windows_server("d1", "PRINTER");
    printer.device_class = "printer";
    EngineBench bench({printer});
    bench.start({});
    bench.run_for(seconds{5});
    bench.quick_job("PRINTER", "Clean");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0].error().code == ErrorCode::conflict);
}

}  // namespace runbookd::engine
