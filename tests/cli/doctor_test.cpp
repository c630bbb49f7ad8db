// doctor and what status says of a held store, against the real server over fakes.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

struct Scene {
    FakeDaemon daemon;
    Session session;
    Scene() {
        session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
        auto& status = daemon.control.status_now;
        status.version = "1.0.0";
        status.state = "running";
        status.fleet_read_at = status.now;
    }
    void hold() {
        ports::HeldStatus held;
        held.account = "main";
        held.why = "event 7 was acknowledged";
        held.held_at = held.since = from_unix_ms(1'764'554'400'000);
        held.found_jobs = 2;
        daemon.control.status_now.held = {held};
    }
};

}  // namespace

TEST_CASE("doctor shows each check, and exits 1 where one has failed", "[cli]") {
    Scene scene;
    scene.daemon.start();
    CHECK(scene.session.run({"doctor"}) == 0);
    for (const auto* word : {"CHECK", "clock", "store", "fleet", "socket", scene.daemon.socket.c_str()})
        CHECK(contains(scene.session.out, word));
    CHECK(scene.session.run({"doctor", "--json"}) == 0);
    auto answer = nlohmann::json::parse(scene.session.out);
    CHECK(answer["healthy"] == true);
    CHECK(answer["checks"].back()["check"] == "socket");
    scene.daemon.on_loop([&] { scene.daemon.control.status_now.clock_hold = "the clock was set"; });
    CHECK(scene.session.run({"doctor"}) == 1);
    CHECK(contains(scene.session.out, "the clock was set"));
    CHECK(scene.session.run({"doctor", "--json"}) == 1);
    CHECK(nlohmann::json::parse(scene.session.out)["healthy"] == false);
}

TEST_CASE("doctor and status show how far the search of a held store is", "[cli]") {
    Scene scene;
    scene.hold();
    scene.daemon.start();
    CHECK(scene.session.run({"doctor"}) == 1);
    CHECK(contains(scene.session.out, "held: main: since 2025-12-01 02:00:00 UTC"));
    CHECK(contains(scene.session.out, "2 that it did not"));
    CHECK(contains(scene.session.out, "--accept-restore"));
    CHECK(scene.session.run({"status"}) == 0);
    CHECK(contains(scene.session.out, "the activity log has not been read yet"));
    CHECK(scene.session.run({"doctor", "--accept-restore"}) == 0);
    CHECK(contains(scene.session.out, "once the activity log has been searched"));
}

TEST_CASE("doctor without a daemon says so", "[cli]") {
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = "/nowhere/control.sock";
    CHECK(session.run({"doctor"}) == 3);
    CHECK_FALSE(session.err.empty());
}

TEST_CASE("doctor accepts a store that was put back", "[cli]") {
    Scene scene;
    scene.daemon.start();
    CHECK(scene.session.run({"doctor", "--accept-restore"}) == 0);
    CHECK(contains(scene.session.out, "accepted: the daemon goes on"));
    CHECK(scene.session.run({"doctor", "--accept-restore", "--json"}) == 0);
    CHECK(contains(scene.session.out, "accepted"));
    scene.daemon.on_loop(
        [&] { scene.daemon.control.refusal = Error{ErrorCode::conflict, "there is nothing to accept"}; });
    CHECK(scene.session.run({"doctor", "--accept-restore"}) == 1);
    CHECK(scene.session.err == "runbookctl: there is nothing to accept\n");
}

}  // namespace runbookd::testing
