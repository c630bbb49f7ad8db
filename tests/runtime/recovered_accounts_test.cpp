// What a start finds is divided between the accounts.
#include "runtime/recovered_accounts.hpp"

#include "base/time.hpp"
#include "catch.hpp"

namespace runbookd::runtime {
namespace {

engine::RecoveredRunbook stored(const std::string& name, const std::string& account,
                                std::int64_t revision = 1) {
    engine::RecoveredRunbook runbook;
    runbook.runbook = name;
    runbook.revision = revision;
    runbook.yaml = "name: " + name + " of " + account;
    runbook.resolved = "{}";
    runbook.account = account;
    return runbook;
}

engine::RecoveredRun open_run(const std::string& uid, const std::string& runbook, const std::string& account,
                              bool has_begun, std::int64_t revision = 1) {
    engine::RecoveredRun run;
    run.planned.run = RunUid{uid};
    run.planned.runbook = runbook;
    run.planned.revision = revision;
    run.planned.account = account;
    if (has_begun) run.started_at = UtcTime{};
    return run;
}

engine::RecoveredJob open_job(const std::string& uid, const std::string& account) {
    engine::RecoveredJob job;
    job.job = JobUid{uid};
    job.account = account;
    return job;
}

const std::vector<std::string> kBoth{"a", "b"};

}  // namespace

TEST_CASE("each account gets what is its own, and all get what is common", "[runtime][accounts]") {
    engine::RecoveredState all;
    all.runbooks = {stored("of-a", "a"), stored("of-b", "b"), stored("old", "")};
    all.runs = {open_run("r1", "of-a", "a", true), open_run("r2", "of-b", "b", false)};
    all.jobs = {open_job("j1", "b"), open_job("j2", "a")};
    all.zone_digests = {"x"};
    all.newest = UtcTime{Millis{5}};
    all.clock_was_synchronised = true;
    engine::RecoveredDevice device;
    device.device = DeviceUid{"d"};
    device.account = "b";
    all.devices = {device};
    all.sites = {{SiteUid{"s"}, "acme", "a"}};
    all.known_fleets = {"b"};
    all.last_targets = {{"of-b", "", "", {}, "b"}};
    all.durations = {{ComponentUid{"c"}, Millis{7}}};
    engine::LostJob lost;
    lost.account = "b";
    all.lost = {lost};
    all.recent_creates = 5;
    all.creates_of = {{"a", 2}, {"b", 3}};
    const auto divided = divide(all, kBoth);
    REQUIRE(divided.size() == 2);
    const auto& a = divided.at("a").state;
    const auto& b = divided.at("b").state;
    REQUIRE(a.runbooks.size() == 2);
    CHECK(a.runbooks[0].runbook == "of-a");
    CHECK(a.runbooks[1].runbook == "old");  // from before accounts were recorded
    REQUIRE(b.runbooks.size() == 1);
    CHECK(a.runs.at(0).planned.run.str() == "r1");
    CHECK(b.runs.at(0).planned.run.str() == "r2");
    CHECK(a.jobs.at(0).job.str() == "j2");
    CHECK(b.jobs.at(0).job.str() == "j1");
    CHECK(a.devices.empty());
    CHECK(b.devices.size() == 1);
    CHECK(a.sites.size() == 1);
    CHECK(b.sites.empty());
    CHECK_FALSE(a.knows_fleet);
    CHECK(b.knows_fleet);
    CHECK(a.last_targets.empty());
    CHECK(b.last_targets.size() == 1);
    CHECK(a.lost.empty());
    CHECK(b.lost.size() == 1);
    CHECK(a.recent_creates == 2);
    CHECK(b.recent_creates == 3);
    for (const auto* state : {&a, &b}) {
        CHECK(state->zone_digests == all.zone_digests);
        CHECK(state->newest == all.newest);
        CHECK(state->clock_was_synchronised);
        CHECK(state->durations.size() == 1);
    }
}

TEST_CASE("an account that nobody names any more keeps what has begun as it is", "[runtime][accounts]") {
    engine::RecoveredState all;
    all.runbooks = {stored("of-c", "c")};
    all.runs = {open_run("r1", "of-c", "c", true), open_run("r2", "of-c", "c", false)};
    all.jobs = {open_job("j1", "c"), open_job("j2", "c")};
    const auto divided = divide(all, kBoth);
    REQUIRE(divided.size() == 3);
    const auto& c = divided.at("c");
    CHECK(c.runs_left == 1);
    CHECK(c.jobs_left == 2);
    CHECK(c.state.jobs.empty());
    REQUIRE(c.state.runs.size() == 1);  // one that has not begun can only be missed
    CHECK(c.state.runs[0].planned.run.str() == "r2");
    CHECK(c.state.runbooks.size() == 1);
    // What is retired is nobody's in particular.
    all = {};
    all.runbooks = {stored("of-c", "c")};
    all.runbooks[0].retired = true;
    const auto others = divide(all, kBoth);
    CHECK(others.size() == 2);
    CHECK(others.at("a").state.runbooks.size() == 1);
}

TEST_CASE("a run has the text that it was planned by, also when its runbook has moved",
          "[runtime][accounts]") {
    engine::RecoveredState all;
    all.runbooks = {stored("sweep", "b", 2)};
    all.older_revisions["sweep"][1] = {"name: sweep of a", "{}"};
    all.runs = {open_run("r1", "sweep", "a", true, 1), open_run("r2", "sweep", "a", true, 2)};
    const auto divided = divide(all, kBoth);
    const auto& a = divided.at("a").state;
    CHECK(a.runbooks.empty());
    REQUIRE(a.older_revisions.contains("sweep"));
    CHECK(a.older_revisions.at("sweep").at(1).yaml == "name: sweep of a");
    CHECK(a.older_revisions.at("sweep").at(2).yaml == "name: sweep of b");
    CHECK(divided.at("b").state.older_revisions.empty());
}

TEST_CASE("every account has every pause, and one of them records its end", "[runtime][accounts]") {
    engine::RecoveredState all;
    all.runbooks = {stored("of-a", "a"), stored("of-b", "b")};
    all.pauses = {{"", UtcTime{}, "", "", UtcTime{}},
                  {"of-b", UtcTime{}, "", "", UtcTime{}},
                  {"unknown", UtcTime{}, "", "", UtcTime{}}};
    const auto divided = divide(all, kBoth);
    const auto recorded_by = [&](std::size_t pause) {
        std::string names;
        for (const auto& [name, account] : divided) {
            REQUIRE(account.state.pauses.size() == 3);
            if (account.state.pauses[pause].is_recorded) names += name;
        }
        return names;
    };
    CHECK(recorded_by(0) == "a");
    CHECK(recorded_by(1) == "b");
    CHECK(recorded_by(2) == "a");
}

TEST_CASE("what triggers started, and what they count, goes to its account",
          "[runtime][accounts][triggers]") {
    engine::RecoveredState all;
    all.runbooks = {stored("of-a", "a"), stored("of-b", "b", 2)};
    engine::TriggeredStart start;
    start.run = RunUid{"r1"};
    start.account = "b";
    all.triggered = {start};
    all.past_revisions = {{"of-b", {"name: before", "{}"}, UtcTime{}, UtcTime{Millis{1}}}};
    engine::PastDisposition decided;
    decided.account = "a";
    all.past_dispositions = {decided};
    const auto accounts = divide(all, kBoth);
    CHECK(accounts.at("a").state.triggered.empty());
    CHECK(accounts.at("b").state.triggered.size() == 1);
    CHECK(accounts.at("a").state.past_revisions.empty());
    CHECK(accounts.at("b").state.past_revisions.size() == 1);
    CHECK(accounts.at("a").state.past_dispositions.size() == 1);
    CHECK(accounts.at("b").state.past_dispositions.empty());
}

}  // namespace runbookd::runtime
