#pragma once
// The daemon's HTTP server on its Unix socket: what runbookctl and scripts talk to. Routes: docs/api.md.
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/result.hpp"
#include "ports/control.hpp"
#include "ports/history.hpp"
#include "ports/planning.hpp"
#include "ports/pruning.hpp"
#include "ports/reload.hpp"
#include "ports/verification.hpp"

namespace runbookd::http_api {

struct ServerSettings {
    std::string socket_path;
    std::string version;                             ///< the program's, for the `Server` header
    std::string group = "runbookd";                  ///< whose members may connect
    std::size_t most_sessions = 64;                  ///< one more is told UNAVAILABLE and closed
    Millis idle_limit{std::chrono::minutes{2}};      ///< a connection without a request is closed after that
    Millis reading_limit{std::chrono::seconds{15}};  ///< a request's first byte to its last
    /// What a handler threw, and trouble with accepting: one line each, for the log. May be empty.
    std::function<void(const std::string&)> on_problem;
    /// Goes over the body of every answer: takes secrets out, and leaves JSON valid. May be empty.
    std::function<std::string(std::string)> redact;
};

/// Whom the handlers ask.
struct Doors {
    ports::Control& control;
    ports::History& history;
    ports::Verification& verification;
    ports::Planning& planning;
    ports::Reload& reload;
    ports::Retention& retention;
};

class Server {
public:
    /// `timers` and what is behind the doors outlive it; it outlives the tasks that start() spawns.
    Server(boost::asio::any_io_executor loop, async::Timers& timers, const Doors& doors,
           ServerSettings settings);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds the socket: mode 0660, group as set. A stale socket file is replaced. Errors: conflict ("… is in
    /// use"), permission, invalid_input, unavailable; each says what to do.
    [[nodiscard]] Result<void> listen();
    /// A warning of listen() for the log (there is no such group); empty: none.
    [[nodiscard]] const std::string& note() const;

    /// Accepts from now on; every connection is a task of the group. After listen().
    void start(async::TaskGroup& group);
    /// Accepts no more, removes the socket file, closes idle connections, and lets the others finish their
    /// answer.
    void stop();
    [[nodiscard]] std::size_t sessions() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace runbookd::http_api
