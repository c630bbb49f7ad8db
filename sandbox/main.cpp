// runbookd-sandbox: the command line around a Sandbox.
#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "sandbox/fleet_file.hpp"
#include "sandbox/sandbox.hpp"

namespace {

using namespace runbookd;

constexpr int kFailed = 1;
constexpr int kInvalid = 2;

void complain(const std::string& message) { std::cerr << "runbookd-sandbox: " << message << std::endl; }

struct Arguments {
    std::string fleet;
    std::string ledger;
    std::string access_log;
    std::string traffic;
    sandbox::Settings settings;
};

void define(CLI::App& app, Arguments& arguments) {
    app.add_option("--fleet", arguments.fleet, "YAML file that says what exists (see docs/sandbox.md)")
        ->required();
    app.add_option("--listen", arguments.settings.listen,
                   "loopback address and port; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--ledger", arguments.ledger,
                   "file to append accepted and finished jobs to, as JSON lines");
    app.add_option("--access-log", arguments.access_log, "file to append every request to, as JSON lines");
    app.add_option("--traffic", arguments.traffic,
                   "file to append every request and reply to in full, as JSON lines; it holds secrets");
    app.add_option("--speed", arguments.settings.speed,
                   "divides pickup, simulated durations, online patterns, restarts, alerts, lags, expiry")
        ->capture_default_str();
}

int serve(const sandbox::Fleet& fleet, const sandbox::Settings& settings) {
    boost::asio::io_context loop(1);
    const SystemClock clock;
    auto opened = sandbox::Sandbox::open(loop, clock, fleet, settings, complain);
    if (!opened) {
        complain(opened.error().message);
        return opened.error().code == ErrorCode::invalid_input ? kInvalid : kFailed;
    }
    auto& running = **opened;
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { running.stop(); });
    std::cout << "runbookd-sandbox: listening on " << running.url() << " (" << fleet.sites.size()
              << " sites, " << fleet.devices.size() << " devices, " << fleet.components.size()
              << " components)" << std::endl;
    loop.run();
    return 0;
}

int run(int argc, char** argv) {
    CLI::App app("A Datto RMM API on loopback, with a fleet of its own", "runbookd-sandbox");
    Arguments arguments;
    define(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kInvalid;
    }
    if (!arguments.ledger.empty()) arguments.settings.ledger = arguments.ledger;
    if (!arguments.access_log.empty()) arguments.settings.access_log = arguments.access_log;
    if (!arguments.traffic.empty()) arguments.settings.traffic = arguments.traffic;
    const auto fleet = sandbox::load_fleet(arguments.fleet);
    if (!fleet) {
        std::cerr << fleet.error().message << std::endl;
        return kInvalid;
    }
    return serve(*fleet, arguments.settings);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        complain(error.what());
        return kFailed;
    }
}
