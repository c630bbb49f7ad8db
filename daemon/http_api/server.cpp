#include "http_api/server.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <optional>

#include "http_api/errors.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/session.hpp"
#include "http_api/unix_socket.hpp"

namespace runbookd::http_api {

namespace asio = boost::asio;

namespace {

/// After a failed accept (no file handles left): long enough not to spin, short enough to recover unnoticed.
constexpr Millis kAcceptPause{200};

std::string too_many_sessions() {
    const auto reply = error_response(503, "UNAVAILABLE", "too many connections; close some or try again");
    return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
           "Connection: close\r\nContent-Length: " +
           std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
}

SessionLimits limits_of(const ServerSettings& settings) {
    SessionLimits limits;
    limits.idle = settings.idle_limit;
    limits.reading = settings.reading_limit;
    return limits;
}

}  // namespace

struct Server::Parts {
    asio::any_io_executor loop;
    async::Timers& timers;
    ServerSettings settings;
    SessionLimits limits;
    IdempotencyKeys keys;
    Router router;
    std::optional<UnixListener> listener;
    std::string note;
    std::list<Session> sessions;
    bool is_stopping = false;

    Parts(asio::any_io_executor on_loop, async::Timers& on_timers, ServerSettings with)
        : loop(std::move(on_loop)),
          timers(on_timers),
          settings(std::move(with)),
          limits(limits_of(settings)) {}

    void report(const std::string& problem) const {
        if (settings.on_problem) settings.on_problem(problem);
    }
    void open_session(async::TaskGroup& group, Session::Socket socket, std::string actor);
    asio::awaitable<void> accept_all(async::TaskGroup& group);
};

void Server::Parts::open_session(async::TaskGroup& group, Session::Socket socket, std::string actor) {
    boost::system::error_code ignored;
    if (sessions.size() >= settings.most_sessions) {
        // It fits the fresh socket's buffer, so this does not wait; a peer that is gone does not matter.
        socket.non_blocking(true, ignored);
        asio::write(socket, asio::buffer(too_many_sessions()), ignored);
        return;
    }
    sessions.emplace_back(std::move(socket), std::move(actor), "runbookd/" + settings.version, router, timers,
                          limits, settings.on_problem, settings.redact);
    const auto session = std::prev(sessions.end());
    group.spawn("control connection", [this, session]() -> asio::awaitable<void> {
        struct Place {
            std::list<Session>& all;
            std::list<Session>::iterator own;
            ~Place() { all.erase(own); }
        };
        const Place place{sessions, session};
        co_await session->run();
    });
}

asio::awaitable<void> Server::Parts::accept_all(async::TaskGroup& group) {
    boost::system::error_code error;
    auto& acceptor = listener->acceptor();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!is_stopping) {
        auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (is_stopping || state.cancelled() != asio::cancellation_type::none) co_return;
        if (!error) {
            auto actor = peer_user(socket);
            open_session(group, std::move(socket), std::move(actor));
            continue;
        }
        report("the control socket cannot accept: " + error.message());
        co_await async::sleep_for(timers, kAcceptPause);
    }
}

Server::Server(asio::any_io_executor loop, async::Timers& timers, const Doors& doors, ServerSettings settings)
    : parts_(std::make_unique<Parts>(std::move(loop), timers, std::move(settings))) {
    const Services services{doors.control, doors.history,   doors.verification, doors.planning,
                            doors.reload,  doors.retention, parts_->keys};
    add_command_routes(parts_->router, services);
    add_pause_routes(parts_->router, services);
    add_settle_routes(parts_->router, services);
    add_cancel_routes(parts_->router, services);
    add_approval_routes(parts_->router, services);
    add_restore_routes(parts_->router, services);
    add_doctor_routes(parts_->router, services);
    add_plan_routes(parts_->router, services);
    add_reload_routes(parts_->router, services);
    add_device_questions(parts_->router, services);
    add_verify_routes(parts_->router, services);
    add_record_routes(parts_->router, services);
    add_history_routes(parts_->router, services);
    add_device_routes(parts_->router, services);
    add_state_routes(parts_->router, services);
    add_budget_routes(parts_->router, services);
    add_collected_routes(parts_->router, services);
    add_seed_routes(parts_->router, services);
    add_seed_reads(parts_->router, services);
    add_relay_routes(parts_->router, services);
}

Server::~Server() = default;

Result<void> Server::listen() {
    auto listener = UnixListener::open(parts_->loop, parts_->settings.socket_path, parts_->settings.group);
    if (!listener) return tl::unexpected(listener.error());
    parts_->note = listener->note();
    parts_->listener.emplace(std::move(*listener));
    return {};
}

const std::string& Server::note() const { return parts_->note; }

void Server::start(async::TaskGroup& group) {
    auto* parts = parts_.get();
    group.spawn("control socket", [parts, &group] { return parts->accept_all(group); });
}

void Server::stop() {
    parts_->is_stopping = true;
    if (parts_->listener) parts_->listener->close();
    for (auto& session : parts_->sessions) session.end();
}

std::size_t Server::sessions() const { return parts_->sessions.size(); }

}  // namespace runbookd::http_api
