// What an engine does for the engines of other accounts: it holds as they do, and gives runbooks away.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a pause that another engine records holds here, and ends without a word", "[engine][accounts]") {
    EngineBench bench;
    RecoveredState state;
    state.pauses = {{"", fakes::test_start() + minutes{10}, "a freeze", "ana", fakes::test_start(), false}};
    bench.start({clean_all("sweep")}, state);
    bench.run("sweep");
    REQUIRE(bench.run_answers.size() == 1);
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
    bench.run_for(minutes{10});
    bench.run("sweep");
    bench.run_for(seconds{1});
    REQUIRE(bench.run_answers.size() == 2);
    CHECK(bench.run_answers[1]);
    CHECK(bench.all<PauseEnded>().empty());
    CHECK(bench.all<PauseSet>().empty());
}

TEST_CASE("whoever follows a pause writes nothing, also of one that it had recorded itself",
          "[engine][accounts]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.pause("sweep", hours{1});
    bench.run_for(seconds{1});
    const auto until = bench.now().utc + minutes{5};
    bench.tell([&](Engine& core, Instant now) {
        core.follow_pause("sweep", Pause{"sweep", now.utc, until, "longer", "bob"}, now);
    });
    REQUIRE(bench.engine().pauses().of("sweep") != nullptr);
    CHECK(bench.engine().pauses().of("sweep")->until == until);
    bench.run_for(minutes{5});
    CHECK(bench.engine().pauses().of("sweep") == nullptr);
    bench.tell([](Engine& core, Instant now) { core.follow_pause("sweep", std::nullopt, now); });
    CHECK(bench.all<PauseSet>().size() == 1);
    CHECK(bench.all<PauseEnded>().empty());
}

TEST_CASE("a runbook that is given away serves what was due, and leaves nothing behind",
          "[engine][accounts]") {
    EngineBench bench;
    auto book = fakes::clean_every_minute("sweep", minutes{1});
    bench.start({book});
    bench.stall(seconds{30});  // its instant is now, and nobody has looked
    std::optional<Planner::Retired> taken;
    bench.tell([&](Engine& core, Instant now) { taken = core.release_runbook("sweep", "ana", now); });
    REQUIRE(taken);
    CHECK(taken->last_revision == 1);
    CHECK(bench.all<RunPlanned>().size() == 1);
    REQUIRE(bench.all<RevisionRetired>().size() == 1);
    CHECK(bench.all<RevisionRetired>()[0].actor == "ana");
    CHECK_FALSE(bench.engine().planner().knows("sweep"));
    bench.tell([&](Engine& core, Instant now) { taken = core.release_runbook("sweep", "ana", now); });
    CHECK_FALSE(taken);
    bench.run_for(minutes{5});
    CHECK(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>().size() == 1);
}

TEST_CASE("a device is looked for in a list that is read after the question", "[engine][accounts]") {
    EngineBench bench;
    bench.start({});
    bench.run_for(seconds{5});
    std::vector<Result<bool>> answers;
    const auto ask = [&](const std::string& device) {
        bench.tell([&](Engine& core, Instant now) {
            core.look_for_device(device, [&](Result<bool> has) { answers.push_back(std::move(has)); }, now);
        });
    };
    ask("acme-01");
    REQUIRE(answers.size() == 1);  // at once
    CHECK(answers[0].value());
    bench.devices.push_back(fakes::windows_server("d2", "ACME-02"));
    ask("d2");
    ask("nobody");
    CHECK(answers.size() == 1);
    bench.run_for(seconds{1});
    REQUIRE(answers.size() == 3);
    CHECK(answers[1].value());
    CHECK_FALSE(answers[2].value());
    bench.script = [](const ApiCall&, Instant) { return fakes::failure(FailureKind::not_sent); };
    ask("other");
    bench.run_for(minutes{1});
    REQUIRE(answers.size() == 4);
    REQUIRE_FALSE(answers[3]);
    CHECK(answers[3].error().code == ErrorCode::unavailable);
}

}  // namespace runbookd::engine
