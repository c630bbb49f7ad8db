// Through a proxy: a tunnel to the account's host, encrypted for that host, and nothing sent where there is
// none.
#include "datto/http/bench.hpp"
#include "datto/http/test_certificates.hpp"
#include "datto/http/tunnel_proxy.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

/// A TLS server that is called merlot-api.example, which no resolver knows, and a proxy that leads to it.
struct Behind {
    TestAuthority authority;
    boost::asio::ssl::context tls = authority.server("DNS:merlot-api.example");
    Bench bench{with_token([](const SeenRequest&) { return json_answer(kCreated); }), &tls};
    TunnelProxy proxy{bench.loop, bench.server.port()};

    Behind() {
        bench.settings.url = "https://merlot-api.example";
        bench.settings.ca_file = authority.ca_file();
        bench.settings.proxy = address();
    }
    [[nodiscard]] std::string address(const std::string& user = "") const {
        return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
    }
};

}  // namespace

TEST_CASE("calls go through the proxy's tunnel, which is kept, and which can read nothing", "[datto]") {
    Behind behind;
    CHECK(behind.bench.perform(any_create()));
    CHECK(behind.bench.perform(any_create()));
    REQUIRE(behind.proxy.seen().size() == 1);
    CHECK(behind.proxy.seen()[0] ==
          "CONNECT merlot-api.example:443 HTTP/1.1\r\nHost: merlot-api.example:443\r\nUser-Agent: "
          "runbookd\r\n\r\n");
    CHECK(behind.proxy.carried().find("the-secret") == std::string::npos);
    CHECK(behind.proxy.carried().find("quickjob") == std::string::npos);
    CHECK(behind.bench.server.count("/api/v2/device/d1/quickjob") == 2);
}

TEST_CASE("the environment's proxy is used where the account names none", "[datto]") {
    Behind behind;
    behind.bench.settings.proxy.clear();
    behind.bench.settings.environment.https_proxy = behind.address();
    CHECK(behind.bench.perform(any_create()));
    CHECK(behind.proxy.seen().size() == 1);
}

TEST_CASE("user name and password go to the proxy, and into no message", "[datto]") {
    Behind behind;
    behind.bench.settings.proxy = behind.address("me:hunter2@");
    CHECK(behind.bench.perform(any_create()));
    CHECK(behind.proxy.seen().at(0).find("\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n") !=
          std::string::npos);
    CHECK(behind.bench.server.seen().at(0).head.find("bWU6aHVudGVyMg") == std::string::npos);
    behind.bench.clock.shift = std::chrono::seconds{16};  // the tunnel has idled for too long
    behind.proxy.answer_instead("HTTP/1.1 407 me:hunter2 is wrong\r\nProxy-Authenticate: Basic\r\n\r\n");
    const auto failure = behind.bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.message.find("407") != std::string::npos);
    CHECK(failure.message.find("hunter2") == std::string::npos);
    CHECK(failure.message.find("bWU6") == std::string::npos);
}

TEST_CASE("a proxy that opens no tunnel means not sent, and the next call tries again", "[datto]") {
    Behind behind;
    const auto answer =
        GENERATE(values<std::string>({"HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 502 Bad\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\n\r\nunasked", "not HTTP\r\n\r\n"}));
    CAPTURE(answer);
    behind.proxy.answer_instead(answer);
    const auto failure = behind.bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.message.find("the proxy http://127.0.0.1:") != std::string::npos);
    behind.proxy.open_tunnels();
    CHECK(behind.bench.perform(any_create()));
}

TEST_CASE("a proxy that answers nothing is given up in time, and nothing was sent", "[datto]") {
    Behind behind;
    behind.bench.settings.connect_timeout = Millis{400};
    behind.proxy.answer_instead("");
    const auto failure = behind.bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.message.find("no answer within 400ms") != std::string::npos);
}

TEST_CASE("a proxy that is not there means not sent", "[datto]") {
    Behind behind;
    behind.bench.settings.proxy = "http://127.0.0.1:1";
    const auto failure = behind.bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.message.find("the proxy http://127.0.0.1:1") != std::string::npos);
}

TEST_CASE("the certificate behind the tunnel is the host's own, or nothing is sent", "[datto]") {
    Behind behind;
    behind.bench.settings.url = "https://other-api.example";
    CHECK(behind.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(behind.bench.server.seen().empty());
}
