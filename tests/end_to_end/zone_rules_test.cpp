// The rules of a zone change (package tzdata), while the daemon runs and while it is down.
#include <csignal>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/world.hpp"
#include "zones/tzif_builder.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kEveryThree = "*/3 * * * * *";
constexpr std::int64_t kPeriod = 3;  // seconds

constexpr const char* kFleet = R"(
limits: off
pickup: 50ms
sites:
  - {name: Acme, devices: [{hostname: PC01}]}
components:
  - {name: Tick, script: "echo tick"}
)";

std::string runbook_at(const std::string& cron, const std::string& zone) {
    return "schedule: {cron: \"" + cron + "\", timezone: " + zone +
           ", catch_up: none}\n"
           "window: 1m\n"
           "overlap: allow\n"
           "targets: {include: [{all: true}]}\n"
           "component: Tick\n";
}

/// A zone that is ahead of UTC by so many seconds. A second is enough to tell rules apart, and shows soon:
/// one ahead moves the instants of "every three seconds" from 0, 3, 6 … to 2, 5, 8 …
void write_zone(const World& world, int seconds) {
    zones::TzifBuilder file;
    file.types = {{seconds, false}};
    file.footer = "OWN-0:00:0" + std::to_string(seconds);
    // As dpkg does: whoever reads meanwhile has the whole old file or the whole new one.
    world.folder.write("zoneinfo/Own/Town.new", file.build());
    std::filesystem::rename(world.folder.file("zoneinfo/Own/Town.new"),
                            world.folder.file("zoneinfo/Own/Town"));
}

json runbook_named(const World& world, const std::string& name) {
    const auto found = json::parse(world.ctl({"runbooks", "--runbook", name, "--json"}).out);
    return found.empty() ? json() : found.at(0);
}

/// Seconds of an instant such as "2026-12-01T02:00:04.000Z", within the period.
std::int64_t phase_of(const std::string& instant) { return std::stoll(instant.substr(17, 2)) % kPeriod; }

std::string planned_next(const World& world, const std::string& name) {
    return runbook_named(world, name).at("next_at").get<std::string>();
}

/// As runbookctl works it out, without the daemon.
std::string coming_next(const World& world) {
    const auto coming = world.ctl({"next", "--cron", kEveryThree, "--tz", "Own/Town", "--json"});
    return json::parse(coming.out).at(0).at("at").get<std::string>();
}

[[nodiscard]] bool fires_under(const World& world, int revision) {
    return wait_for([&] {
        return world.store().number(
                   "SELECT count(*) FROM occurrence_history WHERE runbook = 'moving' AND "
                   "verdict = 'on_time' AND revision = " +
                   std::to_string(revision)) > 0;
    });
}

/// Every instant of a revision, those between the first and the last of a row included, is one of its rules.
void check_phase(const World& world, int revision, std::int64_t phase) {
    INFO("revision " << revision);
    const auto rows = world.store().rows(
        "SELECT nominal_at / 1000 AS first, nominal_until / 1000 AS last, count FROM occurrences "
        "WHERE runbook = 'moving' AND revision = " +
        std::to_string(revision));
    CHECK_FALSE(rows.empty());
    for (const auto& row : rows) {
        const auto first = std::stoll(row.at("first"));
        const auto last = std::stoll(row.at("last"));
        CHECK(first % kPeriod == phase);
        CHECK(last - first == (std::stoll(row.at("count")) - 1) * kPeriod);
    }
}

void check_verified(const World& world) {
    const auto verified = world.ctl({"verify"});
    INFO(verified.out);
    CHECK(verified.status == 0);
}

}  // namespace

TEST_CASE("new rules of a zone count from the reload; what was before is judged by those on record",
          "[end_to_end]") {
    World world;
    world.environment = {"TZDIR=" + world.folder.file("zoneinfo").string()};
    write_zone(world, 0);
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("moving", runbook_at(kEveryThree, "Own/Town"));
    world.write_runbook("yearly", runbook_at("0 3 1 1 *", "Own/Town"));
    world.write_runbook("steady", runbook_at("0 3 1 1 *", "UTC"));
    world.start_daemon();
    REQUIRE(fires_under(world, 1));
    const auto yearly_before = planned_next(world, "yearly");
    const auto steady_before = planned_next(world, "steady");
    CHECK(yearly_before == steady_before);  // so far the zone is UTC by another name

    // ── while it runs ──
    write_zone(world, 1);
    CHECK(planned_next(world, "yearly") == yearly_before);  // nothing changes behind the back of a reload
    world.daemon().signal(SIGHUP);
    REQUIRE(wait_for([&] { return runbook_named(world, "moving").at("revision") == 2; }));
    CHECK(phase_of(planned_next(world, "moving")) == 2);
    CHECK(phase_of(coming_next(world)) == 2);
    CHECK(planned_next(world, "yearly") != yearly_before);
    CHECK(runbook_named(world, "yearly").at("revision") == 2);
    CHECK(runbook_named(world, "steady").at("revision") == 1);
    CHECK(planned_next(world, "steady") == steady_before);
    REQUIRE(fires_under(world, 2));

    // ── while it is down ──
    CHECK(world.stop_daemon() == 0);
    const auto stopped = wall_clock_ms();
    write_zone(world, 2);
    REQUIRE(wait_for([&] { return wall_clock_ms() > stopped + kPeriod * 1000; }));
    world.start_daemon();
    CHECK(runbook_named(world, "moving").at("revision") == 3);
    CHECK(phase_of(planned_next(world, "moving")) == 1);
    REQUIRE(fires_under(world, 3));
    const auto store = world.store();
    CHECK(store.number("SELECT sum(count) FROM occurrences WHERE runbook = 'moving' AND revision = 2 AND "
                       "verdict = 'skipped' AND reason = 'catch_up' AND nominal_until > " +
                       std::to_string(stopped)) >= 1);
    check_phase(world, 1, 0);
    check_phase(world, 2, 2);
    check_phase(world, 3, 1);
    CHECK(store.number("SELECT count(*) FROM event_trail WHERE kind = 'zone.rules'") == 3);
    CHECK(store.number("SELECT count(*) FROM runbook_revisions WHERE runbook = 'moving'") == 3);
    check_verified(world);
    CHECK(fault_in_chain(store) == "");
}

}  // namespace runbookd::end_to_end
