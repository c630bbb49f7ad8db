#include "engine/turns.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "catch.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

UtcTime at(Millis since) { return from_unix_ms(1'800'000'000'000) + since; }

Claim claim(std::uint64_t id, int rank, Millis ends, const std::string& runbook = "sweep") {
    return {id, rank, at(ends), runbook};
}

/// Who has the next so many turns.
std::vector<std::uint64_t> turns_of(Turns& turns, int count, Millis now = Millis{0}) {
    std::vector<std::uint64_t> served;
    for (int i = 0; i < count; ++i) {
        served.push_back(*turns.next(at(now)));
        turns.took(served.back());
    }
    return served;
}

/// The same said slowly: looks at all of them each time.
class Plain {
public:
    void add(const Claim& one) {
        if (std::none_of(claims_.begin(), claims_.end(), [&](const auto& c) { return c.id == one.id; })) {
            if (std::none_of(claims_.begin(), claims_.end(),
                             [&](const auto& c) { return c.runbook == one.runbook; })) {
                born_[one.runbook] = ++last_born_;
                book_turn_[one.runbook] = 0;
            }
            claims_.push_back(one);
            turn_[one.id] = 0;
        }
    }
    void remove(std::uint64_t id) {
        std::erase_if(claims_, [&](const auto& c) { return c.id == id; });
    }
    [[nodiscard]] std::optional<std::uint64_t> next(UtcTime now) {
        if (claims_.empty()) return std::nullopt;
        const auto is_before = [](const Claim& a, const Claim& b) {
            return std::tie(a.rank, a.ends, a.id) < std::tie(b.rank, b.ends, b.id);
        };
        const auto first = *std::min_element(claims_.begin(), claims_.end(), is_before);
        const auto last = first.ends + std::max(Millis{0}, first.ends - now) / Turns::kTogether;
        std::vector<Claim> together;
        for (const auto& one : claims_)
            if (one.rank == first.rank && one.ends <= last) together.push_back(one);
        const auto key = [&](const Claim& c) {
            return std::tuple(book_turn_[c.runbook], born_[c.runbook], turn_[c.id], c.ends, c.id);
        };
        return std::min_element(together.begin(), together.end(),
                                [&](const auto& a, const auto& b) { return key(a) < key(b); })
            ->id;
    }
    void took(std::uint64_t id) {
        for (const auto& one : claims_)
            if (one.id == id) turn_[id] = book_turn_[one.runbook] = ++now_;
    }

private:
    std::vector<Claim> claims_;
    std::map<std::uint64_t, std::uint64_t> turn_;
    std::map<std::string, std::uint64_t> book_turn_, born_;
    std::uint64_t now_ = 0, last_born_ = 0;
};

}  // namespace

TEST_CASE("quick jobs go before runs, and those before runs of a lower priority", "[engine][turns]") {
    runbook::Meaning book;
    CHECK(rank_of(nullptr) < rank_of(&book));
    auto high = book, low = book;
    high.priority = runbook::Priority::high;
    low.priority = runbook::Priority::low;
    CHECK(rank_of(&high) < rank_of(&book));
    CHECK(rank_of(&book) < rank_of(&low));
    Turns turns;
    CHECK_FALSE(turns.next(at(Millis{0})));
    turns.add(claim(1, 3, hours{1}));
    turns.add(claim(2, 2, hours{5}));
    CHECK(turns_of(turns, 2) == std::vector<std::uint64_t>{2, 2});
    turns.add(claim(3, 0, hours{9}));
    CHECK(turns_of(turns, 2) == std::vector<std::uint64_t>{3, 3});
    turns.remove(3);
    turns.remove(2);
    CHECK(turns.next(at(Millis{0})) == 1);
    turns.remove(1);
    CHECK_FALSE(turns.next(at(Millis{0})));
}

TEST_CASE("what ends soonest goes first, what ends at about the same time takes turns", "[engine][turns]") {
    Turns turns;
    turns.add(claim(1, 2, hours{1}, "a"));
    turns.add(claim(2, 2, hours{1} + minutes{5}, "b"));
    turns.add(claim(3, 2, hours{1} + minutes{6}, "c"));
    CHECK(turns_of(turns, 4) == std::vector<std::uint64_t>{1, 2, 1, 2});
    CHECK(turns.is_shared());
    turns.add(claim(4, 2, minutes{56}, "d"));  // ends first: two of the others are too far behind it now
    CHECK(turns_of(turns, 3) == std::vector<std::uint64_t>{4, 1, 4});
    turns.remove(4);
    CHECK(turns_of(turns, 3) == std::vector<std::uint64_t>{2, 1, 2});
    // Half an hour later the first has no time to give away.
    CHECK(turns_of(turns, 3, minutes{30}) == std::vector<std::uint64_t>{1, 1, 1});
    CHECK_FALSE(turns.is_shared());
    turns.remove(1);
    CHECK(turns_of(turns, 4, minutes{30}) == std::vector<std::uint64_t>{3, 2, 3, 2});
    turns.remove(2);
    CHECK(turns_of(turns, 1, hours{2}) == std::vector<std::uint64_t>{3});
    CHECK_FALSE(turns.is_shared());
}

TEST_CASE("a runbook with many runs has no more turns than one with a single run", "[engine][turns]") {
    Turns turns;
    for (std::uint64_t i = 1; i <= 20; ++i) turns.add(claim(i, 2, hours{1}, "many"));
    turns.add(claim(99, 2, hours{1}, "one"));
    const auto served = turns_of(turns, 40);
    CHECK(std::count(served.begin(), served.end(), 99U) == 20);
    for (std::uint64_t i = 1; i <= 20; ++i) CHECK(std::count(served.begin(), served.end(), i) == 1);
}

TEST_CASE("turns are as a plain look at all of them has it", "[engine][turns]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        std::mt19937_64 random(seed);
        Turns turns;
        Plain plain;
        auto now = at(Millis{0});
        for (int i = 0; i < 2'000; ++i) {
            now += Millis{static_cast<std::int64_t>(random() % 2'000)};
            const auto id = random() % 30;
            switch (random() % 4) {
                case 0: {
                    const auto one = claim(id, static_cast<int>(id % 3), minutes{20 + (id * 7) % 23},
                                           std::string(1, static_cast<char>('a' + id % 5)));
                    turns.add(one);
                    plain.add(one);
                    break;
                }
                case 1:
                    turns.remove(id);
                    plain.remove(id);
                    break;
                default:
                    if (const auto next = plain.next(now)) {
                        REQUIRE(turns.next(now) == next);
                        turns.took(*next);
                        plain.took(*next);
                    }
            }
            REQUIRE(turns.next(now) == plain.next(now));
        }
    }
}

}  // namespace runbookd::engine
