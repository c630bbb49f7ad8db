// Not sent or lost: the difference between trying again and asking what happened.
#include <boost/asio/this_coro.hpp>

#include "datto/http/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

const std::string kJobPath = "/api/v2/device/d1/quickjob";

/// Creates work the first `good` times; then the given answer comes.
LoopbackServer::Handler good_until(int good, ServerAnswer afterwards) {
    return with_token([good, afterwards](const SeenRequest&) mutable {
        return good-- > 0 ? json_answer(kCreated) : afterwards;
    });
}

ServerAnswer broken(std::string bytes, Then then) {
    ServerAnswer answer;
    answer.bytes = std::move(bytes);
    answer.then = then;
    return answer;
}

}  // namespace

TEST_CASE("a refused connection means not sent", "[datto]") {
    Bench bench(good_until(1, {}));
    bench.server.stop_listening();
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.http_status == 0);
    CHECK(failure.message.find(bench.server.url()) != std::string::npos);
}

TEST_CASE("a name that does not resolve means not sent", "[datto]") {
    Bench bench(good_until(1, {}));
    bench.settings.url = "https://no-such-host.invalid";
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
}

TEST_CASE("once the request is written, an answer that does not come whole is lost", "[datto]") {
    const auto answer = GENERATE(values<ServerAnswer>(
        {broken("", Then::close), broken("", Then::reset), broken("HTTP/1.1 200 OK\r\n", Then::close),
         broken("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"job\":", Then::close),
         broken("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"job\":", Then::reset),
         broken("this is not HTTP at all\r\n\r\n", Then::close)}));
    CAPTURE(answer.bytes);
    Bench bench(good_until(0, answer));
    CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
    CHECK(bench.server.count(kJobPath) == 1);
}

TEST_CASE("a create on a reused connection that dies is written once", "[datto]") {
    Bench bench(good_until(1, broken("", Then::reset)));
    CHECK(bench.perform(any_create()));
    CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
    CHECK(bench.server.count(kJobPath) == 2);
}

TEST_CASE("a server that accepts and closes without reading leaves the call in doubt", "[datto]") {
    Bench bench(good_until(2, {}));
    CHECK(bench.perform(any_create()));
    bench.server.close_all();
    bench.server.turn_away();
    CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
}

TEST_CASE("an idle connection that the server closed is noticed before anything is written", "[datto]") {
    Bench bench(good_until(2, {}));
    CHECK(bench.perform(any_create()));
    bench.server.close_all();
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 2);
    CHECK(bench.server.count(kJobPath) == 2);
}

TEST_CASE("a connection is used again while it is young, and only if the server keeps it", "[datto]") {
    Bench bench(with_token([](const SeenRequest& request) {
        ServerAnswer answer = json_answer(kCreated);
        if (request.connection == 2) answer.bytes = http_answer(200, kCreated, "Connection: close\r\n");
        return answer;
    }));
    CHECK(bench.perform(any_create()));
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 1);
    bench.clock.shift = std::chrono::seconds{16};
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 2);
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 3);
}

TEST_CASE("no more connections are kept than allowed", "[datto]") {
    Bench bench(good_until(1000, {}));
    bench.settings.idle_connections = 2;
    CHECK(bench.perform(any_create()));
    const std::vector<engine::ApiCall> calls(6, any_create());
    for (const auto& result : bench.perform(calls)) CHECK(result);
    const auto before = bench.server.connections();
    CHECK(before == 6);
    for (const auto& result : bench.perform(calls)) CHECK(result);
    CHECK(bench.server.connections() == before + 4);
}

TEST_CASE("a silent server is given up in time, and the call is lost", "[datto]") {
    const auto bytes = GENERATE(values<std::string>({"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"}));
    Bench bench(good_until(0, broken(bytes, Then::fall_silent)));
    bench.settings.call_timeout = Millis{80};
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::lost);
    CHECK(failure.message.find("no whole answer within") != std::string::npos);
}

TEST_CASE("a silent token call is given up in time, and the create was not sent", "[datto]") {
    Bench bench([](const SeenRequest&) { return broken("", Then::fall_silent); });
    bench.settings.call_timeout = Millis{80};
    const std::vector<engine::ApiCall> calls(3, any_create());
    for (const auto& result : bench.perform(calls)) CHECK(result.error().kind == FailureKind::not_sent);
    CHECK(bench.server.count(kJobPath) == 0);
}

TEST_CASE("a cancelled call says what it knows, and the caller's next await throws", "[datto]") {
    Bench bench(good_until(0, broken("", Then::fall_silent)));
    boost::asio::cancellation_signal stop;
    std::optional<FailureKind> kind;
    bool done = false;
    bool threw = false;
    auto call = [&]() -> boost::asio::awaitable<void> {
        const auto create = any_create();
        const auto result = co_await bench.client().perform(create);
        kind = result.error().kind;
        co_await async::sleep_for(bench.timers, Millis{0});
    };
    boost::asio::co_spawn(bench.loop, call,
                          boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
                              done = true;
                              threw = error != nullptr;
                          }));
    bench.run_until([&] { return bench.server.count(kJobPath) == 1; });
    stop.emit(boost::asio::cancellation_type::terminal);
    bench.run_until([&] { return done; });
    CHECK(kind == FailureKind::lost);
    CHECK(threw);
}
