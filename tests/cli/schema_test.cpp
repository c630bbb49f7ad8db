#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "cli/session.hpp"

namespace runbookd::testing {

TEST_CASE("schema prints the file that editors use", "[cli]") {
    std::ifstream file("config/runbook.schema.json");
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(text.str().size() > 1000);
    Session session;
    CHECK(session.run({"schema"}) == 0);
    CHECK(session.out == text.str());
    CHECK(session.err.empty());
    CHECK(session.run({"schema", "--json"}) == 0);
    CHECK(session.out == text.str());
}

}  // namespace runbookd::testing
