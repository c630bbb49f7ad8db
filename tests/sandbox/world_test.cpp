#include "sandbox/world.hpp"

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::fleet_of;
using testing::later;
using testing::RememberingWitness;
using testing::test_start;

constexpr const char* kFleet = R"(
pickup: 2s
expiry: 1h
activity_log: {lag: 5s}
sites:
  - name: HQ
    devices:
      - {hostname: UP}
      - {hostname: DOWN, online: false}
      - {hostname: LATER, online: {after: 10m, for: 1m, every: 20m}}
      - {hostname: NEW, appears: {after: 60s}}
      - {hostname: HALTED, suspended: true}
  - {name: Visits, on_demand: true, devices: [{hostname: VISIT}]}
components:
  - {name: Sweep, simulate: {duration: 30s, stdout: "swept {hostname}, {hostname}"}}
  - {name: Break, simulate: {duration: 30s, outcome: {Failure: 100%}, stderr: no}}
  - name: Script
    variables: [{name: days, default: "7"}, {name: seen, direction: output}]
    script: echo
)";

struct Story {
    RememberingWitness witness;
    World world{fleet_of(kFleet), test_start(), witness};

    const Device& device(const std::string& hostname) {
        for (const auto& each : world.fleet().devices) {
            if (each.hostname == hostname) return each;
        }
        throw std::runtime_error("no device " + hostname);
    }
    const Job& create(const std::string& hostname, std::size_t component, Millis after) {
        return world.create_job(device(hostname), world.fleet().components[component], hostname, {},
                                later(test_start(), after));
    }
    void at(Millis after) { world.advance(later(test_start(), after)); }
};

TEST_CASE("a simulated job is pending, running and done, each at its own instant", "[sandbox]") {
    Story story;
    const auto& job = story.create("UP", 0, seconds{1});
    story.at(Millis{2999});
    CHECK(job.status == JobStatus::pending);
    story.at(seconds{3});
    CHECK(job.status == JobStatus::running);
    CHECK(story.world.stdout_of(job).empty());
    story.at(minutes{10});
    CHECK(job.status == JobStatus::success);
    CHECK(job.ran_on == test_start().utc + seconds{3});
    CHECK(story.world.stdout_of(job) == "swept UP, UP");
    CHECK(story.witness.lines ==
          std::vector<std::string>{"accepted UP at 02:00:01", "finished UP at 02:00:33 Success"});
}

TEST_CASE("a job for an offline device waits until the device comes online", "[sandbox]") {
    Story story;
    const auto& job = story.create("LATER", 0, seconds{0});
    story.at(minutes{10} - Millis{1});
    CHECK(job.status == JobStatus::pending);
    story.at(minutes{10});
    CHECK(job.status == JobStatus::running);
    const auto& next = story.create("LATER", 1, minutes{12});
    story.at(minutes{31});
    CHECK(next.status == JobStatus::failure);
    CHECK(next.exit_code == 1);
}

TEST_CASE("a job that no agent takes expires", "[sandbox]") {
    Story story;
    story.create("DOWN", 0, seconds{0});
    story.create("HALTED", 0, seconds{0});
    const auto& visit = story.create("VISIT", 0, seconds{0});
    story.at(minutes{59});
    CHECK(visit.status == JobStatus::pending);
    story.at(minutes{60});
    CHECK(visit.status == JobStatus::expired);
    CHECK(story.witness.lines.size() == 6);
    CHECK(story.witness.lines.back() == "finished VISIT at 03:00:00 Expired");
    CHECK_FALSE(story.world.next_due());
}

TEST_CASE("a device that appears later does not exist before", "[sandbox]") {
    Story story;
    const auto& fresh = story.device("NEW");
    CHECK(story.world.find_device(fresh.uid, (test_start().steady + seconds{59})) == nullptr);
    CHECK(story.world.find_device(fresh.uid, (test_start().steady + seconds{60})) == &fresh);
}

