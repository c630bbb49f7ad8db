#pragma once
// The whole sandbox on one loop: world, API, scripts and server, wired together. Tests that need a Datto RMM
// API run one of these in their own process.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "sandbox/api.hpp"
#include "sandbox/fleet.hpp"
#include "sandbox/http_server.hpp"
#include "sandbox/json_lines.hpp"
#include "sandbox/script_runner.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

struct Settings {
    std::string listen = "127.0.0.1:8781";  ///< loopback only; port 0 takes a free one
    std::optional<std::filesystem::path> ledger;
    std::optional<std::filesystem::path> access_log;
    std::optional<std::filesystem::path> traffic;
    double speed = 1;
};

/// "127.0.0.1:8781", "localhost:0" or "[::1]:8781". Errors: invalid_input, also for an address that is not
/// loopback.
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> parse_loopback(const std::string& text);

class Sandbox {
public:
    using OnProblem = std::function<void(const std::string&)>;

    /// Listens when it returns; serves while `loop` runs. `loop` and `clock` outlive it. `on_problem` gets
    /// what went wrong inside, such as a ledger that cannot be written. Errors: of Settings (invalid_input)
    /// and files or port that cannot be had (unavailable).
    [[nodiscard]] static Result<std::unique_ptr<Sandbox>> open(boost::asio::io_context& loop,
                                                               const Clock& clock, Fleet fleet,
                                                               const Settings& settings,
                                                               OnProblem on_problem);

    /// "http://127.0.0.1:8781"
    [[nodiscard]] std::string url() const;
    /// Closes the server and kills running scripts; the loop then runs out of work. After that, or with the
    /// loop stopped for good, the sandbox may be destroyed.
    void stop();

private:
    /// The files that it writes; each may be one that was never opened.
    struct Files {
        JsonLines ledger;
        JsonLines access_log;
        JsonLines traffic;
    };
    [[nodiscard]] static Result<Files> open_files(const Settings& settings);
    Sandbox(boost::asio::io_context& loop, const Clock& clock, Fleet fleet, Files files,
            OnProblem on_problem);

    void pump();
    void start_scripts();
    void wait_for_next_due();
    void report(std::exception_ptr error) const;

    const Clock& clock_;
    OnProblem on_problem_;
    Ledger ledger_;
    AccessLog access_log_;
    TrafficLog traffic_;
    World world_;
    Api api_;
    ScriptRunner scripts_;
    boost::asio::steady_timer timer_;
    std::optional<SteadyTime> armed_for_;
    bool stopped_ = false;
    HttpServer server_;
};

}  // namespace runbookd::sandbox
