// What is broken outside heals by itself here: a resolver that fails or hangs, a server that accepts and says
// nothing, connections that died without a word.
#include <deque>

#include "datto/http/bench.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using engine::FailureKind;

namespace {

const std::string kJobPath = "/api/v2/device/d1/quickjob";
using Answered = std::function<void(const boost::system::error_code&, datto::Endpoints)>;

/// A resolver in the test's hand.
struct Names {
    int asked = 0;
    int failures = 0;    ///< so many questions fail first
    bool hangs = false;  ///< questions are kept instead of answered
    std::deque<Answered> kept;

    datto::Lookup lookup() {
        return [this](const std::string&, std::uint16_t port, Answered answered) {
            ++asked;
            if (hangs) return kept.push_back(std::move(answered));
            answer(answered, port);
        };
    }
    void answer(const Answered& answered, std::uint16_t port) {
        if (failures-- > 0) return answered(boost::asio::error::host_not_found_try_again, {});
        const auto loopback = boost::asio::ip::address_v4::loopback();
        answered({}, datto::Endpoints(1, boost::asio::ip::tcp::endpoint(loopback, port)));
    }
};

struct Named {
    explicit Named(LoopbackServer::Handler handler) : bench(std::move(handler)) {
        bench.settings.url = "http://localhost:" + std::to_string(bench.server.port());
        bench.settings.lookup = names.lookup();
    }
    Bench bench;
    Names names;  // its questions hold timers of the bench's loop
};

LoopbackServer::Handler creating() {
    return with_token([](const SeenRequest&) { return json_answer(kCreated); });
}

ServerAnswer silence() {
    ServerAnswer answer;
    answer.then = Then::fall_silent;
    return answer;
}

}  // namespace

TEST_CASE("a name that fails to resolve and then does is reached, without more ado", "[datto]") {
    Named named(creating());
    named.names.failures = 2;
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(named.bench.perform(any_create()));
    CHECK(named.names.asked == 3);
}

TEST_CASE("a resolver that hangs is asked once, and its late answer serves who waits then", "[datto]") {
    Named named(creating());
    named.names.hangs = true;
    named.bench.settings.connect_timeout = Millis{400};
    const std::vector<engine::ApiCall> calls(5, any_create());
    for (const auto& result : named.bench.perform(calls)) {
        CHECK(result.error().kind == FailureKind::not_sent);
        CHECK(result.error().message.find("no answer in time") != std::string::npos);
    }
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    CHECK(named.names.asked == 1);
    named.names.answer(named.names.kept.front(), named.bench.server.port());
    named.names.hangs = false;
    CHECK(named.bench.perform(any_create()));
}

TEST_CASE("a question that seems lost is asked again", "[datto]") {
    Named named(creating());
    named.names.hangs = true;
    named.bench.settings.connect_timeout = Millis{400};
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    named.names.hangs = false;
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    named.bench.clock.shift = std::chrono::minutes{3};
    CHECK(named.bench.perform(any_create()));
    CHECK(named.names.asked == 2);
}

TEST_CASE("a resolver that answers after the client is gone harms nobody", "[datto]") {
    Named named(creating());
    named.names.hangs = true;
    named.bench.settings.connect_timeout = Millis{30};
    CHECK(named.bench.failure_of(any_create()).kind == FailureKind::not_sent);
    named.bench.made.reset();
    named.names.answer(named.names.kept.front(), 1);
    named.bench.loop.restart();
    named.bench.loop.poll();
}

TEST_CASE("a server that accepts and never answers is given up at the first byte, and left", "[datto]") {
    int creates = 0;
    Bench bench(with_token(
        [&creates](const SeenRequest&) { return ++creates == 1 ? silence() : json_answer(kCreated); }));
    bench.settings.first_byte_timeout = Millis{400};
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::lost);
    CHECK(failure.message.find("no answer began within 400ms") != std::string::npos);
    CHECK(bench.perform(any_create()));
    CHECK(bench.server.connections() == 2);
}

TEST_CASE("an answer that has begun may take the rest of the call's time", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) {
        ServerAnswer slow;
        slow.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
        slow.then = Then::fall_silent;
        return slow;
    }));
    bench.settings.first_byte_timeout = Millis{400};
    bench.settings.call_timeout = Millis{900};
    const auto failure = bench.failure_of(any_create());
    CHECK(failure.kind == FailureKind::lost);
    CHECK(failure.message.find("no whole answer within") != std::string::npos);
}

TEST_CASE("where one connection fell silent, those that idle beside it are not trusted either", "[datto]") {
    bool is_silent = false;
    Bench bench(with_token(
        [&is_silent](const SeenRequest&) { return is_silent ? silence() : json_answer(kCreated); }));
    bench.settings.first_byte_timeout = Millis{400};
    CHECK(bench.perform(any_create()));
    const std::vector<engine::ApiCall> together(4, any_create());
    for (const auto& result : bench.perform(together)) CHECK(result);
    REQUIRE(bench.server.connections() == 4);
    is_silent = true;
    CHECK(bench.failure_of(any_create()).kind == FailureKind::lost);
    is_silent = false;
    for (const auto& result : bench.perform(together)) CHECK(result);
    CHECK(bench.server.connections() == 8);
}

TEST_CASE("a server that closes every connection after one answer costs no call", "[datto]") {
    Bench bench(with_token([](const SeenRequest&) {
        auto answer = json_answer(kCreated);
        answer.then = Then::close;
        return answer;
    }));
    for (int i = 0; i < 5; ++i) CHECK(bench.perform(any_create()));
    CHECK(bench.server.count(kJobPath) == 5);
}
