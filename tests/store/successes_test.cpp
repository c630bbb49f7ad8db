// What the store knows of past successes, and of runs that were called off.
#include <map>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;

using Last = std::map<std::string, std::int64_t>;

Last successes(OpenStore& open, const std::string& runbook = "clean") {
    const auto found = open.wait_for(open.store().successes(runbook));
    REQUIRE(found);
    Last last;
    for (const auto& one : *found) last[one.device.str()] = (one.at - at()).count();
    return last;
}

engine::TargetDecided decided_at(Disposition disposition, const std::string& device, std::int64_t ms,
                                 const std::string& run = "01RUN") {
    auto word = decided(disposition, device, run);
    word.at = at(ms);
    return word;
}

}  // namespace

TEST_CASE("the last success of each device, warnings too, of that runbook alone", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit({revision(), revision("other")});
    CHECK(successes(open).empty());
    auto again = planned("02RUN");
    again.nominal.reset();
    again.trigger = engine::Trigger::manual;
    open.commit({planned(), started(4), decided_at(Disposition::succeeded, "d1", 1000),
                 decided_at(Disposition::warning, "d2", 2000), decided_at(Disposition::failed, "d3", 3000),
                 decided_at(Disposition::unknown, "d4", 4000), finished(), again, started(2, "02RUN"),
                 decided_at(Disposition::succeeded, "d1", 7000, "02RUN"),
                 decided_at(Disposition::failed, "d2", 8000, "02RUN"), finished("02RUN")});
    CHECK(successes(open) == Last{{"d1", 7000}, {"d2", 2000}});
    CHECK(successes(open, "other").empty());
    CHECK(successes(open, "no-such-runbook").empty());
}

TEST_CASE("what was handed in before the question is part of the answer", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit({revision(), planned(), started(1)});
    // Not waited for: it is only queued when the question is asked.
    bool is_written = false;
    boost::asio::co_spawn(open.loop(),
                          open.store().commit({decided_at(Disposition::succeeded, "d1", 5), finished()}),
                          [&](const std::exception_ptr&) { is_written = true; });
    CHECK(successes(open) == Last{{"d1", 5}});
    open.run_until([&] { return is_written; });
}

TEST_CASE("a start knows which run a person called off", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto other = planned("02RUN");
    other.nominal.reset();
    other.trigger = engine::Trigger::manual;
    auto by_person = decided_at(Disposition::cancelled, "d1", 10);
    by_person.reason = "by_person";
    auto by_later_run = decided_at(Disposition::cancelled, "d1", 10, "02RUN");
    by_later_run.reason = "overlap";
    const engine::Noted called_off{"run", "01RUN", "run.cancelled", "ana", {{"reason", "not now"}}, at(9)};
    open.commit(
        {revision(), planned(), started(2), called_off, by_person, other, started(2, "02RUN"), by_later_run});
    const auto state = open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->runs.size() == 2);
    CHECK(state->runs[0].is_called_off);
    CHECK_FALSE(state->runs[1].is_called_off);
}

TEST_CASE("the guard compares with what the selectors took, also what was left out for now", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto start = started(1);
    start.exclusions = {{DeviceUid("d7"), "ACME-7", "Acme HQ", "ramp", "the ramp is at 1%"},
                        {DeviceUid("d8"), "ACME-8", "Acme HQ", "already_succeeded", "it succeeded"},
                        {DeviceUid("d9"), "ACME-9", "Acme HQ", "exclude", "targets.exclude[0]: {}"}};
    open.commit({revision(), planned(), start});
    const auto lanes = open.store().load_last_targets({"clean"});
    REQUIRE(lanes);
    REQUIRE(lanes->size() == 1);
    CHECK(lanes->at(0).devices == std::vector<DeviceUid>{DeviceUid{"d1"}, DeviceUid{"d7"}, DeviceUid{"d8"}});
}

}  // namespace runbookd::store_test
