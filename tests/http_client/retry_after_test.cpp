#include "http_client/retry_after.hpp"

#include "catch.hpp"

using namespace runbookd;
using http_client::read_retry_after;

TEST_CASE("Retry-After is seconds or a date", "[http_client]") {
    const auto now = parse_utc("1994-11-06T08:49:00Z").value();
    CHECK(read_retry_after("120", now) == Millis{120'000});
    CHECK(read_retry_after(" 0 ", now) == Millis{0});
    CHECK(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == Millis{37'000});
    CHECK(read_retry_after("Sun, 06 Nov 1994 08:40:00 GMT", now) == Millis{0});
    CHECK(read_retry_after("99999999", now) == Millis{86'400'000});
    CHECK_FALSE(read_retry_after("", now));
    CHECK_FALSE(read_retry_after("-5", now));
    CHECK_FALSE(read_retry_after("later", now));
    CHECK_FALSE(read_retry_after("Sun, 06 Xxx 1994 08:49:37 GMT", now));
}
