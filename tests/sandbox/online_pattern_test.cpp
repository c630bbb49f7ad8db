#include "sandbox/online_pattern.hpp"

#include "catch.hpp"

namespace runbookd::sandbox {
namespace {

OnlinePattern minute_of_ten() {
    OnlinePattern pattern;
    pattern.after = Millis{120'000};
    pattern.lasting = Millis{60'000};
    pattern.every = Millis{600'000};
    return pattern;
}

TEST_CASE("a repeating pattern is online in each of its spans, whose end is no longer in it", "[sandbox]") {
    const auto pattern = minute_of_ten();
    CHECK_FALSE(pattern.online_at(Millis{119'999}));
    CHECK(pattern.online_at(Millis{120'000}));
    CHECK(pattern.online_at(Millis{179'999}));
    CHECK_FALSE(pattern.online_at(Millis{180'000}));
    CHECK(pattern.online_at(Millis{720'000}));
    CHECK_FALSE(pattern.online_at(Millis{780'000}));
}

TEST_CASE("the next and the last online instants of a pattern surround an offline one", "[sandbox]") {
    const auto pattern = minute_of_ten();
    CHECK(pattern.next_online(Millis{0}) == Millis{120'000});
    CHECK(pattern.next_online(Millis{150'000}) == Millis{150'000});
    CHECK(pattern.next_online(Millis{180'000}) == Millis{720'000});
    CHECK(pattern.last_online(Millis{100'000}) == std::nullopt);
    CHECK(pattern.last_online(Millis{150'000}) == Millis{150'000});
    CHECK(pattern.last_online(Millis{300'000}) == Millis{180'000});
}

TEST_CASE("a pattern without a period comes once, one without an end stays", "[sandbox]") {
    auto once = minute_of_ten();
    once.every.reset();
    CHECK(once.next_online(Millis{180'000}) == std::nullopt);
    auto stays = once;
    stays.lasting.reset();
    CHECK(stays.online_at(Millis{1'000'000'000}));
    OnlinePattern never;
    never.ever = false;
    CHECK(never.next_online(Millis{0}) == std::nullopt);
    CHECK_FALSE(never.online_at(Millis{0}));
}

}  // namespace
}  // namespace runbookd::sandbox
