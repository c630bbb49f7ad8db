#include "runtime/settle.hpp"

#include "catch.hpp"

namespace runbookd::runtime {
namespace {

using Word = ports::SettleRequest::Word;

ports::SettledJob unknown_job() {
    ports::SettledJob job;
    job.job_uid = "01JOB";
    job.run_uid = "01RUN";
    job.runbook = "clean";
    job.device_uid = "d1";
    job.hostname = "ACME-01";
    job.variables = {{"days", "3"}};
    job.disposition = "unknown";
    job.reason = "unknown_dispatch";
    return job;
}

ports::SettleRequest ask(Word word) { return {"01J", word, "I looked", "ana"}; }

}  // namespace

TEST_CASE("only what is unknown and was not revised may be settled, and the refusal says what it is",
          "[runtime]") {
    for (const auto word : {Word::ran, Word::not_run, Word::redispatch})
        CHECK(check(ask(word), unknown_job()));
    auto job = unknown_job();
    job.disposition = "failed";
    job.reason = "datto_failure";
    auto refused = check(ask(Word::ran), job);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().message ==
          "job 01JOB is not unknown: ACME-01 of run 01RUN is failed / datto_failure");
    job = unknown_job();
    job.disposition = "succeeded";
    job.reason = "by_person";
    job.revised_at_ms = to_unix_ms(*parse_utc("2026-12-01T02:00:00Z"));
    refused = check(ask(Word::not_run), job);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().message ==
          "job 01JOB is settled: ACME-01 of run 01RUN is succeeded / by_person, since "
          "2026-12-01T02:00:00.000Z");
}

TEST_CASE("a word without a reason, and a quick job that is to be started again, are refused", "[runtime]") {
    auto silent = ask(Word::ran);
    silent.reason.clear();
    CHECK(check(silent, unknown_job()).error().code == ErrorCode::invalid_input);
    auto job = unknown_job();
    job.runbook = "quickjob";
    CHECK(check(ask(Word::not_run), job));
    CHECK(check(ask(Word::redispatch), job).error().code == ErrorCode::refused_by_rule);
}

TEST_CASE("the order is of the whole uids that the record has", "[runtime]") {
    const auto order = order_of(ask(Word::redispatch), unknown_job());
    CHECK(order.job == JobUid{"01JOB"});
    CHECK(order.run == RunUid{"01RUN"});
    CHECK(order.device == DeviceUid{"d1"});
    CHECK(order.runbook == "clean");
    CHECK(order.variables.at("days") == "3");
    CHECK(order.word == engine::SettleOrder::Word::redispatch);
    CHECK(order.reason == "I looked");
    CHECK(order.actor == "ana");
    CHECK(order_of(ask(Word::ran), unknown_job()).word == engine::SettleOrder::Word::ran);
    CHECK(order_of(ask(Word::not_run), unknown_job()).word == engine::SettleOrder::Word::not_run);
}

}  // namespace runbookd::runtime
