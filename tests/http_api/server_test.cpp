// The socket and its connections: who may, how much, how long.
#include <sys/stat.h>

#include <fstream>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

http_api::ServerSettings at(const std::string& path) {
    http_api::ServerSettings settings;
    settings.socket_path = path;
    return settings;
}

}  // namespace

TEST_CASE("the socket is for its owner and its group only", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    struct stat found{};
    REQUIRE(::stat(daemon.socket.c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0660);
}

TEST_CASE("a group that does not exist is a note, not a failure", "[http_api]") {
    auto settings = at("");
    settings.group = "no-such-group-here";
    FakeDaemon daemon(settings);
    daemon.start();
    CHECK(contains(daemon.server().note(), "no group 'no-such-group-here'"));
}

TEST_CASE("a socket that somebody answers on is left alone", "[http_api]") {
    FakeDaemon first;
    first.start();
    FakeDaemon second(at(first.socket));
    const auto listening = second.server().listen();
    REQUIRE_FALSE(listening);
    CHECK(listening.error().code == ErrorCode::conflict);
    CHECK(contains(listening.error().message, "in use"));
    CHECK(exchange(first.socket, "GET", "/v1/status").status == 200);
}

TEST_CASE("a stale socket file is replaced, and removed at the end", "[http_api]") {
    const TempFolder folder;
    const auto path = folder.file("control.sock").string();
    {
        boost::asio::io_context loop;
        boost::asio::local::stream_protocol::acceptor dead(loop, path);
    }
    REQUIRE(std::filesystem::exists(path));
    {
        FakeDaemon daemon(at(path));
        daemon.start();
        CHECK(exchange(path, "GET", "/v1/status").status == 200);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a path that cannot be a socket says why", "[http_api]") {
    const TempFolder folder;
    std::ofstream(folder.file("plain")) << "keep me";
    const auto failure = [](const std::string& path) {
        FakeDaemon daemon(at(path));
        const auto listening = daemon.server().listen();
        REQUIRE_FALSE(listening);
        return listening.error();
    };
    CHECK(failure(folder.file("plain")).code == ErrorCode::conflict);
    CHECK(std::filesystem::file_size(folder.file("plain")) == 7);
    CHECK(failure(folder.file("none/control.sock")).code == ErrorCode::invalid_input);
    CHECK(failure(folder.file(std::string(120, 'x'))).code == ErrorCode::invalid_input);
}

TEST_CASE("a connection serves one request after another", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    RawClient client(daemon.socket);
    client.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_THAT(client.receive_some(), Catch::Matchers::StartsWith("HTTP/1.1 200"));
    client.send(
        "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/runs HTTP/1.1\r\nHost: x\r\nConnection: "
        "close\r\n\r\n");
    const auto rest = client.receive_all();
    CHECK_THAT(rest, Catch::Matchers::StartsWith("HTTP/1.1 404"));
    CHECK(contains(rest, "HTTP/1.1 200"));
}

TEST_CASE("garbage is answered once and the connection closed", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    for (const auto* bytes :
         {"hello there\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
          "GET /v1/status HTTP/9.9\r\n\r\n", "GET /v1/runs HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "GET /a b HTTP/1.1\r\n\r\n"}) {
        INFO(bytes);
        RawClient client(daemon.socket);
        client.send(bytes);
        const auto reply = client.receive_all();
        CHECK_THAT(reply, Catch::Matchers::StartsWith("HTTP/1.1 400"));
        CHECK(contains(reply, "INVALID_REQUEST"));
    }
    CHECK(exchange(daemon.socket, "GET", "/v1/status").status == 200);
}

TEST_CASE("too large a body or header is refused", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "POST", "/v1/runs", std::string((1 << 20) + 1, 'x')).status == 413);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs", "", "X-Long: " + std::string(20'000, 'x') + "\r\n")
              .status == 431);
    CHECK(exchange(daemon.socket, "POST", "/v1/runs", std::string(1 << 20, ' ')).status == 400);
    CHECK(exchange(daemon.socket, "POST", "/v1/runs", "{}",
                   "Idempotency-Key: " + std::string(300, 'k') + "\r\n")
              .status == 400);
}

TEST_CASE("a request that breaks off leaves nothing behind", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    {
        RawClient client(daemon.socket);
        client.send("POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"runbook\"");
        client.end_sending();
        CHECK(client.receive_all().empty());
    }
    CHECK(daemon.control.runs_asked.empty());
    CHECK(exchange(daemon.socket, "GET", "/v1/status").status == 200);
}

TEST_CASE("silent and slow connections are closed", "[http_api]") {
    auto settings = at("");
    settings.idle_limit = Millis{30};
    settings.reading_limit = Millis{30};
    FakeDaemon daemon(settings);
    daemon.start();
    RawClient silent(daemon.socket);
    CHECK(silent.receive_all().empty());
    RawClient slow(daemon.socket);
    slow.send("GET /v1/sta");
    CHECK(slow.receive_all().empty());
}

TEST_CASE("one connection too many is told so", "[http_api]") {
    auto settings = at("");
    settings.most_sessions = 2;
    FakeDaemon daemon(settings);
    daemon.start();
    const RawClient first(daemon.socket), second(daemon.socket);
    RawClient third(daemon.socket);
    CHECK_THAT(third.receive_all(), Catch::Matchers::StartsWith("HTTP/1.1 503"));
}

TEST_CASE("what a handler throws is told as INTERNAL and reported", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const auto&) -> Result<ports::Rows> {
        throw std::runtime_error("secret detail");
    };
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/v1/runs");
    CHECK(reply.status == 500);
    CHECK(reply.body.find("secret") == std::string::npos);
    REQUIRE(daemon.problems.size() == 1);
    CHECK(contains(daemon.problems[0], "secret detail"));
}

TEST_CASE("stopping closes idle connections and the socket", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    RawClient idle(daemon.socket);
    idle.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_FALSE(idle.receive_some().empty());
    daemon.on_loop([&] { daemon.server().stop(); });
    CHECK(idle.receive_all().empty());
    CHECK_FALSE(std::filesystem::exists(daemon.socket));
}

}  // namespace runbookd::testing
