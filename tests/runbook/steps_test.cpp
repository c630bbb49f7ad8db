// What follows the steps of a runbook that have ended.
#include "runbook/steps.hpp"

#include <random>

#include "catch.hpp"

namespace runbookd::runbook {
namespace {

Step step(const std::string& name, std::vector<StepCondition> when = {}) {
    Step one;
    one.name = name;
    one.component = "Clean";
    one.when = std::move(when);
    return one;
}

}  // namespace

TEST_CASE("each end is spelt as it is read", "[runbook][steps]") {
    for (const auto end : {StepEnd::succeeded, StepEnd::warning, StepEnd::failed, StepEnd::timeout,
                           StepEnd::expired, StepEnd::skipped})
        CHECK(step_end_from(to_text(end)) == end);
    CHECK_FALSE(step_end_from("cancelled"));
}

TEST_CASE("what a condition does not hold for is passed over, and may be waited for itself",
          "[runbook][steps]") {
    const Steps steps{{step("a"), step("b", {{0, StepEnd::failed}}), step("c", {{1, StepEnd::skipped}}),
                       step("d", {{0, StepEnd::failed}, {0, StepEnd::timeout}})}};
    CHECK(steps.after({}).step == 0);
    const auto good = steps.after({StepEnd::succeeded});
    CHECK(good.skipped == std::vector<std::size_t>{1});
    CHECK(good.step == 2);
    const auto end = steps.after({StepEnd::succeeded, StepEnd::skipped, StepEnd::succeeded});
    CHECK(end.skipped == std::vector<std::size_t>{3});
    CHECK_FALSE(end.step);
    CHECK(steps.after({StepEnd::timeout, StepEnd::skipped, StepEnd::succeeded}).step == 3);
    CHECK(steps.jobs() == 2);
    CHECK(steps.jobs({StepEnd::failed}) == 2);
    CHECK(steps.jobs({StepEnd::succeeded, StepEnd::skipped, StepEnd::succeeded}) == 0);
    CHECK(steps.coming({StepEnd::failed}) == 2);
}

TEST_CASE("every step of any runbook is either the next or passed over, once", "[runbook][steps]") {
    std::mt19937 random(20261201);
    const auto draw = [&](std::size_t most) { return static_cast<std::size_t>(random()) % most; };
    for (int round = 0; round < 500; ++round) {
        Steps steps;
        const auto count = 1 + draw(8);
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<StepCondition> when;
            for (auto left = i == 0 ? 0 : draw(3); left > 0; --left)
                when.push_back({draw(i), static_cast<StepEnd>(draw(6))});
            steps.list.push_back(step("s", std::move(when)));
        }
        std::vector<StepEnd> ended;
        for (auto next = steps.after(ended);; next = steps.after(ended)) {
            for (const auto place : next.skipped) {
                REQUIRE(place == ended.size());
                ended.push_back(StepEnd::skipped);
            }
            if (!next.step) break;
            REQUIRE(*next.step == ended.size());
            ended.push_back(static_cast<StepEnd>(draw(5)));  // what ran was not skipped
        }
        CHECK(ended.size() == count);
    }
}

TEST_CASE("a runbook's longest time is that of its slowest step", "[runbook][steps]") {
    using std::chrono::minutes;
    Steps steps{{step("a"), step("b"), step("c")}};
    steps.list[1].timeout = minutes{90};
    steps.list[2].expect = ExpectedReturn{};
    CHECK(steps.longest_timeout(minutes{60}) == minutes{90});
    CHECK(steps.waits() == minutes{20});
    steps.list[0].timeout = minutes{5};
    steps.list[1].timeout = minutes{10};
    CHECK(steps.longest_timeout(minutes{60}) == minutes{10});
}

}  // namespace runbookd::runbook
