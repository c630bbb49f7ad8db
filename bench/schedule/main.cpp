// 100,000 runbooks that are due in one second: how soon after it the last occurrence is decided (engine only:
// wheel, planner, outbox), and what a runbook costs in resident memory while nothing is due. Beside it a
// yardstick: a binary heap of due times, with the same search for the next instant and the same record
// written.
#include <malloc.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "harness.hpp"

namespace {

using namespace runbookd;
using bench::Contender;
using bench::Figures;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kRunbooks = 100'000;
constexpr int kRounds = 5;
constexpr double kMostMilliseconds = 200;
constexpr double kMostBytes = 2048;

const UtcTime kStart = *parse_utc("2026-03-01T01:59:00Z");
const UtcTime kDue = *parse_utc("2026-03-01T02:00:00Z");
constexpr SteadyTime kSteady{hours{1}};

std::string name_of(int n) { return "clear-temp-files-" + std::to_string(n); }

std::string yaml_of(const std::string& name) {
    return "name: " + name + R"(
description: Weekly clean-up of temp folders on servers and desktops
schedule:
  cron: "0 2 * * SUN"
  timezone: UTC
  catch_up: latest
window: 2h
offline: skip
overlap: skip
targets:
  include:
    - {site: "Acme *", os: "*Windows*"}
  exclude:
    - {hostname: ["*-LAB-*", "*SQL*"]}
component: Clear Temp Files
variables: {days: "14"}
timeout: 30m
)";
}

schedule::Timeline on_sundays() {
    // Shared by all of them, as zones are. Not owned by anybody: utc_zone() lives as long as the program.
    static const std::shared_ptr<const cron::Zone> utc(&cron::utc_zone(), [](const cron::Zone*) {});
    return schedule::Timeline(
        {schedule::Entry{.rule = *cron::Expression::parse("0 2 * * SUN"), .zone = utc}});
}

runbook::Runbook runbook_of(int n) {
    runbook::Runbook book;
    book.name = name_of(n);
    book.description = "Weekly clean-up of temp folders on servers and desktops";
    book.file = "/etc/runbookd/runbooks.d/" + book.name + ".yaml";
    book.account = "main";
    book.schedule = on_sundays();
    book.window = hours{2};
    runbook::Selector include;
    include.site = runbook::TextMatch{{"Acme *"}, false};
    include.os = runbook::TextMatch{{"*Windows*"}, false};
    book.targets.include.push_back(std::move(include));
    runbook::Selector exclude;
    exclude.hostname = runbook::TextMatch{{"*-LAB-*", "*SQL*"}, false};
    book.targets.exclude.push_back(std::move(exclude));
    book.component = "Clear Temp Files";
    book.variables.emplace("days", templates::Template::literal("14"));
    book.timeout = minutes{30};
    book.yaml = yaml_of(book.name);
    book.resolved = R"({"account":"main","timezone":"UTC","window":"2h"})";
    return book;
}

timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(t.time_since_epoch().count());
}

/// What this process has in memory, without what the allocator could give back.
double resident_bytes() {
    ::malloc_trim(0);
    std::ifstream statm("/proc/self/statm");
    double pages = 0, resident = 0;
    statm >> pages >> resident;
    return resident * 4096;
}

/// All runbooks in force, and what that brought up on its way to the store.
struct InForce {
    timer_wheel::TimerWheel wheel{to_tick(kSteady)};
    engine::Engine core{{}, wheel, 1};

    InForce() {
        std::vector<runbook::Runbook> books;
        books.reserve(kRunbooks);
        for (int n = 0; n < kRunbooks; ++n) books.push_back(runbook_of(n));
        const auto read = [](const std::string&, const engine::RecordedText&) { return nullptr; };
        core.start({}, read, std::move(books), {}, {kStart, kSteady});
        bench::keep(core.take_actions());  // to the store, and gone
    }
};

double bytes_for_each() {
    const auto before = resident_bytes();
    const InForce idle;
    return (resident_bytes() - before) / kRunbooks;
}

/// Milliseconds; the process has the memory that reading the runbooks left free, as the daemon has.
double decide_all() {
    InForce due;
    const Instant now{kDue, kSteady + (kDue - kStart)};
    std::vector<engine::Action> actions;
    const auto took = bench::nanoseconds_of([&] {
        due.wheel.advance(to_tick(now.steady));
        due.core.advance(now);
        actions = due.core.take_actions();
    });
    int decided = 0;
    for (const auto& action : actions)
        if (const auto* commit = std::get_if<engine::Commit>(&action))
            for (const auto& record : commit->batch)
                decided += std::holds_alternative<engine::RunPlanned>(record);
    if (decided == kRunbooks) return took / 1e6;
    std::fprintf(stderr, "%d of %d were decided\n", decided, kRunbooks);
    return -1;
}

Figures engine_round() {
    const auto bytes = bytes_for_each();
    return {bytes, decide_all()};
}

