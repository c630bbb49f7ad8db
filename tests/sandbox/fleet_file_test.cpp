#include "sandbox/fleet_file.hpp"

#include <algorithm>

#include "fixture.hpp"
#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

using testing::contains;
using testing::fleet_of;

constexpr const char* kExample = R"(
key: k
secret: s
limits: {reads: 500, writes: 400, device_job_create: 50}
pickup: 1s..5s
expiry: 2d
token_life: 90s
activity_log: {lag: 2s..10s}
results_404_for: 3s
sites:
  - name: Acme HQ
    devices:
      - {hostname: ACME-DC01, os: Microsoft Windows Server 2022, type: Server, online: true, udf: {5: gold}}
      - {hostname: "ACME-WS{n:03}", count: 400, online: 95%}
      - {hostname: ACME-LT01, type: Laptop, online: {after: 120s, for: 60s, every: 600s}}
      - {hostname: ACME-OLD, deleted: true, uid: old, last_seen: 40d}
  - {name: Visits, on_demand: true}
components:
  - name: Clear Temp Files
    category: Maintenance
    variables: [{name: days, type: string, default: "7"}]
    script: echo hello
    timeout: 5s
  - name: Slow sweep
    simulate: {duration: 60s..600s, outcome: {Success: 97%, Failure: 2%, Warning: 1%}, stdout: "swept {hostname}"}
filters: [{name: All Windows Servers, os: "*Server*"}]
faults: [{operation: quickjob, nth: 3, times: 2, kind: reset_after}]
)";

std::string error_of(const std::string& yaml) {
    const auto fleet = parse_fleet(yaml, "f.yaml");
    return fleet ? std::string{} : fleet.error().message;
}

TEST_CASE("a log-normal span keeps to its ends and has its middle where it should", "[sandbox]") {
    const auto fleet = fleet_of(
        "components:\n  - {name: Sweep, simulate: {duration: 60s..600s log-normal, outcome: {Success: "
        "100%}}}\n");
    const auto& duration = std::get<Simulation>(fleet.components[0].work).duration;
    std::vector<Millis> drawn;
    for (std::uint64_t i = 0; i < 2001; ++i) drawn.push_back(duration.pick(scramble(i, 7)));
    std::sort(drawn.begin(), drawn.end());
    CHECK(drawn.front() >= std::chrono::seconds{60});
    CHECK(drawn.back() <= std::chrono::seconds{600});
    CHECK(drawn[1000] > std::chrono::seconds{180});  // √(60 s · 600 s) is 190 s
    CHECK(drawn[1000] < std::chrono::seconds{200});
    CHECK(drawn[320] < std::chrono::seconds{112});  // one deviation below: 107 s
}

