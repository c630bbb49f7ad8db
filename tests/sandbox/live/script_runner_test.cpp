#include "sandbox/script_runner.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include "catch.hpp"

namespace runbookd::sandbox {
namespace {

struct Ended {
    std::optional<ScriptResult> result;
    std::chrono::milliseconds took{0};
};

/// Runs one script to its end.
Ended run(ScriptCall call) {
    boost::asio::io_context loop;
    ScriptRunner runner(loop.get_executor());
    Ended ended;
    const auto started = std::chrono::steady_clock::now();
    runner.run(std::move(call), [&](ScriptResult result) {
        ended.result = std::move(result);
        loop.stop();
    });
    loop.run_for(std::chrono::seconds{30});
    ended.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    REQUIRE(ended.result);
    return ended;
}

ScriptCall script(const std::string& text) { return {text, {{"HOSTNAME", "ACME-DC01"}}, Millis{20'000}}; }

TEST_CASE("a script prints to both streams and ends with its code", "[sandbox]") {
    const auto ended = run(script("echo out; echo err >&2; exit 3"));
    CHECK(ended.result->exit_code == 3);
    CHECK(ended.result->stdout_text == "out\n");
    CHECK(ended.result->stderr_text == "err\n");
}

TEST_CASE("a script sees its variables and its host's name, and nothing on stdin", "[sandbox]") {
    auto call = script("cat; echo \"$HOSTNAME|$days|$text\"");
    call.environment.emplace_back("days", "14");
    call.environment.emplace_back("text", "a 'b' \"c\" $d\ne");
    CHECK(run(call).result->stdout_text == "ACME-DC01|14|a 'b' \"c\" $d\ne\n");
}

TEST_CASE("a script starts in an empty folder that is gone afterwards", "[sandbox]") {
    const auto ended = run(script("ls -A | wc -l; touch trace; pwd"));
    const auto& text = ended.result->stdout_text;
    CHECK(text.substr(0, text.find('\n')).find('0') != std::string::npos);
    const auto folder = text.substr(text.find('/'), text.rfind('\n') - text.find('/'));
    CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("a script over its time is killed with all that it started", "[sandbox]") {
    auto call = script("sleep 100 & echo $!; sleep 100");
    call.timeout = Millis{300};
    const auto ended = run(call);
    CHECK(ended.result->exit_code == 137);
    CHECK(ended.result->stderr_text.find("longer than its timeout of 300ms") != std::string::npos);
    CHECK(ended.took < std::chrono::seconds{10});
    const auto child = std::stoi(ended.result->stdout_text);
    // Killed, and adopted by init, which may not have reaped it yet: what matters is that it does not sleep
    // on.
    bool gone = false;
    for (int i = 0; i < 200 && !gone; ++i) {
        std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
        const std::string text(std::istreambuf_iterator<char>(stat), {});
        gone = text.empty() || text.find(") Z") != std::string::npos;
        if (!gone) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    CHECK(gone);
}

TEST_CASE("what a script leaves running in the background does not hold up its end", "[sandbox]") {
    const auto ended = run(script("sleep 100 & echo done"));
    CHECK(ended.result->exit_code == 0);
    CHECK(ended.result->stdout_text == "done\n");
    CHECK(ended.took < std::chrono::seconds{10});
}

TEST_CASE("output beyond the limit is dropped and the script goes on", "[sandbox]") {
    const auto ended = run(script("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2"));
    CHECK(ended.result->exit_code == 0);
    CHECK(ended.result->stdout_text.size() == ScriptRunner::kMostOutput);
    CHECK(ended.result->stderr_text == "end\n");
}

TEST_CASE("a script ended by a signal has 128 and the signal as its code", "[sandbox]") {
    CHECK(run(script("kill -TERM $$")).result->exit_code == 143);
}

TEST_CASE("a script that cannot be started ends with 126 and says why", "[sandbox]") {
    auto call = script("true");
    call.environment.emplace_back("huge", std::string(8 * 1024 * 1024, 'x'));
    const auto ended = run(call);
    CHECK(ended.result->exit_code == 126);
    CHECK(ended.result->stderr_text.find("bash cannot be started") != std::string::npos);
}

TEST_CASE("no more than eight scripts run at once", "[sandbox]") {
    boost::asio::io_context loop;
    ScriptRunner runner(loop.get_executor());
    for (std::size_t i = 0; i < ScriptRunner::kMostAtOnce; ++i) {
        CHECK(runner.has_room());
        runner.run(script("sleep 100"), [](ScriptResult) { FAIL("a killed script must not call back"); });
    }
    CHECK_FALSE(runner.has_room());
    runner.stop();
    loop.run();
}

}  // namespace
}  // namespace runbookd::sandbox
