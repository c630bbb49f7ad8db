#include "config/place.hpp"

#include "catch.hpp"

namespace runbookd::config {

TEST_CASE("a path leads to the key that it names, or to the nearest one above", "[config]") {
    const auto* const text =
        "component: Clean\n"
        "variables:\n"
        "  days: 30\n"
        "targets:\n"
        "  include:\n"
        "    - site: Acme\n"
        "    - {hostname: 'A*'}\n";
    const auto at = [&](std::string_view path) {
        const auto mark = place_of(text, path);
        return std::pair(mark.line, mark.column);
    };
    CHECK(at("component") == std::pair(1, 1));
    CHECK(at("variables.days") == std::pair(3, 3));
    CHECK(at("targets.include[1].hostname") == std::pair(7, 8));
    CHECK(at("variables.none") == std::pair(2, 1));
    CHECK(at("targets.include[9]") == std::pair(5, 3));
    CHECK(at("targets.include[x]") == std::pair(5, 3));
    CHECK(at("schedule") == std::pair(1, 1));
    CHECK(at("") == std::pair(1, 1));
    CHECK(place_of("a: [", "a").line == 0);
}

}  // namespace runbookd::config