/// The least that anybody must keep and do: the texts, a heap of due times, the next instant, a record.
Figures heap_round() {
    struct Kept {
        std::string name, yaml;
        schedule::Timeline schedule;
    };
    using Due = std::pair<UtcTime, int>;
    const auto before = resident_bytes();
    std::vector<std::unique_ptr<Kept>> kept;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
    for (int n = 0; n < kRunbooks; ++n) {
        kept.push_back(std::make_unique<Kept>(Kept{name_of(n), yaml_of(name_of(n)), on_sundays()}));
        due.emplace(kept.back()->schedule.next_after(kStart)->at, n);
    }
    const auto bytes = (resident_bytes() - before) / kRunbooks;
    engine::Batch batch;
    UlidSource ulids(1);
    const auto took = bench::nanoseconds_of([&] {
        while (due.top().first <= kDue) {
            const auto [at, n] = due.top();
            due.pop();
            engine::RunPlanned plan;
            plan.run = RunUid{ulids.next(kDue)};
            plan.runbook = kept[static_cast<std::size_t>(n)]->name;
            plan.nominal = at;
            batch.push_back(std::move(plan));
            due.emplace(kept[static_cast<std::size_t>(n)]->schedule.next_after(at)->at, n);
        }
    });
    return {bytes, took / 1e6};
}

constexpr int kCustomers = 200;
constexpr int kPatchRunbooks = 100;

/// A runbook for 200 customers, each with a window of its own; all of them begin at once.
runbook::Runbook patch_runbook(int n) {
    auto book = runbook_of(n);
    const auto sundays = *book.schedule;
    book.schedule.reset();
    book.lanes = runbook::Lanes{runbook::LanesBy::customer, "maintenance: patch", {}};
    for (int customer = 0; customer < kCustomers; ++customer) {
        auto entries = sundays.entries();
        entries[0].window = minutes{60 + customer};
        book.lanes->all.push_back(
            {"customer-" + std::to_string(customer), schedule::Timeline(std::move(entries)), {}, {}});
    }
    return book;
}

/// Bytes for each lane; milliseconds to put one such runbook in force, and until its 200 runs are planned.
Figures lanes_round() {
    const auto before = resident_bytes();
    timer_wheel::TimerWheel wheel(to_tick(kSteady));
    engine::Engine core({}, wheel, 1);
    std::vector<runbook::Runbook> books;
    for (int n = 0; n < kPatchRunbooks; ++n) books.push_back(patch_runbook(n));
    const auto read = [](const std::string&, const engine::RecordedText&) { return nullptr; };
    const auto began =
        bench::nanoseconds_of([&] { core.start({}, read, std::move(books), {}, {kStart, kSteady}); });
    bench::keep(core.take_actions());
    const auto bytes = (resident_bytes() - before) / (kPatchRunbooks * kCustomers);
    const Instant now{kDue, kSteady + (kDue - kStart)};
    const auto took = bench::nanoseconds_of([&] {
        wheel.advance(to_tick(now.steady));
        core.advance(now);
    });
    if (core.open_runs() != static_cast<std::size_t>(kPatchRunbooks * kCustomers))
        std::fprintf(stderr, "only %zu runs were planned\n", core.open_runs());
    return {bytes, began / 1e6 / kPatchRunbooks, took / 1e6 / kPatchRunbooks};
}

void report_lanes(int rounds) {
    const std::vector<Contender> contenders{{"lanes", lanes_round}};
    const auto found = bench::medians(contenders, rounds);
    bench::Table table("A runbook with 200 windows of 200 customers", {"", "runbookd"});
    table.row({"resident bytes for each idle lane", bench::number(found[0][0])});
    table.row({"ms to put it in force", bench::number(found[0][1])});
    table.row({"ms until its 200 runs are planned, all due at once", bench::number(found[0][2])});
    table.print();
}

std::string with_limit(double most, const std::string& unit) { return bench::number(most) + unit; }

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    bench::print_machine();
    const std::vector<Contender> contenders{{"runbookd", engine_round}, {"a heap, and no rules", heap_round}};
    const auto figures = bench::medians(contenders, options.rounds > 0 ? options.rounds : kRounds);
    bench::Table table("100,000 runbooks", {"", "runbookd", "a heap, and no rules", "at most"});
    auto memory =
        bench::compared("resident bytes for each idle one", std::vector{figures[0][0], figures[1][0]});
    memory.push_back(with_limit(kMostBytes, ""));
    table.row(std::move(memory));
    auto time = bench::compared("ms until the last of them is decided, all due at once",
                                std::vector{figures[0][1], figures[1][1]});
    time.push_back(with_limit(kMostMilliseconds, ""));
    table.row(std::move(time));
    table.print();
    report_lanes(options.rounds > 0 ? options.rounds : kRounds);
    return figures[0][0] <= kMostBytes && figures[0][1] <= kMostMilliseconds ? 0 : 1;
}
