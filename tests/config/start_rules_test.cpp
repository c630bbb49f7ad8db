// `once`, `ramp` and `overlap: stop_previous`, as the loader understands them.
#include <chrono>

#include "catch.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;
using runbookd::Millis;
using runbookd::runbook::OverlapPolicy;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;

namespace {

const std::string kLeast = "component: Sweep\ntargets: {include: [{all: true}]}\n";
const std::string kRamp = "ramp: {from: 2026-12-01, shares: {7d: 40%, 0d: 1%, 2w: 100%}}\n";

runbookd::runbook::Runbook good(const std::string& yaml, Settings settings = settings_for_tests()) {
    static runbookd::zones::Zones zones;
    auto parsed = parse_runbook(kLeast + yaml, "some-file.yaml", settings, zones);
    INFO(yaml);
    for (const auto& line : in_full(parsed.diagnostics)) UNSCOPED_INFO(line);
    REQUIRE(parsed.runbook);
    return std::move(*parsed.runbook);
}

std::string line_of(const std::string& yaml) {
    const auto lines = in_full(parse(kLeast + yaml + "\n").diagnostics);
    return lines.size() == 1 ? lines.front().substr(lines.front().find("error: ") + 7) : "";
}

}  // namespace

TEST_CASE("once: never, for ever, or for a time", "[config][start_rules]") {
    CHECK_FALSE(good("").once);
    CHECK_FALSE(good("once: never").once);
    REQUIRE(good("once: per_device").once);
    CHECK_FALSE(good("once: per_device").once->within);
    REQUIRE(good("once: 30d").once);
    CHECK(good("once: 30d").once->within == Millis{hours{24 * 30}});
    CHECK(line_of("once: per_devise") ==
          "once: 'per_devise' is not a choice here (expected never, per_device, or a time span such as 30d; "
          "did you mean per_device?)");
}

TEST_CASE("a ramp's shares stand in the order of their days, however they are written",
          "[config][start_rules]") {
    const auto ramp = good(kRamp).ramp;
    REQUIRE(ramp);
    CHECK(ramp->from == local_days{std::chrono::year{2026} / std::chrono::December / std::chrono::day{1}});
    REQUIRE(ramp->steps.size() == 3);
    CHECK(ramp->steps[0].after == days{0});
    CHECK(ramp->steps[0].percent == 1);
    CHECK(ramp->steps[1].after == days{7});
    CHECK(ramp->steps[2].after == days{14});
    CHECK(ramp->steps[2].percent == 100);
    CHECK(good("ramp: {from: 2026-12-01, shares: {3d: 0%, 4d: 100%}}").ramp->steps.size() == 2);
    CHECK(line_of("ramp: {from: 2026-12-01, shares: {0d: 50%, 3d: 10%}}") ==
          "ramp.shares.3d: the share falls: it is 50% before that day (expected at least 50%)");
}

TEST_CASE("a ramp counts the days of its schedule's zone, else of the account's", "[config][start_rules]") {
    auto settings = settings_for_tests();
    settings.account.timezone = "Asia/Tokyo";
    const auto manual = good(kRamp, settings);
    REQUIRE(manual.zone);
    CHECK(manual.zone->name() == "Asia/Tokyo");
    CHECK(manual.resolved.find("Asia/Tokyo") != std::string::npos);
    const auto scheduled =
        good(kRamp + "schedule: {cron: '0 2 * * *', timezone: America/New_York}\n", settings);
    REQUIRE(scheduled.zone);
    CHECK(scheduled.zone->name() == "America/New_York");
    CHECK_FALSE(good("", settings).zone);
    // Beside variables that show dates it is the same zone, resolved once.
    CHECK(good(kRamp + "variables: {day: \"{{ run.started_at | date('%d') }}\"}\n", settings).zone->name() ==
          "Asia/Tokyo");
}

TEST_CASE("overlap: stop_previous", "[config][start_rules]") {
    const auto book = good("overlap: stop_previous");
    CHECK(book.overlap == OverlapPolicy::stop_previous);
    CHECK(book.queues());
    CHECK_FALSE(good("overlap: skip_run").queues());
}
