// Lives drawn from seeds: every promise is kept in each, every planted fault is found, and a seed tells the
// same story every time.
#include <chrono>

#include "catch.hpp"
#include "simulation/life.hpp"
#include "simulation/random_world.hpp"
#include "simulation/shrink.hpp"
#include "simulation/time_line.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;

constexpr Millis kDays = hours{24 * 4};
constexpr std::uint64_t kSeeds = 100;
constexpr std::uint64_t kSeedsForAFault = 36;

std::string lines_of(const Outcome& outcome) {
    std::string lines;
    for (const auto& finding : outcome.findings) lines += finding.rule + ": " + finding.what + "\n";
    return lines;
}

void check_lives(std::uint64_t first) {
    Figures all;
    for (auto seed = first; seed < first + kSeeds; ++seed) {
        const auto outcome = live(random_world(seed, kDays));
        INFO("./dev sim --seed " << seed << " --days 4\n" << lines_of(outcome));
        CHECK(outcome.findings.empty());
        all += outcome.figures;
    }
    // What keeps its promises by doing nothing proves nothing.
    CHECK(all.accepted > 3'000);
    CHECK(all.crashes > 1'000);
    CHECK(all.verdicts > 2'000);
}

}  // namespace

// Two halves, so that two cores can share them.
TEST_CASE("a hundred lives keep every promise", "[.][seeds1]") { check_lives(1); }

TEST_CASE("and a hundred others", "[.][seeds2]") { check_lives(1 + kSeeds); }

TEST_CASE("every planted fault is found within a few dozen lives", "[.][faults]") {
    for (std::size_t n = 1; n < kMutationNames.size(); ++n) {
        const auto mutation = static_cast<Mutation>(n);
        std::uint64_t seed = 1;
        while (seed <= kSeedsForAFault && live(random_world(seed, kDays), mutation).findings.empty()) ++seed;
        INFO(to_text(mutation));
        CHECK(seed <= kSeedsForAFault);
    }
}

TEST_CASE("a seed tells the same story every time", "[simulation][worlds]") {
    for (const std::uint64_t seed : {3, 4, 7}) {
        const auto world = random_world(seed, kDays);
        const auto once = live(world), again = live(random_world(seed, kDays));
        INFO("seed " << seed);
        CHECK(to_story(world) == to_story(random_world(seed, kDays)));
        CHECK(once.digest == again.digest);
        CHECK(once.figures.steps == again.figures.steps);
    }
}

TEST_CASE("a failing life shrinks to a small one that fails in the same way", "[simulation][worlds]") {
    auto world = random_world(1, kDays);
    for (std::uint64_t seed = 2; live(world, Mutation::duplicate_create).findings.empty(); ++seed)
        world = random_world(seed, kDays);
    const auto small = shrink(world, Mutation::duplicate_create, "at most once", 60);
    const auto outcome = live(small, Mutation::duplicate_create);
    REQUIRE_FALSE(outcome.findings.empty());
    CHECK(outcome.findings.front().rule == "at most once");
    CHECK(to_story(small).size() < to_story(world).size());
    const auto picture = to_svg(small, outcome);
    CHECK(picture.find("at most once") != std::string::npos);
    CHECK(picture.find("window of") != std::string::npos);
}

}  // namespace runbookd::simulation
