// verify as the daemon runs it: slice by slice, on a thread of its own, once a day.
#include "runtime/verifier.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "catch.hpp"
#include "runtime/daily_verify.hpp"

namespace runbookd::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::minutes;

const UtcTime kBegin = *parse_utc("2026-01-01T00:00:00Z");

/// Far ahead of the machine's, so that no timer of the operating system comes due by itself.
class SetClock final : public Clock {
public:
    UtcTime utc = kBegin + hours{24 * 90};
    SteadyTime steady{hours{24 * 365 * 100}};
    [[nodiscard]] Instant now() const override { return {utc, steady}; }
};

runbook::Runbook hourly(const std::string& name) {
    runbook::Runbook book;
    book.name = name;
    const std::shared_ptr<const cron::Zone> utc(std::shared_ptr<const void>{}, &cron::utc_zone());
    book.schedule = schedule::Timeline({{.rule = *cron::Expression::parse("0 * * * *"), .zone = utc}});
    return book;
}

/// A record in which every hour was missed, in one row for each revision.
class FakeFacts final : public ports::RecordedFacts {
public:
    std::map<std::string, std::vector<verify::RevisionText>> texts;
    std::vector<std::pair<UtcTime, UtcTime>> slices_asked;
    bool has_rows = true;
    std::optional<Error> trouble;
    std::optional<UtcTime> pruned;

    asio::awaitable<Result<std::vector<std::string>>> runbook_names() override {
        if (trouble) co_return tl::unexpected<Error>(*trouble);
        std::vector<std::string> names;
        for (const auto& [name, revisions_of] : texts) names.push_back(name);
        co_return names;
    }
    asio::awaitable<Result<std::vector<verify::RevisionText>>> revisions(std::string runbook) override {
        co_return texts.at(runbook);
    }
    asio::awaitable<Result<verify::Slice>> slice(std::string runbook, UtcTime from, UtcTime until) override {
        slices_asked.emplace_back(from, until);
        verify::Slice slice{from, until, {}, {}, {}, until};
        for (const auto& text : texts.at(runbook)) {
            if (!has_rows) break;
            verify::Occurrence row;
            row.revision = text.revision;
            row.zone = "UTC";
            row.nominal = text.from + hours{1};
            row.until = text.until.value_or(kBegin + hours{24 * 90});
            row.count = (row.until - text.from) / hours{1};
            row.verdict = engine::Verdict::missed;
            if (row.until > from && row.nominal <= until) slice.occurrences.push_back(row);
        }
        co_return slice;
    }
    asio::awaitable<Result<std::vector<runbook::ZoneRules>>> zone_rules() override {
        co_return std::vector<runbook::ZoneRules>{};
    }
    asio::awaitable<Result<std::optional<UtcTime>>> pruned_until() override { co_return pruned; }
};

struct Bed {
    SetClock clock;
    asio::io_context loop{1};
    FakeFacts facts;
    Verifier::ReadText read = [](const std::string& name, const verify::RevisionText& text,
                                 const std::vector<runbook::ZoneRules>&) {
        verify::Revision revision{text.revision, text.from, text.until, nullptr, "torn"};
        if (text.yaml != "torn") revision.book = std::make_shared<const runbook::Runbook>(hourly(name));
        return revision;
    };

    Bed() {
        const auto edited = kBegin + hours{24 * 30};
        facts.texts["a"] = {{1, kBegin, edited, "", ""}, {2, edited, std::nullopt, "", ""}};
        facts.texts["b"] = {{1, edited, edited + hours{24}, "", ""}};
    }
    Result<verify::Report> verify(std::optional<UtcTime> since = std::nullopt) {
        Verifier verifier(facts, read, clock, loop.get_executor());
        std::optional<Result<verify::Report>> report;
        asio::co_spawn(loop, verifier.verify(since),
                       [&](std::exception_ptr, Result<verify::Report> told) { report = std::move(told); });
        loop.restart();
        loop.run_for(std::chrono::seconds{20});
        REQUIRE(report);
        return *report;
    }
};

}  // namespace

