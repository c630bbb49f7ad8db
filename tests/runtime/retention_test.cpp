// What is removed for good is removed by a time that the record bears out.
#include "runtime/retention.hpp"

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "catch.hpp"
#include "runtime/fakes.hpp"

namespace runbookd::runtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Mode = ports::Retention::Mode;

constexpr Millis kDay = hours{24};

class FakePruning final : public ports::Pruning {
public:
    std::vector<ports::Horizons> removed, counted;
    std::optional<Error> refusal;

    asio::awaitable<Result<ports::PruneCounts>> prune(ports::Horizons horizons, UtcTime,
                                                      std::string) override {
        removed.push_back(horizons);
        if (refusal) co_return tl::unexpected<Error>(*refusal);
        co_return ports::PruneCounts{};
    }
    asio::awaitable<Result<ports::PruneCounts>> would_prune(ports::Horizons horizons) override {
        counted.push_back(horizons);
        co_return ports::PruneCounts{};
    }
};

struct Bed {
    explicit Bed(KeptFor kept, std::optional<UtcTime> newest = std::nullopt)
        : retention(kept, store, clock, timers, log, {newest, [this] { return is_doubted; }}) {}
    ~Bed() {
        tasks.cancel();
        turn();
    }
    void turn() {
        loop.restart();
        loop.poll();
    }
    void pass(Millis span) {
        clock.pass(span);
        wheel.advance(async::to_tick(clock.now().steady));
        turn();
    }
    Result<ports::PruneReport> prune(Mode mode) {
        std::optional<Result<ports::PruneReport>> answer;
        tasks.spawn("prune", [this, mode, &answer]() -> asio::awaitable<void> {
            auto told = co_await retention.prune(mode, "ana");
            answer.emplace(std::move(told));
        });
        turn();
        return answer.value();
    }

    StillClock clock;
    asio::io_context loop{1};
    timer_wheel::TimerWheel wheel{async::to_tick(clock.now().steady)};
    async::Timers timers{loop.get_executor(), clock, wheel};
    async::TaskGroup tasks{loop.get_executor(), [](const std::string&, std::exception_ptr) {}};
    log::Log log{log::Level::error, log::Format::text};
    FakePruning store;
    bool is_doubted = false;
    Retention retention;
};

}  // namespace

TEST_CASE("what is older than it is kept goes, twenty minutes after a start and every day",
          "[runtime][retention]") {
    Bed bed({Millis{400 * kDay}, std::nullopt, std::nullopt});
    bed.tasks.spawn("retention", [&] { return bed.retention.run(); });
    bed.turn();
    bed.pass(minutes{19});
    CHECK(bed.store.removed.empty());
    bed.pass(minutes{1});
    REQUIRE(bed.store.removed.size() == 1);
    CHECK(bed.store.removed[0].outputs == bed.clock.now().utc - 400 * kDay);
    CHECK_FALSE(bed.store.removed[0].history);
    bed.store.refusal = Error{ErrorCode::unavailable, "the disk is full"};
    bed.pass(kDay);
    bed.pass(kDay);  // and a round that fails ends none after it
    CHECK(bed.store.removed.size() == 3);
}

TEST_CASE("where everything is kept for ever nothing is ever removed", "[runtime][retention]") {
    Bed bed({});
    bed.tasks.spawn("retention", [&] { return bed.retention.run(); });
    bed.turn();
    bed.pass(30 * kDay);
    CHECK(bed.store.removed.empty());
}

TEST_CASE("a clock that is years ahead of the record makes nothing old", "[runtime][retention]") {
    const StillClock clock;
    const auto newest = clock.now().utc - 10 * 365 * kDay;
    Bed bed({std::nullopt, Millis{100 * kDay}, Millis{200 * kDay}}, newest);
    bed.pass(hours{5});
    REQUIRE(bed.prune(Mode::remove));
    REQUIRE(bed.store.removed.size() == 1);
    CHECK(bed.store.removed[0].history == newest + hours{5} - 100 * kDay);
    CHECK(bed.store.removed[0].events == newest + hours{5} - 200 * kDay);
    // Nor does one that is behind it.
    Bed late({std::nullopt, Millis{100 * kDay}, std::nullopt}, clock.now().utc + 365 * kDay);
    REQUIRE(late.prune(Mode::remove));
    CHECK(late.store.removed.at(0).history == late.clock.now().utc - 100 * kDay);
}

TEST_CASE("while the time is in doubt nothing is removed, and what would be is told",
          "[runtime][retention]") {
    Bed bed({Millis{400 * kDay}, std::nullopt, std::nullopt});
    bed.is_doubted = true;
    const auto refused = bed.prune(Mode::remove);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(bed.store.removed.empty());
    CHECK(bed.prune(Mode::dry_run));
    CHECK(bed.store.counted.size() == 1);
    bed.is_doubted = false;
    CHECK(bed.prune(Mode::remove));
}

}  // namespace runbookd::runtime