TEST_CASE("the example of the design is read in full", "[sandbox]") {
    const auto fleet = fleet_of(kExample);
    CHECK(fleet.key == "k");
    CHECK(fleet.limits->device_job_create == 50);
    CHECK(fleet.expiry == std::chrono::hours{48});
    CHECK(fleet.token_life == Millis{90'000});
    CHECK(fleet.activity_log.lag.most == Millis{10'000});
    REQUIRE(fleet.devices.size() == 403);
    CHECK(fleet.devices[1].hostname == "ACME-WS001");
    CHECK(fleet.devices[400].hostname == "ACME-WS400");
    CHECK(fleet.devices[402].uid == "old");
    CHECK(fleet.traits_of(fleet.devices[0]).udf.at(5) == "gold");
    CHECK(fleet.sites[1].on_demand);
    CHECK(std::get<Script>(fleet.components[0].work).timeout == Millis{5000});
    CHECK(std::get<Simulation>(fleet.components[1].work).outcome.size() == 3);
    REQUIRE(fleet.faults.size() == 1);
    CHECK(fleet.faults[0].kind == FaultKind::reset_after);
    CHECK(fleet.faults[0].nth == 3);
}

TEST_CASE("the fleet of the examples is a valid one", "[sandbox]") {
    const auto fleet = load_fleet("config/examples/fleet.yaml");
    if (!fleet) FAIL(fleet.error().message);
    CHECK(fleet->devices.size() == 14);
    CHECK(fleet->components.size() == 8);
    CHECK(fleet->alerts.size() == 1);
}

TEST_CASE("uids and the devices of a share are the same at every start", "[sandbox]") {
    const auto once = fleet_of(kExample);
    const auto again = fleet_of(kExample);
    std::size_t unreachable = 0;
    for (std::size_t i = 0; i < once.devices.size(); ++i) {
        CHECK(once.devices[i].uid == again.devices[i].uid);
        CHECK(once.devices[i].reachable == again.devices[i].reachable);
        unreachable += once.devices[i].reachable ? 0 : 1;
    }
    CHECK(unreachable > 5);
    CHECK(unreachable < 40);
    CHECK(once.devices[1].uid.size() == 36);
    CHECK(once.devices[1].uid != once.devices[2].uid);
}

TEST_CASE("limits may be off", "[sandbox]") { CHECK_FALSE(fleet_of("limits: off").limits); }

TEST_CASE("an unknown key is refused with its line and the nearest spelling", "[sandbox]") {
    CHECK(error_of("key: a\nsecert: b\n") == "f.yaml:2: secert: unknown key; did you mean `secret`?");
    CHECK(contains(error_of("sites:\n  - name: A\n    devices:\n      - {hostnam: x}\n"),
                   "f.yaml:4: sites[0].devices[0].hostnam: unknown key; did you mean `hostname`?"));
}

TEST_CASE("all mistakes of a file are reported, each with what was expected", "[sandbox]") {
    const auto text = error_of("pickup: soon\nlimits: {reads: many}\nexpiry: [1]\nlimits: off\n");
    CHECK(contains(text, "f.yaml:1: pickup: expected a range of spans"));
    CHECK(contains(text, "f.yaml:2: limits.reads: expected a whole number"));
    CHECK(contains(text, "f.yaml:3: expiry: expected a span"));
    CHECK(contains(text, "f.yaml:4: limits: this key is given twice"));
}

TEST_CASE("values of the wrong kind are refused", "[sandbox]") {
    const auto device = [](const std::string& keys) {
        return error_of("sites: [{name: A, devices: [{hostname: x, " + keys + "}]}]");
    };
    CHECK(contains(device("online: \"true\""), "online: expected true, false, a share"));
    CHECK(contains(device("online: {after: 1s, every: 2s}"),
                   "online.every: expected a span longer than `for`"));
    CHECK(contains(device("deleted: yes"), "deleted: expected true or false"));
    CHECK(contains(device("udf: {301: x}"), "udf: expected numbers from 1 to 300"));
    CHECK(contains(device("class: tractor"), "class: expected device, printer"));
    CHECK(contains(device("patch_status: Rebooting"), "patch_status: expected NoPolicy"));
    CHECK(contains(device("reboot_required: maybe"), "reboot_required: expected true or false"));
    CHECK(contains(device("count: 2"), "hostname: expected a place for the number"));
    CHECK(contains(device("last_seen: yesterday"), "last_seen: expected a span"));
    CHECK(contains(error_of("components: [{name: c, simulate: {outcome: {Success: 90%}}}]"), "sum to 100%"));
    CHECK(contains(error_of("components: [{name: c}]"), "expected exactly one of `script` and `simulate`"));
    CHECK(contains(error_of("faults: [{operation: quickjob, kind: resett_after}]"),
                   "did you mean `reset_after`?"));
    CHECK(contains(error_of("dialect: sead"), "dialect: expected datto, seed or both, not `sead`"));
    CHECK(contains(error_of("seed: {idempotency: yes}"), "seed.idempotency: expected honoured or ignored"));
    CHECK(contains(error_of("variables: [{value: x}]"), "variables[0].name: expected a text"));
    CHECK(contains(error_of("limits: {block: {after: 0}}"), "limits.block.after: expected a whole number"));
    CHECK(contains(error_of("paging: {totals: some}"), "paging.totals: expected all, not_alerts or none"));
    CHECK(contains(error_of("components: [{name: c, script: a, reboots: {returns: often}}]"),
                   "components[0].reboots.returns: expected a share"));
    CHECK(contains(error_of("- a"), "expected a map"));
    CHECK(contains(error_of("a: [\n"), "not valid YAML"));
}

TEST_CASE("names that would give one uid twice are refused", "[sandbox]") {
    CHECK(contains(error_of("sites: [{name: A, devices: [{hostname: x}, {hostname: x}]}]"), "given twice"));
    CHECK(error_of("sites: [{name: A, devices: [{hostname: x}, {hostname: x, uid: other}]}]").empty());
    CHECK(error_of("sites: [{name: A, devices: [{hostname: x}]}, {name: B, devices: [{hostname: x}]}]")
              .empty());
}

TEST_CASE("speed divides what the design names and leaves scripts and tokens", "[sandbox]") {
    const auto fast = at_speed(fleet_of(kExample), 10);
    CHECK(fast.pickup.least == Millis{100});
    CHECK(fast.expiry == Millis{std::chrono::hours{48}} / 10);
    CHECK(fast.activity_log.lag.most == Millis{1000});
    CHECK(fast.token_life == Millis{90'000});
    CHECK(std::get<Simulation>(fast.components[1].work).duration.most == Millis{60'000});
    CHECK(std::get<Script>(fast.components[0].work).timeout == Millis{5000});
    const auto slowed = at_speed(fleet_of("unknowns: {order: {output: 5s..10s}, job_retention: 1h}"), 10);
    CHECK(slowed.unknowns.order.output.most == Millis{1000});
    CHECK(slowed.unknowns.job_retention == std::chrono::hours{1});
    const auto& laptop = fast.traits_of(fast.devices[401]).online;
    CHECK(laptop.after == Millis{12'000});
    CHECK(laptop.every == Millis{60'000});
}

}  // namespace
}  // namespace runbookd::sandbox
