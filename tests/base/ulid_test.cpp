#include "base/ulid.hpp"

#include <set>
#include <string>

#include "catch.hpp"

using namespace runbookd;

TEST_CASE("a ULID is 26 letters that begin with its time", "[base]") {
    UlidSource source(1);
    const auto id = source.next(from_unix_ms(1'469'918'176'385));
    CHECK(is_ulid(id));
    CHECK(id.substr(0, 10) == "01ARYZ6S41");  // the example of the ULID specification
    CHECK(time_of_ulid(id) == from_unix_ms(1'469'918'176'385));
    CHECK(time_of_ulid(first_ulid_of(from_unix_ms(0))) == from_unix_ms(0));
}

TEST_CASE("ULIDs sort as they were made, also within a millisecond and when the clock goes back", "[base]") {
    UlidSource source(7);
    std::string last;
    std::set<std::string> all;
    for (int i = 0; i < 5000; ++i) {
        const auto ms = 1'700'000'000'000 + i / 100 - (i % 250 == 0 ? 60'000 : 0);
        const auto id = source.next(from_unix_ms(ms));
        REQUIRE(id > last);
        REQUIRE(is_ulid(id));
        all.insert(id);
        last = id;
    }
    CHECK(all.size() == 5000);
}

TEST_CASE("the same seed and instants make the same ULIDs, another seed others", "[base]") {
    UlidSource a(42), b(42), c(43);
    const auto now = from_unix_ms(1'700'000'000'000);
    const auto first = a.next(now);
    CHECK(first == b.next(now));
    CHECK(first != c.next(now));
}

TEST_CASE("a clock before 1970 still gives a ULID", "[base]") {
    UlidSource source(1);
    CHECK(is_ulid(source.next(from_unix_ms(-5))));
}

TEST_CASE("the first ULID of a millisecond sorts after all before it and before all from then on", "[base]") {
    UlidSource source(7);
    const auto at = from_unix_ms(1'700'000'000'000);
    const auto before = source.next(at - Millis{1});
    const auto first = first_ulid_of(at);
    CHECK(is_ulid(first));
    CHECK(before < first);
    CHECK(first < source.next(at));
    CHECK(first_ulid_of(from_unix_ms(-5)) == first_ulid_of(from_unix_ms(0)));
}

TEST_CASE("only the form of a ULID is taken for one", "[base]") {
    CHECK(is_ulid("01ARYZ6S410000000000000000"));
    CHECK_FALSE(is_ulid(""));
    CHECK_FALSE(is_ulid("01ARYZ6S41000000000000000"));
    CHECK_FALSE(is_ulid("01ARYZ6S4100000000000000000"));
    CHECK_FALSE(is_ulid("01aryz6s410000000000000000"));
    CHECK_FALSE(is_ulid("01ARYZ6S41000000000000000U"));
    CHECK_FALSE(is_ulid("81ARYZ6S410000000000000000"));  // beyond 48 bits of time
}
