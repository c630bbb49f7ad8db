// How much work the next instant costs at most, by counting, not by time.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/day_rule.hpp"
#include "cron/expression.hpp"
#include "cron/random_expression.hpp"
#include "zones/zones.hpp"

using runbookd::parse_utc;
using runbookd::UtcTime;
using runbookd::cron::DayJoin;
using runbookd::cron::DayRule;
using runbookd::cron::Expression;
using runbookd::cron::GapRule;
using runbookd::cron::Options;

namespace {

/// Counts how often it is asked.
class CountingZone final : public runbookd::cron::Zone {
public:
    explicit CountingZone(std::shared_ptr<const Zone> zone) : zone_(std::move(zone)) {}
    [[nodiscard]] const std::string& name() const override { return zone_->name(); }
    [[nodiscard]] runbookd::cron::ZoneInterval at(UtcTime at) const override {
        ++asked;
        return zone_->at(at);
    }
    mutable int asked = 0;

private:
    std::shared_ptr<const Zone> zone_;
};

int look_ups(const char* text, const char* zone_name, const char* after, const Options& options = {}) {
    runbookd::zones::Zones zones;
    const CountingZone zone(*zones.find(zone_name));
    const auto cron = Expression::parse(text, options);
    INFO(text << ": " << (cron ? "" : cron.error().message));
    REQUIRE(cron.has_value());
    static_cast<void>(cron->next_after(*parse_utc(after), zone));
    return zone.asked;
}

constexpr std::uint64_t kAllWeekdays = 0x7'FFFF'FFFF;

}  // namespace

TEST_CASE("far from the zone's changes it is asked once", "[cron]") {
    for (const auto* text : {"* * * * *", "0 2 * * *", "0 2 * * SUN", "*/15 8-17 * * MON-FRI"})
        CHECK(look_ups(text, "Europe/Berlin", "2026-07-01") == 1);
}

TEST_CASE("an instant decades away does not cost a look at every change before it", "[cron]") {
    // 2088 to 2128: eighty changes of the clock in Berlin, hundreds of Februaries and months.
    CHECK(look_ups("0 0 29 2 */7", "Europe/Berlin", "2088-03-01") <= 3);
    CHECK(look_ups("0 0 29 2 */7", "Africa/Casablanca", "2032-03-01") <= 3);
    // Behind a change, and right before one.
    CHECK(look_ups("0 0 29 2 */7", "Europe/Berlin", "2088-03-28T01:00") <= 8);
    CHECK(look_ups("0 0 29 2 */7", "Europe/Berlin", "2088-03-28T00:59:59") <= 8);
}

TEST_CASE("an expression that a zone always leaves out is given up after 400 years", "[cron]") {
    // Half past two on the last Sunday of March is in the gap, every year.
    Options skip;
    skip.days = DayJoin::both;
    skip.gap = GapRule::skip;
    const auto cron = Expression::parse("30 2 * 3 SUNL", skip);
    REQUIRE(cron.has_value());
    runbookd::zones::Zones zones;
    CHECK_FALSE(cron->next_after(*parse_utc("2026-01-01"), **zones.find("Europe/Berlin")).has_value());
    CHECK(look_ups("30 2 * 3 SUNL", "Europe/Berlin", "2026-01-01", skip) <= 401 * 8);
}

TEST_CASE("no rule needs more than 144 months to find its day", "[cron]") {
    cron_tests::Maker make(42);
    unsigned most = 0;
    const auto try_all = [&](DayRule rule) {
        rule.settle();
        if (rule.live_months == 0) return;
        for (int n = 0; n < 12; ++n) {
            // From behind each match, where the way to the next is longest, and from anywhere.
            auto from = std::chrono::local_days{std::chrono::days{make.pick(-200'000, 200'000)}};
            for (int step = 0; step < 3; ++step) {
                const auto found = next_day(rule, from);
                REQUIRE(found.has_value());
                most = std::max(most, found->months_seen);
                from = found->day + std::chrono::days{1};
            }
        }
    };
    // The sparsest: one weekday on one day, in one month, in none that is named, and in all.
    for (int day = 1; day <= 31; ++day) {
        for (const unsigned months : {0x1FFEU, 1U << 2, 1U << 1, 1U << 4}) {
            DayRule rule;
            rule.join = DayJoin::both;
            rule.months = static_cast<std::uint16_t>(months);
            rule.days = 1U << day;
            rule.weekdays = std::uint64_t{0x1020'4081} << make.pick(0, 6);
            try_all(rule);
            rule.weekdays = std::uint64_t{1} << make.pick(0, 34);
            try_all(rule);
            rule.days = 0;
            rule.before_last = 1U << day;
            try_all(rule);
            rule.before_last = 0;
            rule.near = 1U << day;
            rule.weekdays = std::uint64_t{0x1020'4081} << make.pick(0, 6);
            try_all(rule);
            rule.weekdays = kAllWeekdays;
            try_all(rule);
        }
    }
    INFO(most << " months at most");
    CHECK(most <= 144);
}

TEST_CASE("an expression is small enough for a hundred thousand of them", "[cron]") {
    CHECK(sizeof(Expression) <= 160);
}
