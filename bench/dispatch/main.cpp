// What a job costs, in the real programs: one run over 10,000 devices without limits on either side, from due
// to closed books (jobs a second, time on a processor of daemon and sandbox), and what the daemon weighs
// while as many jobs are in flight.   usage: bench_dispatch [--devices N]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "end_to_end/harness/world.hpp"
#include "harness.hpp"

namespace {

using namespace runbookd;
using end_to_end::SettingsText;
using end_to_end::World;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kMostMicroseconds = 300;
constexpr double kMostBytes = 4096;
constexpr end_to_end::Limit kLongest{seconds{1800}};
constexpr end_to_end::Limit kLook{500};  // a look takes time of the processors that are measured

/// Of the process and its threads, user and system.
double seconds_on_processor(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::istringstream fields(text.substr(text.rfind(')') + 2));  // the name may hold blanks
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// A line of /proc/PID/status that counts kB, in bytes.
double bytes_of(pid_t pid, const std::string& name) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.rfind(name + ":", 0) == 0)
            return std::strtod(line.c_str() + name.size() + 1, nullptr) * 1024;
    return 0;
}

std::string fleet_of(int devices) {
    return "limits: off\npickup: 100ms..500ms\nactivity_log: {lag: 200ms..1s}\nsites:\n"
           "  - {name: Acme, devices: [{hostname: \"PC{n:05}\", count: " +
           std::to_string(devices) +
           "}]}\n"
           "components:\n"
           "  - {name: Sweep, simulate: {duration: 500ms..3s, outcome: {Success: 97%, Failure: 3%}, stdout: "
           "\"swept "
           "{hostname}\"}}\n"
           "  - {name: Watch, simulate: {duration: 10h..11h, outcome: {Success: 100%}}}\n";
}

std::string runbook_of(const std::string& component, int devices) {
    return "targets: {include: [{all: true}]}\ncomponent: " + component +
           "\nwindow: 2h\ntimeout: 12h\nrollout: {max_in_flight: " + std::to_string(devices) + "}\n";
}

struct Cost {
    double wall = 0, daemon = 0, sandbox = 0;
};

class Bench {
public:
    explicit Bench(int devices) : devices_(devices) {
        world_.write_fleet(fleet_of(devices));
        world_.write_runbook("sweep", runbook_of("Sweep", devices));
        world_.write_runbook("watch", runbook_of("Watch", devices));
        world_.start_sandbox();
        SettingsText settings;
        settings.limits = "off";
        world_.write_settings(settings);
        world_.start_daemon();
    }

    Cost sweep() {
        const auto before = now();
        const auto run = world_.start_run("sweep");
        const auto row = "FROM run_history WHERE run_uid = '" + run + "'";
        const auto has_ended = [&] {
            return world_.store().text("SELECT finished_at " + row) != end_to_end::kNull;
        };
        if (!end_to_end::wait_for(has_ended, kLongest, kLook)) fail("the run did not end");
        const auto after = now();
        const auto done = world_.store().number("SELECT succeeded + failed " + row);
        if (done != devices_) fail("only so many jobs were done: " + std::to_string(done));
        const auto wall = world_.store().number(
            "SELECT CAST(round((julianday(finished_at) - julianday(started_at)) * 86400000) AS INTEGER) " +
            row);
        return {static_cast<double>(wall) / 1000, after.daemon - before.daemon,
                after.sandbox - before.sandbox};
    }

    /// Bytes that the daemon has grown by for each job in flight.
    double watch() {
        const auto before = bytes_of(world_.daemon().pid(), "RssAnon");
        (void)world_.start_run("watch");
        const auto open = [&] {
            return world_.store().number(
                       "SELECT count(*) FROM job_history WHERE component_name = 'Watch' AND status <> "
                       "'created'") >= devices_;
        };
        if (!end_to_end::wait_for(open, kLongest, kLook)) fail("not every job was created");
        std::this_thread::sleep_for(seconds{15});  // what creating took is given back
        return (bytes_of(world_.daemon().pid(), "RssAnon") - before) / devices_;
    }

    void stop() {
        if (world_.stop_daemon() != 0) fail("the daemon did not end well: " + world_.daemon_log());
    }

private:
    [[noreturn]] static void fail(const std::string& why) {
        std::fprintf(stderr, "bench_dispatch: %s\n", why.c_str());
        std::exit(1);
    }
    Cost now() {
        return {0, seconds_on_processor(world_.daemon().pid()), seconds_on_processor(world_.sandbox().pid())};
    }

    int devices_;
    World world_;
};

}  // namespace

int main(int argc, char** argv) {
    int devices = 10'000;
    if (argc == 3 && std::string(argv[1]) == "--devices") devices = std::atoi(argv[2]);
    if (devices < 1 || (argc != 1 && argc != 3)) {
        std::fprintf(stderr, "usage: bench_dispatch [--devices N]\n");
        return 2;
    }
    bench::print_machine();
    Bench bench(devices);
    bench::Table table("one run over " + std::to_string(devices) + " devices, without limits",
                       {"", "jobs a second", "daemon, us a job", "sandbox, us a job", "daemon's share"});
    double dearest = 0;
    for (const char* round : {"first", "second", "third"}) {
        const auto cost = bench.sweep();
        const double daemon = cost.daemon * 1e6 / devices;
        dearest = std::max(dearest, daemon);
        table.row({round, bench::number(devices / cost.wall), bench::number(daemon),
                   bench::number(cost.sandbox * 1e6 / devices),
                   bench::number(100 * cost.daemon / (cost.daemon + cost.sandbox)) + " %"});
    }
    table.print();
    const auto bytes = bench.watch();
    std::printf(
        "the daemon: at most %.0f us of processor a job (goal %.0f), %.0f bytes for each of %d jobs in "
        "flight (goal %.0f)\n",
        dearest, kMostMicroseconds, bytes, devices, kMostBytes);
    bench.stop();
    return dearest <= kMostMicroseconds && bytes <= kMostBytes ? 0 : 1;
}
