// What the guard needs of the record: the last runs, and what people set aside.
#include <map>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::RunStatus;

/// A run of `devices` devices that is over.
engine::Batch whole_run(const std::string& run, int devices, RunStatus status,
                        const std::string& zone = "UTC", const engine::RunScope& scope = {}) {
    auto plan = planned(run);
    plan.trigger = engine::Trigger::manual;
    plan.nominal.reset();
    plan.zone = zone;
    plan.scope = scope;
    engine::Batch batch{plan, started(devices, run)};
    for (int i = 1; i <= devices; ++i)
        batch.emplace_back(decided(status == RunStatus::aborted ? Disposition::halted : Disposition::failed,
                                   "d" + std::to_string(i), run));
    auto end = finished(run);
    end.status = status;
    batch.emplace_back(end);
    return batch;
}

}  // namespace

TEST_CASE("the guard compares with the last whole run of each zone that was not refused", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit({revision(), revision("other")});
    CHECK(open.store().load_last_targets({"clean", "other"})->empty());
    open.commit(whole_run("01A", 2, RunStatus::completed));
    open.commit(whole_run("01B", 3, RunStatus::failed));
    open.commit(whole_run("01C", 7, RunStatus::aborted));
    open.commit(whole_run("01D", 1, RunStatus::completed, "UTC", {{"d1"}, {}, {}, ""}));
    open.commit(whole_run("01E", 4, RunStatus::completed, "Europe/Berlin", {{}, {}, {{"days", "7"}}, ""}));
    auto open_run = planned("01F");
    open_run.nominal.reset();
    open_run.trigger = engine::Trigger::manual;
    open_run.zone = "Asia/Tokyo";
    open.commit({open_run, started(5, "01F")});
    auto never_began = open_run;
    never_began.run = RunUid{"01G"};
    open.commit({never_began});

    std::map<std::string, std::size_t> sizes;
    const auto lanes = open.wait_for(open.store().last_targets({"clean", "other"}));
    REQUIRE(lanes);
    for (const auto& lane : *lanes) {
        CHECK(lane.runbook == "clean");
        sizes[lane.zone] = lane.devices.size();
    }
    CHECK(sizes == std::map<std::string, std::size_t>{{"Asia/Tokyo", 5}, {"Europe/Berlin", 4}, {"UTC", 3}});
}

TEST_CASE("what a person set aside for a run is read back", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto plan = planned();
    plan.overrides = {.guard = true, .window = true, .reason = "told by the customer"};
    open.commit({revision(), plan});
    CHECK(one(database, "SELECT overrides FROM runs") ==
          R"({"reason":"told by the customer","rules":["guard","window"]})");
    const auto state = open.store().load(at());
    REQUIRE(state);
    CHECK(state->runs.at(0).planned.overrides == plan.overrides);
}

TEST_CASE("a start knows how many jobs an open target has had", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto unsent = changed(engine::JobStatus::failed);
    unsent.reason = "offline";
    auto again = created("02JOB");
    again.attempt = 2;
    open.commit({revision(), planned(), started(2), created(), unsent, again});
    const auto state = open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->runs.at(0).targets.size() == 2);
    CHECK(state->runs[0].targets[0].attempts == 2);
    CHECK(state->runs[0].targets[1].attempts == 0);
}

}  // namespace runbookd::store_test
