// What a reload would do, from what was found and what is in force.
#include "runbook/reload_plan.hpp"

#include "catch.hpp"

namespace runbookd::runbook {
namespace {

std::string words(const std::vector<Operation>& operations) {
    std::string text;
    for (const auto& one : operations)
        text += std::string(to_text(one.kind)) + " " + one.runbook + " " +
                (one.revision ? std::to_string(*one.revision) : "-") +
                (one.file.empty() ? "" : " " + one.file) + (one.problem.empty() ? "" : ": " + one.problem) +
                "\n";
    return text;
}

}  // namespace

TEST_CASE("every runbook that was found or is in force has its operation", "[runbook]") {
    const auto same = identity_of("a", "{}");
    const auto other = identity_of("b", "{}");
    CHECK(same != other);
    CHECK(identity_of("a", R"({"zone":"UTC"})") != same);
    CHECK(words(operations_of(
              {{"new", "new.yaml", same}, {"same", "same.yaml", same}, {"edited", "e.yaml", other}},
              {{"broken", "broken.yaml", "line 3"}, {"fresh", "fresh.yaml", "line 1"}},
              {{"same", 1, same}, {"edited", 4, same}, {"broken", 2, same}, {"old", 7, same}})) ==
          "keep broken 2 broken.yaml: line 3\n"
          "change edited 4 e.yaml\n"
          "refuse fresh - fresh.yaml: line 1\n"
          "add new - new.yaml\n"
          "retire old 7\n"
          "unchanged same 1 same.yaml\n");
    CHECK(operations_of({}, {}, {}).empty());
}

TEST_CASE("two files that claim one name are two refusals, and retire nothing", "[runbook]") {
    const auto operations = operations_of(
        {}, {{"clean", "b.yaml", "also a.yaml"}, {"clean", "a.yaml", "also b.yaml"}}, {{"clean", 3, {}}});
    CHECK(words(operations) == "keep clean 3 a.yaml: also b.yaml\nkeep clean 3 b.yaml: also a.yaml\n");
    CHECK(is_refusal(operations[0]));
}

}  // namespace runbookd::runbook
