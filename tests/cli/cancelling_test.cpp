// cancel, against the real server over fakes.
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {

TEST_CASE("cancel says what is stopped, and what nobody can recall", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.control.cancelled = {RunUid{"01RUN"}, "sweep", false, 3, 2};
    daemon.start();
    CHECK(session.run({"cancel", "01R", "--reason", "wrong day"}) == 0);
    CHECK(session.out ==
          "run 01RUN of sweep: 3 devices get no job\n"
          "Datto still has the jobs of 2 devices, recalls nothing, and may run them; they are followed to "
          "the end\n");
    CHECK(daemon.control.cancels_asked.at(0).reason == "wrong day");
    CHECK(session.run({"cancel", "01R", "--json"}) == 0);
    CHECK(contains(session.out, "\"still_running\": 2"));
    daemon.on_loop([&] { daemon.control.cancelled = {RunUid{"01RUN"}, "sweep", false, 0, 1}; });
    CHECK(session.run({"cancel", "01R"}) == 0);
    CHECK(session.out ==
          "run 01RUN of sweep: every device has its job already\n"
          "Datto still has the job of 1 device, recalls nothing, and may run it; it is followed to the "
          "end\n");
    daemon.on_loop([&] { daemon.control.cancelled = {RunUid{"01RUN"}, "sweep", true, 0, 0}; });
    CHECK(session.run({"cancel", "01R"}) == 0);
    CHECK(session.out == "run 01RUN of sweep is cancelled before it began: nothing was sent\n");
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it is over"}; });
    CHECK(session.run({"cancel", "01R"}) == 1);
    CHECK(session.err == "runbookctl: it is over\n");
    CHECK(session.run({"cancel"}) == 2);
}

}  // namespace runbookd::testing
