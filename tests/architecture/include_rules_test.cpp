#include "include_rules.hpp"

#include <fstream>
#include <sstream>

#include "catch.hpp"

using namespace architecture;

namespace {

IncludeRules the_rules() {
    std::ifstream in("tests/architecture/include_rules.txt");
    std::ostringstream text;
    text << in.rdbuf();
    return parse_rules(text.str());
}

std::string lines(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& line : all) text += "\n  " + line;
    return text;
}

const char* const kSmallTable =
    "# a comment\n"
    "low  | -   | -\n"
    "high | low | lib\n"
    "top  | *   | *\n"
    "%lib | lib/ lib.h\n"
    "%io  | fstream\n";

std::size_t count_of(const std::string& path, const std::string& text) {
    return check_includes(parse_rules(kSmallTable), {{path, text}}).violations.size();
}

}  // namespace

TEST_CASE("every include stands in the table of rooms", "[architecture]") {
    const auto findings = check_includes(the_rules(), all_sources());
    INFO("see tests/architecture/include_rules.txt" << lines(findings.violations));
    CHECK(findings.violations.empty());
}

TEST_CASE("no rooms include each other in a ring", "[architecture]") {
    CHECK(find_cycle(check_includes(the_rules(), all_sources()).includes) == "");
    std::map<std::string, std::set<std::string>> table;
    for (const auto& [room, rule] : the_rules().rooms)
        if (room != "app") table[room] = rule.rooms;
    CHECK(find_cycle(table) == "");
}

TEST_CASE("the real clocks are read in one place", "[architecture]") {
    const auto readings = clock_readings(all_sources());
    INFO("only daemon/base/clock.cpp reads clocks" << lines(readings));
    CHECK(readings.empty());
}

TEST_CASE("the check of includes sees what is outside the table, and nothing else", "[architecture]") {
    CHECK(count_of("daemon/high/a.cpp", "#include \"low/b.hpp\"\n#include <lib/x.hpp>\n#include <lib.h>\n") ==
          0);
    CHECK(count_of("daemon/high/a.cpp",
                   "#include <vector>\n#include \"high/own.hpp\"\n#include \"own.hpp\"\n") == 0);
    CHECK(count_of("daemon/low/a.cpp", "#include \"high/b.hpp\"\n") == 1);
    CHECK(count_of("daemon/low/a.cpp", "  #  include <lib/x.hpp>\n") == 1);
    CHECK(count_of("daemon/low/a.cpp", "#include <fstream>\n") == 1);
    CHECK(count_of("daemon/high/a.cpp", "#include <unknown/x.hpp>\n#include <unknown.h>\n") == 2);
    CHECK(count_of("daemon/top/a.cpp", "#include <unknown.h>\n#include \"low/b.hpp\"\n") == 0);
    CHECK(count_of("daemon/nowhere/a.cpp", "") == 1);
}

TEST_CASE("the check of rings finds one", "[architecture]") {
    CHECK(find_cycle({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}) == "b -> c -> b");
    CHECK(find_cycle({{"a", {"b", "c"}}, {"b", {"c"}}}) == "");
}

TEST_CASE("the check of clocks sees every way to read one, but no comment", "[architecture]") {
    const auto count = [](const std::string& text) {
        return clock_readings({{"daemon/x/a.cpp", text}}).size();
    };
    CHECK(count("auto t = std::chrono::steady_clock::now();") == 1);
    CHECK(count("using Clock = std::chrono::system_clock; auto t = Clock::now ( );") == 1);
    CHECK(count("auto t = asio::steady_timer::clock_type::now();") == 1);
    CHECK(count("time(nullptr); ::clock_gettime(CLOCK_REALTIME, &t);") == 2);
    CHECK(count("// steady_clock::now()\nauto t = clock.now(); auto s = \"steady_clock::now()\";") == 0);
}
