// TLS against a certificate authority that the test makes.
#include "datto/http/bench.hpp"
#include "datto/http/test_certificates.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

LoopbackServer::Handler creating() {
    return with_token([](const SeenRequest&) { return json_answer(kCreated); });
}

/// "localhost" only where it is known: a bare Debian has no /etc/hosts.
std::vector<std::string> names_of_this_machine() {
    std::vector<std::string> names{"127.0.0.1"};
    boost::asio::io_context loop;
    boost::system::error_code error;
    const auto found = boost::asio::ip::tcp::resolver(loop).resolve("localhost", "", error);
    if (!error && !found.empty()) names.emplace_back("localhost");
    return names;
}

}  // namespace

TEST_CASE("a server of the configured authority is trusted, by name and by address", "[datto]") {
    const TestAuthority authority;
    auto tls = authority.server("DNS:localhost,IP:127.0.0.1");
    const auto host = GENERATE(from_range(names_of_this_machine()));
    CAPTURE(host);
    Bench bench(creating(), &tls);
    bench.settings.url = bench.server.url(host);
    bench.settings.ca_file = authority.ca_file();
    CHECK(bench.perform(any_create()));
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 1);
}

TEST_CASE("a server of another authority is refused before anything is sent", "[datto]") {
    const TestAuthority ours;
    const TestAuthority theirs;
    auto tls = theirs.server("IP:127.0.0.1");
    Bench bench(creating(), &tls);
    bench.settings.url = bench.server.url();
    const auto ca_file = GENERATE(true, false);
    if (ca_file) bench.settings.ca_file = ours.ca_file();
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::not_sent);
    CHECK(failure.message.find("certificate is refused") != std::string::npos);
    CHECK(bench.server.seen().empty());
}

TEST_CASE("a trusted certificate for another name is refused", "[datto]") {
    const TestAuthority authority;
    auto tls = authority.server("DNS:merlot-api.example,IP:127.0.0.2");
    const auto host = GENERATE(from_range(names_of_this_machine()));
    CAPTURE(host);
    Bench bench(creating(), &tls);
    bench.settings.url = bench.server.url(host);
    bench.settings.ca_file = authority.ca_file();
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(bench.server.seen().empty());
}

TEST_CASE("TLS below 1.2 is refused", "[datto]") {
    const TestAuthority authority;
    auto tls = authority.server("IP:127.0.0.1");
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(tls.native_handle(), 0);
    Bench bench(creating(), &tls);
    bench.settings.url = bench.server.url();
    bench.settings.ca_file = authority.ca_file();
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
}

TEST_CASE("a server that does not speak TLS is refused in time", "[datto]") {
    const TestAuthority authority;
    Bench bench(creating());
    bench.settings.url = "https://127.0.0.1:" + std::to_string(bench.server.port());
    bench.settings.ca_file = authority.ca_file();
    bench.settings.tls_timeout = Millis{80};
    CHECK(bench.failure_of(any_create()).kind == FailureKind::not_sent);
}

TEST_CASE("an answer cut short under TLS is lost, and a closed idle connection is noticed", "[datto]") {
    const TestAuthority authority;
    auto tls = authority.server("IP:127.0.0.1");
    int creates = 0;
    Bench bench(with_token([&creates](const SeenRequest&) {
                    ServerAnswer cut;
                    cut.bytes = "HTTP/1.1 200 OK\r\n\r\n" + kCreated;
                    cut.then = Then::close;
                    return ++creates == 3 ? cut : json_answer(kCreated);
                }),
                &tls);
    bench.settings.url = bench.server.url();
    bench.settings.ca_file = authority.ca_file();
    CHECK(bench.perform(any_create()));
    bench.server.close_all();
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 2);
    CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
    CHECK(creates == 3);
}

TEST_CASE("a cancelled or late call under TLS ends too", "[datto]") {
    const TestAuthority authority;
    auto tls = authority.server("IP:127.0.0.1");
    Bench bench(with_token([](const SeenRequest&) {
                    ServerAnswer silence;
                    silence.then = Then::fall_silent;
                    return silence;
                }),
                &tls);
    bench.settings.url = bench.server.url();
    bench.settings.ca_file = authority.ca_file();
    SECTION("late") {
        bench.settings.call_timeout = Millis{200};
        CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
    }
    SECTION("cancelled") {
        boost::asio::cancellation_signal stop;
        std::optional<engine::ApiResult> result;
        boost::asio::co_spawn(
            bench.loop, bench.client().perform(any_create()),
            boost::asio::bind_cancellation_slot(
                stop.slot(), [&](std::exception_ptr, engine::ApiResult answer) { result = answer; }));
        bench.run_until([&] { return bench.server.count("/api/v2/device/d1/quickjob") == 1; });
        stop.emit(boost::asio::cancellation_type::terminal);
        bench.run_until([&] { return result.has_value(); });
        CHECK(result->error().kind == FailureKind::lost);
    }
}
