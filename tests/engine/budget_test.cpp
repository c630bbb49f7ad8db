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
    budget.seed(475, 80, 80, at(0));
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
    budget.seed(0, 10, 0, at(0));
    CHECK_FALSE(budget.has_room(Kind::create, at(1)));
    CHECK(budget.allowed_creates() == 10);
}

TEST_CASE("without limits there is always room, with a tiny one there is some", "[engine][budget]") {
    Budget none(0.8);
    none.set_limits(std::nullopt);
    none.seed(100'000, 100'000, 100'000, at(0));
    CHECK(none.has_room(Kind::read, at(0)));
    CHECK(none.creates(at(0)).allowed == 0);
    Budget tiny(0.8);
    tiny.set_limits(Limits{2, 2, 1});
    CHECK(tiny.has_room(Kind::read, at(0)));
    CHECK(tiny.has_room(Kind::create, at(0)));
}

}  // namespace runbookd::engine
