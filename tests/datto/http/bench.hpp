#pragma once
// A client and a scripted server on one loop, with the client's clock in the test's hand.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "datto/client.hpp"
#include "datto/http/loopback_server.hpp"

namespace runbookd::tests {

/// The machine's clock, moved forward by what the test says. (Timers stay on the true one.)
class ShiftedClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        auto instant = machine_.now();
        instant.utc += shift;
        instant.steady += shift;
        return instant;
    }
    Millis shift{0};

private:
    SystemClock machine_;
};

inline const std::string kTokenPath = "/auth/oauth/token";
inline ServerAnswer token_answer(const std::string& token = "token-1", const std::string& life = "360000") {
    return json_answer(R"({"access_token": ")" + token + R"(", "token_type": "bearer", "expires_in": )" +
                       life + "}");
}
/// Serves a token, and everything else by `handler`.
inline LoopbackServer::Handler with_token(LoopbackServer::Handler handler) {
    return [handler = std::move(handler)](const SeenRequest& request) {
        return request.target == kTokenPath ? token_answer() : handler(request);
    };
}

inline engine::CreateQuickJob any_create() {
    engine::CreateQuickJob create;
    create.device = DeviceUid{"d1"};
    create.component = ComponentUid{"c1"};
    create.job_name = "clean rb01J00000000000000000000000";
    return create;
}
inline const std::string kCreated = R"({"job": {"uid": "j1"}})";

struct Bench {
    explicit Bench(LoopbackServer::Handler handler, boost::asio::ssl::context* tls = nullptr)
        : server(loop, std::move(handler), tls) {
        settings.url = server.url();
        settings.key = "the-key";
        settings.secret = "the-secret";
    }

    datto::Client& client() {
        if (!made) made = datto::Client::create(timers, clock, settings).value();
        return *made;
    }
    /// Runs the loop until `done` says so.
    template <class Done>
    void run_until(Done done) {
        loop.restart();
        while (!done()) REQUIRE(loop.run_one_for(std::chrono::seconds{20}) == 1);
    }
    /// Starts the calls together and waits for all of their answers.
    std::vector<engine::ApiResult> perform(std::vector<engine::ApiCall> calls) {
        std::vector<std::optional<engine::ApiResult>> answers(calls.size());
        std::size_t open = calls.size();
        for (std::size_t i = 0; i < calls.size(); ++i)
            boost::asio::co_spawn(loop, client().perform(calls[i]),
                                  [&answers, &open, i](std::exception_ptr error, engine::ApiResult answer) {
                                      if (!error) answers[i] = std::move(answer);
                                      --open;
                                  });
        run_until([&] { return open == 0; });
        std::vector<engine::ApiResult> whole;
        for (auto& answer : answers) whole.push_back(std::move(answer.value()));
        return whole;
    }
    engine::ApiResult perform(engine::ApiCall call) {
        std::vector<engine::ApiCall> calls(1, std::move(call));
        return std::move(perform(std::move(calls)).front());
    }
    engine::ApiFailure failure_of(engine::ApiCall call) {
        auto result = perform(std::move(call));
        REQUIRE_FALSE(result);
        const auto& text = result.error().message;
        INFO(text);
        for (const auto* secret : {"the-key", "the-secret", "token-1"})
            CHECK(text.find(secret) == std::string::npos);
        return result.error();
    }

    boost::asio::io_context loop;
    SystemClock machine;
    ShiftedClock clock;
    timer_wheel::TimerWheel wheel{async::to_tick(SystemClock{}.now().steady)};
    async::Timers timers{loop.get_executor(), machine, wheel};
    datto::ClientSettings settings;
    LoopbackServer server;
    std::unique_ptr<datto::Client> made;
};

}  // namespace runbookd::tests
