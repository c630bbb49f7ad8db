// What it costs to learn how 1,000 jobs of one to ten minutes ended: reads of the API for each, and how long
// after its end a job is on record. runbookd's engine and client against the sandbox on virtual time, under
// the real limits; beside it a plain client, against the same sandbox.
#include <cstdio>
#include <string>
#include <vector>

#include "follow/daemon.hpp"
#include "follow/plain_client.hpp"
#include "harness.hpp"

namespace {

using namespace runbookd;
using namespace runbookd::bench;
using engine::FollowMode;

constexpr std::size_t kJobs = 1000;

std::vector<std::string> row(const std::string& name, const FollowFigures& figures) {
    return {name,
            std::to_string(figures.jobs),
            number(figures.reads_per_job),
            number(figures.median_delay_s),
            number(figures.p95_delay_s),
            number(figures.makespan_s),
            number(figures.makespan_over_bound * 100),
            number(figures.other_reads),
            number(figures.refused)};
}

void compare(const std::string& title, Shape shape) {
    Table table(title, {"follow", "jobs", "reads/job", "median delay s", "p95 s", "makespan s",
                        "over bound %", "other reads", "refused"});
    const auto add = [&](const std::string& name, const DaemonPlan& plan) {
        table.row(row(name, follow_with_daemon(kJobs, shape, plan)));
    };
    add("results, nothing known", {.follow = FollowMode::results});
    add("results", {.follow = FollowMode::results, .warm_up = 200});
    add("activity_log", {.follow = FollowMode::activity_log});
    add("auto, nothing known", {.follow = FollowMode::automatic});
    add("auto", {.follow = FollowMode::automatic, .warm_up = 200});
    table.row(row("plain client", follow_with_plain_client(kJobs, shape)));
    table.print();
}

void curve(const std::string& title, Shape shape) {
    Table table(title, {"looks", "jobs", "reads/job", "median delay s", "p95 s", "makespan s", "over bound %",
                        "other reads", "refused"});
    for (const double looks : {2.0, 3.0, 4.0, 5.0, 6.5, 8.0})
        table.row(row(number(looks),
                      follow_with_daemon(kJobs, shape,
                                         {.follow = FollowMode::results, .looks = looks, .warm_up = 200})));
    table.print();
}

}  // namespace

int main() {
    std::printf(
        "1,000 jobs with stdout only; limits 600 reads and 100 creates a minute, budget 80 %%.\n"
        "Goals: results at most 6.5 reads a job and 35 s; activity_log 2.2 and 15 s; makespan within 10 "
        "%%.\n");
    compare("Uniform between 1 and 10 minutes", Shape::uniform);
    compare("Log-normal, median 3 minutes", Shape::log_normal);
    curve("Reads against delay, results alone, uniform", Shape::uniform);
    curve("Reads against delay, results alone, log-normal", Shape::log_normal);
    return 0;
}
