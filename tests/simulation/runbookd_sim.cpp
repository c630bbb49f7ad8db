// Lives of the daemon on virtual time, each drawn from a seed, each judged by the promises of the design.
// Exit status: 0 all were kept (with --mutation: the fault was found); 1 not so; 2 usage.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulation/life.hpp"
#include "simulation/random_world.hpp"
#include "simulation/shrink.hpp"
#include "simulation/time_line.hpp"

namespace {

using namespace runbookd;
using namespace runbookd::simulation;

constexpr const char* kUsage =
    "usage: runbookd_sim [--seed N] [--seeds K] [--days D] [--mutation NAME] [--svg FILE] [--story] "
    "[--no-shrink]\n"
    "\n"
    "  --seed N         the first seed (1)\n"
    "  --seeds K        so many seeds, one after the other (1)\n"
    "  --days D         virtual days of each life (365; of several seeds 4)\n"
    "  --mutation NAME  plants a fault, which has to be found: %s\n"
    "  --svg FILE       draws the time line of the last life, or of the first that failed\n"
    "  --story          tells the world of each seed\n"
    "  --no-shrink      leaves a failing world as it is\n";

struct Options {
    std::uint64_t seed = 1, seeds = 1;
    std::optional<std::uint64_t> days;
    Mutation mutation = Mutation::none;
    std::string svg;
    bool tells_story = false, shrinks = true;
};

int usage() {
    std::string names;
    for (const auto name : kMutationNames) names += (names.empty() ? "" : ", ") + std::string(name);
    std::fprintf(stderr, kUsage, names.c_str());
    return 2;
}

bool read_number(const std::string& text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

std::optional<Options> read_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const auto& name = arguments[at];
        if (name == "--story") {
            options.tells_story = true;
            continue;
        }
        if (name == "--no-shrink") {
            options.shrinks = false;
            continue;
        }
        if (++at == arguments.size()) return std::nullopt;
        const auto& value = arguments[at];
        std::uint64_t number = 0;
        if (name == "--svg") {
            options.svg = value;
        } else if (name == "--mutation") {
            const auto mutation = mutation_from(value);
            if (!mutation) return std::nullopt;
            options.mutation = *mutation;
        } else if (!read_number(value, number)) {
            return std::nullopt;
        } else if (name == "--seed") {
            options.seed = number;
        } else if (name == "--seeds") {
            options.seeds = number;
        } else if (name == "--days" && number > 0) {
            options.days = number;
        } else {
            return std::nullopt;
        }
    }
    return options;
}

void draw(const Options& options, const World& world, const Outcome& outcome) {
    if (options.svg.empty()) return;
    std::ofstream(options.svg) << to_svg(world, outcome);
    std::printf("time line: %s\n", options.svg.c_str());
}

void tell_failure(const Options& options, World world, const Outcome& failed) {
    std::printf("seed %llu breaks a promise:\n", static_cast<unsigned long long>(world.seed));
    for (const auto& finding : failed.findings)
        std::printf("  %s: %s\n", finding.rule.c_str(), finding.what.c_str());
    auto outcome = failed;
    if (options.shrinks && failed.findings.front().rule != "world") {
        world = shrink(std::move(world), options.mutation, failed.findings.front().rule);
        outcome = live(world, options.mutation);
        std::printf("the smallest story that still does:\n");
        for (const auto& finding : outcome.findings)
            std::printf("  %s: %s\n", finding.rule.c_str(), finding.what.c_str());
        std::printf("%s", to_story(world).c_str());
    }
    draw(options, world, outcome);
}

/// A world that was drawn wrong fails too.
Outcome live_or_say(const World& world, Mutation mutation) {
    try {
        return live(world, mutation);
    } catch (const std::exception& error) {
        Outcome outcome;
        outcome.findings.push_back({"world", error.what()});
        return outcome;
    }
}

unsigned long long number(std::uint64_t n) { return n; }

int run(const Options& options) {
    const auto days = options.days.value_or(options.seeds > 1 ? 4 : 365);
    const auto began = std::chrono::steady_clock::now();
    Figures all;
    std::uint64_t failed = 0;
    std::map<std::string, std::uint64_t> rules;
    for (auto seed = options.seed; seed < options.seed + options.seeds; ++seed) {
        const auto world = random_world(seed, std::chrono::hours{24 * days});
        if (options.tells_story) std::printf("seed %llu\n%s", number(seed), to_story(world).c_str());
        const auto outcome = live_or_say(world, options.mutation);
        all += outcome.figures;
        if (!outcome.findings.empty()) {
            ++rules[outcome.findings.front().rule];
            if (++failed == 1 || options.mutation == Mutation::none) tell_failure(options, world, outcome);
        } else if (options.seeds == 1) {
            draw(options, world, outcome);
        }
        if (options.seeds == 1) std::printf("digest %016llx\n", number(outcome.digest));
        std::fflush(stdout);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf(
        "%llu seeds, %.1f years, %llu steps, %llu kills, %llu runs, %llu targets, %llu jobs (%llu accepted), "
        "%llu verdicts, %llu records, %llu calls in %.1f s: %llu broke a promise\n",
        number(options.seeds), static_cast<double>(all.days) / 365.25, number(all.steps), number(all.crashes),
        number(all.runs), number(all.targets), number(all.jobs), number(all.accepted), number(all.verdicts),
        number(all.records), number(all.calls), took.count(), number(failed));
    for (const auto& [rule, count] : rules) std::printf("  %s: %llu\n", rule.c_str(), number(count));
    return (options.mutation == Mutation::none) == (failed == 0) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto options = read_options({argv + 1, argv + argc});
        return options ? run(*options) : usage();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "runbookd_sim: %s\n", error.what());
        return 1;
    }
}
