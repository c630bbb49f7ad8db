#include "engine/drain.hpp"

#include <random>

#include "catch.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

UtcTime at(Millis since) { return from_unix_ms(1'800'000'000'000) + since; }

Demand demand(Millis starts, Millis window, std::int64_t creates) {
    return {at(starts), at(starts + window), 2, "sweep", creates, {}};
}

CreatePace pace(std::optional<std::int64_t> allowed) {
    CreatePace pace;
    pace.allowed = allowed;
    pace.took = Millis{400};
    pace.spacing = Millis{50};
    return pace;
}

}  // namespace

TEST_CASE("without a limit creates go out one after another", "[engine][drain]") {
    const auto drained =
        drain(std::vector{demand(seconds{10}, hours{1}, 100)}, pace(std::nullopt), at(Millis{0}));
    CHECK(drained.at(0).first == at(seconds{10}));
    CHECK(drained.at(0).last == at(seconds{10} + Millis{99 * 50}));
    CHECK(drained.at(0).created == 100);
    CHECK(drained.at(0).left == 0);
}

TEST_CASE("a burst fills the allowance, and the next goes when it has left the window", "[engine][drain]") {
    const auto drained = drain(std::vector{demand(Millis{0}, hours{1}, 200)}, pace(80), at(Millis{0}));
    // 80 at 0 s, 80 from about 60 s on, the last 40 from about 120 s on.
    CHECK(drained.at(0).created == 200);
    CHECK(*drained.at(0).last > at(seconds{122}));
    CHECK(*drained.at(0).last < at(seconds{127}));
}

TEST_CASE("what others have used of the allowance is waited for", "[engine][drain]") {
    auto used = pace(80);
    used.used = {{at(seconds{60}), 80}};
    const auto drained = drain(std::vector{demand(Millis{0}, hours{1}, 10)}, used, at(Millis{0}));
    CHECK(drained.at(0).first == at(seconds{60}));
}

TEST_CASE("the window that closes soonest is served first, and what does not fit is left",
          "[engine][drain]") {
    const std::vector demands{demand(Millis{0}, minutes{3}, 500), demand(seconds{1}, seconds{90}, 100)};
    const auto drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(drained[0].created + drained[0].left == 500);
    CHECK(drained[1].left == 0);
    CHECK(drained[0].left > 0);
    CHECK(*drained[0].last < at(minutes{3}));
}

TEST_CASE("those that end at about the same time take turns, a higher rank goes before", "[engine][drain]") {
    std::vector demands{demand(Millis{0}, hours{1}, 2'000), demand(seconds{1}, hours{1}, 10)};
    demands[1].runbook = "small";
    auto drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(*drained[1].last < at(seconds{5}));
    CHECK(drained[0].left == 0);
    CHECK(*drained[0].last < at(minutes{26}));
    demands[1].creates = 400;
    drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(*drained[1].last > at(minutes{8}));  // half of what there is until then
    CHECK(*drained[1].last < at(minutes{12}));
    demands[1].rank = 1;
    drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(*drained[1].last < at(minutes{6}));
    demands[1].rank = 3;
    drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(*drained[1].first > *drained[0].last);
}

TEST_CASE("a hold is waited for, while others go on", "[engine][drain]") {
    std::vector demands{demand(Millis{0}, hours{1}, 5), demand(Millis{0}, hours{2}, 5)};
    demands[0].held_until = [](UtcTime t) {
        return t < at(minutes{10}) ? std::optional(at(minutes{10})) : std::nullopt;
    };
    const auto drained = drain(demands, pace(80), at(Millis{0}));
    CHECK(drained[0].first == at(minutes{10}));
    CHECK(drained[1].first == at(Millis{0}));
}

TEST_CASE("nothing asked for, a window that is closed, an allowance of nothing", "[engine][drain]") {
    CHECK(drain({}, pace(80), at(Millis{0})).empty());
    const auto none = drain(std::vector{demand(Millis{0}, hours{1}, 0)}, pace(80), at(Millis{0}));
    CHECK_FALSE(none.at(0).first);
    const auto closed = drain(std::vector{demand(-hours{2}, hours{1}, 7)}, pace(80), at(Millis{0}));
    CHECK(closed.at(0).left == 7);
    CHECK_FALSE(closed.at(0).first);
    CHECK(drain(std::vector{demand(Millis{0}, hours{1}, 7)}, pace(0), at(Millis{0})).at(0).left == 7);
}

TEST_CASE("nothing is lost, nothing leaves outside of its window, and no minute holds more than is allowed",
          "[engine][drain]") {
    std::mt19937_64 random(11);
    const auto draw = [&](std::int64_t most) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
    };
    for (int round = 0; round < 300; ++round) {
        std::vector<Demand> demands;
        for (auto i = draw(6); i >= 0; --i) {
            demands.push_back(demand(seconds{draw(3600)}, seconds{1 + draw(3600)}, draw(1000)));
            if (draw(3) == 0) {
                const auto from = at(seconds{draw(3600)});
                const auto until = from + seconds{draw(900)};
                demands.back().held_until = [from, until](UtcTime t) {
                    return t >= from && t < until ? std::optional(until) : std::nullopt;
                };
            }
        }
        auto rate = pace(1 + draw(200));
        rate.spacing = Millis{draw(500)};
        const auto drained = drain(demands, rate, at(Millis{0}));
        std::int64_t created = 0;
        UtcTime first = UtcTime::max(), last = UtcTime::min();
        for (std::size_t i = 0; i < demands.size(); ++i) {
            CHECK(drained[i].created + drained[i].left == demands[i].creates);
            created += drained[i].created;
            if (!drained[i].first) continue;
            CHECK(*drained[i].first >= demands[i].starts);
            CHECK(*drained[i].last < demands[i].ends);
            first = std::min(first, *drained[i].first);
            last = std::max(last, *drained[i].last);
        }
        if (created > 0) CHECK(created <= *rate.allowed * ((last - first) / seconds{60} + 1));
    }
}

}  // namespace runbookd::engine
