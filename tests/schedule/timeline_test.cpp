#include "schedule/timeline.hpp"

#include "base/sha256.hpp"
#include "catch.hpp"
#include "zones/zones.hpp"

namespace runbookd::schedule {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

UtcTime at(const char* text) { return *parse_utc(text); }

std::shared_ptr<const cron::Zone> zone(const char* name) {
    static zones::Zones zones;
    return *zones.find(name);
}

Entry every(const char* cron, const char* in = "UTC") {
    return {.rule = *cron::Expression::parse(cron), .zone = zone(in)};
}
Entry once(const char* when, const char* in = "UTC") {
    return {.rule = cron::Once(std::chrono::local_seconds{
                std::chrono::floor<std::chrono::seconds>(at(when)).time_since_epoch()}),
            .zone = zone(in)};
}

std::vector<std::string> coming(const Timeline& timeline, const char* after, int count) {
    std::vector<std::string> found;
    auto last = at(after);
    for (int i = 0; i < count; ++i) {
        const auto next = timeline.next_after(last);
        if (!next) break;
        found.push_back(format_utc(next->at).substr(0, 16) + " " + next->entry->zone->name());
        last = next->at;
    }
    return found;
}

}  // namespace

TEST_CASE("several entries come in the order of time", "[schedule]") {
    const Timeline timeline({every("0 2 * * *", "Europe/Berlin"), every("0 2 * * *", "America/New_York"),
                             once("2026-12-01T04:30:00Z")});
    CHECK(coming(timeline, "2026-12-01T00:00:00Z", 4) ==
          std::vector<std::string>{"2026-12-01T01:00 Europe/Berlin", "2026-12-01T04:30 UTC",
                                   "2026-12-01T07:00 America/New_York", "2026-12-02T01:00 Europe/Berlin"});
}

TEST_CASE("an instant that several entries name comes once, and is the first one's", "[schedule]") {
    const Timeline timeline({every("0 * * * *", "Europe/Berlin"), every("*/30 * * * *")});
    CHECK(coming(timeline, "2026-12-01T00:00:00Z", 3) ==
          std::vector<std::string>{"2026-12-01T00:30 UTC", "2026-12-01T01:00 Europe/Berlin",
                                   "2026-12-01T01:30 UTC"});
}

TEST_CASE("a timeline of single instants ends", "[schedule]") {
    const Timeline timeline({once("2026-12-01T02:00:00Z"), once("2026-11-01T02:00:00Z")});
    CHECK(coming(timeline, "2026-10-01T00:00:00Z", 5).size() == 2);
    CHECK_FALSE(timeline.next_after(at("2026-12-01T02:00:00Z")));
}

TEST_CASE("a timeline names its texts and zones", "[schedule]") {
    const Timeline timeline({every("0 2 * * *", "Europe/Berlin"), once("2026-12-01T02:00:00Z"),
                             every("0 3 * * *", "Europe/Berlin")});
    CHECK(timeline.text() == "0 2 * * *; 2026-12-01T02:00:00; 0 3 * * *");
    CHECK(timeline.zone() == "Europe/Berlin, UTC");
}

TEST_CASE("jitter is the same for ever, below its bound, and never past the window", "[schedule]") {
    const auto nominal = at("2026-12-01T02:00:00Z");
    CHECK(jitter_of("a", nominal, Millis{0}, hours{1}) == Millis{0});
    CHECK(jitter_of("a", nominal, hours{1}, Millis{0}) == Millis{0});
    // By the design's rule: SHA-256 of runbook, zero byte and milliseconds, modulo the range.
    const auto expected = hash_modulo("a", std::to_string(to_unix_ms(nominal)), 1'800'000);
    CHECK(jitter_of("a", nominal, minutes{30}, hours{1}).count() == static_cast<std::int64_t>(expected));
    CHECK(jitter_of("a", nominal, hours{2}, minutes{30}).count() == static_cast<std::int64_t>(expected));
    for (int i = 0; i < 200; ++i) {
        const auto drawn = jitter_of("runbook-" + std::to_string(i), nominal, minutes{30}, minutes{10});
        CHECK((drawn >= Millis{0} && drawn < minutes{10}));
    }
    CHECK(jitter_of("a", nominal, hours{1}, hours{1}) != jitter_of("b", nominal, hours{1}, hours{1}));
    CHECK(jitter_of("a", nominal, hours{1}, hours{1}) !=
          jitter_of("a", nominal + hours{24}, hours{1}, hours{1}));
}

}  // namespace runbookd::schedule
