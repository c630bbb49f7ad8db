#include "zones/tz_string.hpp"

#include <string>

#include "catch.hpp"

namespace runbookd::zones {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using namespace std::chrono_literals;

TEST_CASE("a rule's offset is said the other way round", "[zones]") {
    const std::pair<const char*, seconds> cases[] = {
        {"UTC0", 0s},          {"EST5", -hours{5}},          {"<+0530>-5:30", hours{5} + minutes{30}},
        {"<-03>3", -hours{3}}, {"LMT-0:53:28", 53min + 28s}, {"XXX+24:59:59", -(hours{24} + 59min + 59s)},
    };
    for (const auto& [text, offset] : cases) {
        INFO(text);
        const auto rule = parse_tz_string(text);
        REQUIRE(rule.has_value());
        CHECK(rule->standard == offset);
        CHECK_FALSE(rule->daylight.has_value());
    }
}

TEST_CASE("daylight time is an hour ahead unless the rule says otherwise", "[zones]") {
    CHECK(parse_tz_string("CET-1CEST,M3.5.0,M10.5.0/3")->daylight->offset == hours{2});
    CHECK(parse_tz_string("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0")->daylight->offset == hours{11});
    const auto dublin = parse_tz_string("IST-1GMT0,M10.5.0,M3.5.0/1");
    CHECK(dublin->standard == hours{1});
    CHECK(dublin->daylight->offset == hours{0});
}

TEST_CASE("the three ways to name the day of a change", "[zones]") {
    const auto start = [](const std::string& day, int year) {
        return parse_tz_string("AAA0BBB," + day + ",J365")->daylight->start.in(std::chrono::year{year});
    };
    CHECK(start("M3.5.0", 2026) == local_days{2026y / 3 / 29} + hours{2});
    CHECK(start("M2.5.0", 2032) == local_days{2032y / 2 / 29} + hours{2});
    CHECK(start("M10.1.6/0", 2026) == local_days{2026y / 10 / 3});
    CHECK(start("M3.4.4/50", 2026) == local_days{2026y / 3 / 28} + hours{2});
    CHECK(start("M3.5.0/-1", 2026) == local_days{2026y / 3 / 28} + hours{23});
    CHECK(start("M11.1.0/-167:59:59", 2026) == local_days{2026y / 11 / 1} - hours{168} + seconds{1});
    CHECK(start("J59/0", 2024) == local_days{2024y / 2 / 28});
    CHECK(start("J60/0", 2024) == local_days{2024y / 3 / 1});
    CHECK(start("J60/0", 2026) == local_days{2026y / 3 / 1});
    CHECK(start("59/0", 2024) == local_days{2024y / 2 / 29});
    CHECK(start("59/0", 2026) == local_days{2026y / 3 / 1});
    CHECK(start("0/0", 2026) == local_days{2026y / 1 / 1});
    CHECK(start("J365/25", 2026) == local_days{2026y / 12 / 31} + hours{25});
}

TEST_CASE("what is no rule is refused", "[zones]") {
    for (const auto* text : {"",
                             "E5",
                             "EST",
                             "EST5EDT",
                             "EST5EDT,",
                             "EST5EDT,M3.2.0",
                             "EST5EDT,M3.2.0,",
                             "EST5EDT,M0.2.0,M11.1.0",
                             "EST5EDT,M13.2.0,M11.1.0",
                             "EST5EDT,M3.0.0,M11.1.0",
                             "EST5EDT,M3.6.0,M11.1.0",
                             "EST5EDT,M3.2.7,M11.1.0",
                             "EST5EDT,J0,J365",
                             "EST5EDT,J1,J366",
                             "EST5EDT,0,366",
                             "EST5EDT,M3.2.0/168,M11.1.0",
                             "EST25",
                             "<+05>",
                             "<+05-5",
                             "<+0>-5",
                             "EST5:60",
                             "EST5:00:60",
                             "EST--5",
                             "EST5EDT,M3.2.0,M11.1.0x",
                             "EST 5",
                             "EST5,M3.2.0,M11.1.0",
                             "EST99999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_tz_string(text).has_value());
    }
}

}  // namespace runbookd::zones
