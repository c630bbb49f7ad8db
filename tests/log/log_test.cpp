#include "log/log.hpp"

#include "catch.hpp"

namespace runbookd::log {

TEST_CASE("a line is the event's name and its fields in order", "[log]") {
    CHECK(to_line("daemon.started", {}) == "daemon.started");
    CHECK(to_line("run.started", {{"run", "01J9"}, {"targets", "10"}}) == "run.started run=01J9 targets=10");
}

TEST_CASE("what would blur the line is quoted and escaped", "[log]") {
    CHECK(to_line("e", {{"a", "two words"}}) == R"(e a="two words")");
    CHECK(to_line("e", {{"a", ""}}) == R"(e a="")");
    CHECK(to_line("e", {{"a", "x=y"}}) == R"(e a="x=y")");
    CHECK(to_line("e", {{"a", R"(say "hi" \o/)"}}) == R"(e a="say \"hi\" \\o/")");
    CHECK(to_line("e", {{"a", "one\ntwo\x1b[31m"}}) == R"(e a="one\u000atwo\u001b[31m")");
    CHECK(to_line("e", {{"a", "Müller"}}) == "e a=Müller");
}

}  // namespace runbookd::log
