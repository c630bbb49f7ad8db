#include "engine/budget.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "catch.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::seconds;
using Kind = Budget::Kind;
using Sent = Budget::Sent;

SteadyTime at(std::int64_t ms) { return SteadyTime{Millis{ms}}; }

/// The other side: counts by arrival, anywhere between a call and its answer.
class Arrivals {
public:
    void take(std::int64_t ms) { all_.push_back(ms); }
    [[nodiscard]] std::size_t most_in_a_minute() {
        std::sort(all_.begin(), all_.end());
        std::size_t most = 0, first = 0;
        for (std::size_t last = 0; last < all_.size(); ++last) {
            while (all_[last] - all_[first] >= 60'000) ++first;
            most = std::max(most, last - first + 1);
        }
        return most;
    }

private:
    std::vector<std::int64_t> all_;
};

}  // namespace

TEST_CASE("no 60 seconds at the other side hold more than the allowance", "[engine][budget]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::mt19937_64 random(seed);
        Budget budget(0.8);
        budget.set_limits(Limits{50, 600, 25});
        struct UnderWay {
            Kind kind;
            std::int64_t ends, arrives;
        };
        std::vector<UnderWay> under_way;
        Arrivals reads, creates;
        for (std::int64_t now = 0; now < 400'000; now += 1 + static_cast<std::int64_t>(random() % 400)) {
            std::erase_if(under_way, [&](const auto& call) {
                if (call.ends > now) return false;
                const bool left = random() % 10 != 0;
                if (left) (call.kind == Kind::create ? creates : reads).take(call.arrives);
                budget.end(call.kind, left ? Sent::yes : Sent::no, at(now));
                return true;
            });
            const auto kind = random() % 2 == 0 ? Kind::create : Kind::read;
            while (random() % 4 != 0 && budget.has_room(kind, at(now))) {
                const auto takes = static_cast<std::int64_t>(random() % 20'000);
                const auto arrives =
                    now + static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(takes) + 1));
                budget.begin(kind);
                under_way.push_back({kind, now + takes, arrives});
            }
        }
        INFO("seed " << seed);
        CHECK(reads.most_in_a_minute() <= 40 - 4);
        CHECK(reads.most_in_a_minute() >= 10);
        CHECK(creates.most_in_a_minute() <= 20);
        CHECK(creates.most_in_a_minute() >= 10);
    }
}