TEST_CASE("last seen is now for a device online, and the end of its last span otherwise", "[sandbox]") {
    Story story;
    const auto at = later(test_start(), minutes{15});
    CHECK(story.world.devices().last_seen(story.device("UP"), at) == at.utc);
    CHECK(story.world.devices().last_seen(story.device("LATER"), at) == test_start().utc + minutes{11});
    CHECK(story.world.devices().last_seen(story.device("DOWN"), at) == std::nullopt);
}

TEST_CASE("scripts are handed out in the order of pickup and end by their exit code", "[sandbox]") {
    Story story;
    const std::vector<const Job*> jobs = {&story.create("UP", 2, seconds{0}),
                                          &story.create("UP", 2, seconds{1}),
                                          &story.create("UP", 2, seconds{2})};
    const auto now = later(test_start(), seconds{10});
    CHECK_FALSE(story.world.take_script(now));
    story.world.advance(now);
    CHECK(jobs[0]->status == JobStatus::pending);
    const std::vector<int> exits = {0, 64, 3};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto taken = story.world.take_script(now);
        REQUIRE(taken == i);
        CHECK(jobs[i]->status == JobStatus::running);
        ScriptResult result;
        result.exit_code = exits[i];
        result.stdout_text = "out";
        story.world.script_ended(*taken, std::move(result), now);
        CHECK(jobs[i]->exit_code == exits[i]);
        CHECK(story.world.stdout_of(*jobs[i]) == "out");
    }
    CHECK(jobs[0]->status == JobStatus::success);
    CHECK(jobs[1]->status == JobStatus::warning);
    CHECK(jobs[2]->status == JobStatus::failure);
    CHECK_FALSE(story.world.take_script(now));
}

TEST_CASE("a script's environment has the host's name, defaults, and what was sent", "[sandbox]") {
    Story story;
    const auto& component = story.world.fleet().components[2];
    const auto& plain = story.create("UP", 2, seconds{0});
    CHECK(story.world.environment_of(plain) == Variables{{"HOSTNAME", "UP"}, {"days", "7"}});
    const auto& sent =
        story.world.create_job(story.device("UP"), component, "n", {{"days", "14"}}, test_start());
    CHECK(story.world.environment_of(sent) == Variables{{"HOSTNAME", "UP"}, {"days", "14"}});
}

TEST_CASE("shares of outcomes are kept over many jobs", "[sandbox]") {
    RememberingWitness witness;
    World world(
        fleet_of(
            "sites: [{name: A, devices: [{hostname: x}]}]\n"
            "components: [{name: c, simulate: {duration: 1s..9s, outcome: {Success: 80%, Failure: 20%}}}]"),
        test_start(), witness);
    std::vector<const Job*> jobs;
    for (int i = 0; i < 2000; ++i) {
        jobs.push_back(
            &world.create_job(world.fleet().devices[0], world.fleet().components[0], "j", {}, test_start()));
    }
    world.advance(later(test_start(), minutes{1}));
    std::size_t failed = 0;
    for (const auto* job : jobs) failed += job->status == JobStatus::failure ? 1 : 0;
    CHECK(failed > 320);
    CHECK(failed < 480);
}

TEST_CASE("a hundred thousand devices with a job each are served", "[sandbox]") {
    RememberingWitness witness;
    World world(
        fleet_of("sites: [{name: A, devices: [{hostname: \"PC{n}\", count: 100000}]}]\n"
                 "components: [{name: c, simulate: {duration: 1s..600s, stdout: \"swept {hostname}\"}}]"),
        test_start(), witness);
    for (const auto& device : world.fleet().devices) {
        world.create_job(device, world.fleet().components[0], device.hostname, {}, test_start());
    }
    world.advance(later(test_start(), minutes{11}));
    CHECK(witness.lines.size() == 200'000);
    CHECK(world.stdout_of(world.job(99'999)) == "swept PC100000");
}

}  // namespace
}  // namespace runbookd::sandbox