TEST_CASE("the whole record is computed again, slice by slice", "[runtime][verify]") {
    Bed bed;
    const auto report = bed.verify();
    REQUIRE(report);
    CHECK(report->since == kBegin);
    CHECK(report->until == bed.clock.utc);
    CHECK(report->runbooks == 2);
    CHECK(report->instants == 90 * 24 + 24);
    CHECK(report->findings.empty());
    REQUIRE(bed.facts.slices_asked.size() == 4);  // three of 31 days at most, and one of a day
    for (std::size_t i = 1; i < 3; ++i)
        CHECK(bed.facts.slices_asked[i].first == bed.facts.slices_asked[i - 1].second);
}

TEST_CASE("verify since an instant begins with it", "[runtime][verify]") {
    Bed bed;
    const auto report = bed.verify(bed.clock.utc - hours{10});
    CHECK(report->instants == 11);
    CHECK(report->runbooks == 1);
    CHECK(report->since == bed.clock.utc - hours{10});
    CHECK(report->findings.empty());
}

TEST_CASE("what cannot be read or explained is told, what cannot be asked is an error", "[runtime][verify]") {
    Bed bed;
    SECTION("a text") {
        bed.facts.texts["b"][0].yaml = "torn";
        const auto report = bed.verify();
        REQUIRE(report->findings.size() == 1);
        CHECK(report->findings[0].kind == verify::Kind::unreadable_text);
        CHECK(report->findings[0].runbook == "b");
    }
    SECTION("the verdicts are gone") {
        bed.facts.has_rows = false;
        CHECK(bed.verify()->unexplained == 90 * 24 + 24 - 4);  // the youngest four are pending
    }
    SECTION("the reader throws") {
        bed.read = [](const auto&, const auto&, const auto&) -> verify::Revision {
            throw std::runtime_error("broken");
        };
        CHECK(bed.verify().error().message == "verify failed: broken");
    }
    SECTION("the store") {
        bed.facts.trouble = Error{ErrorCode::unavailable, "no disk"};
        CHECK(bed.verify().error().message == "no disk");
    }
}

TEST_CASE("verify comes a few minutes after the start, and then once a day", "[runtime][verify]") {
    struct FakeVerification final : ports::Verification {
        std::vector<std::optional<UtcTime>> asked;
        Result<verify::Report> report;
        asio::awaitable<Result<verify::Report>> verify(std::optional<UtcTime> since) override {
            asked.push_back(since);
            co_return report;
        }
    };
    SetClock clock;
    asio::io_context loop{1};
    timer_wheel::TimerWheel wheel{async::to_tick(clock.steady)};
    async::Timers timers{loop.get_executor(), clock, wheel};
    async::TaskGroup tasks{loop.get_executor(), [](const std::string&, std::exception_ptr) {}};
    const log::Log log{log::Level::error, log::Format::text};
    FakeVerification verification;
    verification.report->until = clock.utc;
    verification.report->instants = 7;
    std::vector<ports::VerifyStatus> told;
    DailyVerify daily(verification, clock, timers, log,
                      [&](const ports::VerifyStatus& result) { told.push_back(result); });
    const auto pass = [&](Millis span) {
        clock.utc += span;
        clock.steady += span;
        wheel.advance(async::to_tick(clock.steady));
        loop.restart();
        loop.poll();
    };
    tasks.spawn("daily verify", [&] { return daily.run(); });
    pass(Millis{0});
    CHECK(verification.asked.empty());
    pass(minutes{5});
    REQUIRE(verification.asked.size() == 1);
    CHECK(verification.asked[0] == clock.utc - hours{24 * 35});
    REQUIRE(told.size() == 1);
    CHECK(told[0].instants == 7);
    CHECK(told[0].unexplained == 0);
    verification.report = fail(ErrorCode::unavailable, "no disk");
    pass(hours{24});
    CHECK(verification.asked.size() == 2);
    CHECK(told.size() == 1);
    verification.report = verify::Report{};
    pass(hours{24});
    CHECK(told.size() == 2);
    tasks.cancel();
    loop.restart();
    loop.poll();
    CHECK(tasks.size() == 0);
}

}  // namespace runbookd::runtime