TEST_CASE("a call counts from its start until 60 seconds after its answer", "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 600, 1});
    budget.begin(Kind::create);
    CHECK_FALSE(budget.has_room(Kind::create, at(500'000)));
    CHECK_FALSE(budget.next_room(Kind::create, at(500'000)));  // only its answer can make room
    budget.end(Kind::create, Sent::yes, at(500'000));
    CHECK_FALSE(budget.has_room(Kind::create, at(560'000)));
    CHECK(budget.next_room(Kind::create, at(560'000)) == at(560'001));
    CHECK(budget.has_room(Kind::create, at(560'001)));
}

TEST_CASE("a call that never left this machine does not count", "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 600, 1});
    budget.begin(Kind::create);
    budget.end(Kind::create, Sent::no, at(1));
    CHECK(budget.has_room(Kind::create, at(1)));
    CHECK(budget.creates(at(1)).used == 0);
}

TEST_CASE("what the API reports at a start counts as made just now", "[engine][budget]") {
    Budget budget(0.8);
    budget.set_limits(Limits{600, 600, 100});
    budget.learn({475, 80, 80}, {}, at(0));
    CHECK(budget.has_room(Kind::read, at(0)));
    CHECK_FALSE(budget.has_room(Kind::create, at(60'000)));
    CHECK(budget.has_room(Kind::create, at(60'001)));
    budget.begin(Kind::read);
    CHECK_FALSE(budget.has_room(Kind::read, at(0)));
    CHECK(budget.has_room(Kind::rate_check, at(0)));  // 4 reads are kept back for it
}

TEST_CASE("all writes are limited beside the creates", "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 10, 100});
    budget.learn({0, 10, 0}, {}, at(0));
    CHECK_FALSE(budget.has_room(Kind::create, at(1)));
    CHECK(budget.allowed_creates() == 10);
}

TEST_CASE("a write that is no create counts as a write only", "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 2, 2});
    budget.begin(Kind::write);
    CHECK(budget.writes(at(0)).used == 1);
    CHECK(budget.creates(at(0)).used == 0);
    budget.begin(Kind::create);
    CHECK_FALSE(budget.has_room(Kind::write, at(0)));
    CHECK_FALSE(budget.has_room(Kind::create, at(0)));
    budget.end(Kind::write, Sent::yes, at(0));
    CHECK(budget.next_room(Kind::write, at(0)) == at(60'001));
    CHECK(budget.next_room(Kind::create, at(0)) == at(60'001));
    CHECK(budget.has_room(Kind::create, at(60'001)));
    budget.end(Kind::create, Sent::no, at(60'001));
    CHECK(budget.writes(at(60'001)).used == 0);
}

TEST_CASE("what the account counts beyond our own calls is of others, ours are not counted twice",
          "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 600, 100});
    for (int i = 0; i < 30; ++i) budget.begin(Kind::create);
    for (int i = 0; i < 20; ++i) budget.end(Kind::create, Sent::yes, at(0));
    const auto ours = budget.ours(at(0));
    CHECK(ours == Counts{0, 30, 30});
    for (int i = 0; i < 5; ++i) budget.begin(Kind::create);  // after the counters were asked for
    CHECK(budget.learn({7, 44, 40}, ours, at(100)) == Counts{7, 14, 10});
    CHECK(budget.reads(at(100)).used == 7);
    CHECK(budget.writes(at(100)).used == 35 + 14);
    CHECK(budget.creates(at(100)).used == 35 + 10);
    CHECK(budget.creates(at(60'100)).used == 15 + 10);
    CHECK(budget.creates(at(60'101)).used == 15);  // those of others leave a minute after they were seen
    // Fewer than ours, as where the other side has forgotten some: ours still count.
    CHECK(budget.learn({0, 0, 0}, budget.ours(at(60'101)), at(60'200)) == Counts{});
    CHECK(budget.creates(at(60'200)).used == 15);
}

TEST_CASE("what others were seen to use counts until it has left, the larger of two", "[engine][budget]") {
    Budget budget(1.0);
    budget.set_limits(Limits{600, 600, 100});
    budget.learn({0, 60, 60}, {}, at(0));
    budget.learn({0, 20, 20}, {}, at(30'000));
    CHECK(budget.creates(at(30'000)).used == 60);
    const auto leaving = budget.creates_leaving(at(30'000));
    REQUIRE(leaving.size() == 2);
    CHECK(leaving[0].at == at(60'001));
    CHECK(leaving[0].count == 40);
    CHECK(leaving[1].at == at(90'001));
    CHECK(leaving[1].count == 20);
    CHECK(budget.creates(at(60'001)).used == 20);
    CHECK(budget.creates(at(90'001)).used == 0);
    budget.learn({0, 30, 30}, {}, at(100'000));
    budget.learn({0, 70, 70}, {}, at(110'000));
    CHECK(budget.creates(at(110'000)).used == 70);
    CHECK(budget.creates_leaving(at(110'000)).size() == 1);
}

TEST_CASE("creates of before a start and what the account counts: the larger of the two",
          "[engine][budget]") {
    for (const std::int64_t counted : {30, 70}) {
        Budget budget(1.0);
        budget.set_limits(Limits{600, 600, 100});
        budget.seed_creates(50, at(0));
        const auto ours = budget.ours(at(10));
        budget.learn({0, counted, counted}, ours, at(20));
        CHECK(budget.creates(at(20)).used == std::max<std::int64_t>(50, counted));
        CHECK(budget.writes(at(20)).used == std::max<std::int64_t>(50, counted));
    }
}

TEST_CASE("without limits there is always room, with a tiny one there is some", "[engine][budget]") {
    Budget none(0.8);
    none.set_limits(std::nullopt);
    none.learn({100'000, 100'000, 100'000}, {}, at(0));
    CHECK(none.has_room(Kind::read, at(0)));
    CHECK(none.creates(at(0)).allowed == 0);
    Budget tiny(0.8);
    tiny.set_limits(Limits{2, 2, 1});
    CHECK(tiny.has_room(Kind::read, at(0)));
    CHECK(tiny.has_room(Kind::create, at(0)));
}

}  // namespace runbookd::engine
