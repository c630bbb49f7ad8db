// Which lines of a stdout are rows.
#include "runbook/collected.hpp"

#include "catch.hpp"

namespace runbookd::runbook {
namespace {

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("each line that begins with ::row is a row", "[runbook][collect]") {
    const auto found =
        read_collected("hello\r\n::row {\"a\": 1}\r\nin between\n  ::row\t{\"b\":\"x\"} \n::row{\"c\":[]}");
    CHECK(found.rows == Rows{R"({"a":1})", R"({"b":"x"})", R"({"c":[]})"});
    CHECK(found.not_rows == 0);
    CHECK(found.left_out == 0);
    CHECK(read_collected("") == Collected{});
    CHECK(read_collected("nothing ::row {}\n::rows {}\n::row={}\n: :row {}\n").rows.empty());
    CHECK(read_collected("nothing ::row {}\n::rows {}\n::row={}\n").not_rows == 0);
}

TEST_CASE("a row that is no object is noticed", "[runbook][collect]") {
    const auto found =
        read_collected("::row\n::row \n::row 1\n::row [1]\n::row {\"a\":1\n::row {} x\n::row {}\n");
    CHECK(found.rows == Rows{"{}"});
    CHECK(found.not_rows == 6);
}

TEST_CASE("carriage returns count for nothing, wherever they stand", "[runbook][collect]") {
    CHECK(read_collected("\r::row {\"a\":\r\"b\rc\"}\r\r\n").rows == Rows{R"({"a":"bc"})"});
}

TEST_CASE("too many rows, and too long ones, are left out and counted", "[runbook][collect]") {
    std::string out;
    for (std::size_t i = 0; i < kMostRows + 3; ++i) out += "::row {\"n\":" + std::to_string(i) + "}\n";
    const auto many = read_collected(out);
    CHECK(many.rows.size() == kMostRows);
    CHECK(many.rows.back() == "{\"n\":" + std::to_string(kMostRows - 1) + "}");
    CHECK(many.left_out == 3);

    const auto row_of = [](std::size_t bytes) { return "{\"a\":\"" + std::string(bytes - 8, 'x') + "\"}"; };
    const auto fits = row_of(kLongestRow);
    REQUIRE(fits.size() == kLongestRow);
    // White space is no part of a row.
    const auto found = read_collected("::row " + row_of(kLongestRow + 1) + "\n::row   " + fits + "\n");
    CHECK(found.rows == Rows{fits});
    CHECK(found.left_out == 1);
}

}  // namespace runbookd::runbook
