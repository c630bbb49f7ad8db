#include "engine/fleet_reader.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// A reader on a line that is open; every list has one page.
struct Bed {
    Outbox outbox;
    Line line{{"main", LimitsSource::off, {}, 0.8}, outbox};
    timer_wheel::TimerWheel wheel{0};
    AlarmClock clock{wheel};
    Fleet fleet;
    FleetReader reader{fleet, line, clock, minutes{10}, [](Instant) {}};
    Instant now{UtcTime{seconds{1'000'000}}, SteadyTime{seconds{1000}}};
    std::vector<Call> sent;

    Bed() {
        line.pump(now);
        look();
        answer(RequestRate{});
    }
    void look() {
        for (auto& action : outbox.take())
            if (auto* const call = std::get_if<Call>(&action)) sent.push_back(std::move(*call));
    }
    void answer(ApiReply reply) {
        line.on_reply(sent.back().id, std::move(reply), now);
        sent.pop_back();
    }
    void fail(FailureKind kind) {
        line.on_reply(sent.back().id, fakes::failure(kind), now);
        sent.pop_back();
    }
    /// Answers all that is asked for; how many calls that were.
    int serve() {
        int calls = 0;
        for (look(); !sent.empty(); look(), ++calls) {
            const auto& call = sent.back().call;
            if (std::holds_alternative<ReadSites>(call))
                answer(Page<Site>{{{SiteUid{"s1"}, "Acme HQ", false}}, ""});
            else if (std::holds_alternative<ReadDevices>(call))
                answer(Page<Device>{{windows_server("d1", "A")}, ""});
            else
                answer(Page<Component>{});
            reader.pump(now);
        }
        return calls;
    }
    void pass(Millis span) {
        now.utc += span;
        now.steady += span;
    }
};

}  // namespace

TEST_CASE("what nobody waits for is read in its turn, what somebody needs at once", "[engine][fleet]") {
    Bed bed;
    bed.reader.start(bed.now);
    bed.reader.pump(bed.now);  // the first lists: nothing can be done without them
    CHECK(bed.serve() == 3);
    bed.pass(minutes{10});
    bed.reader.start(bed.now);
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 0);
    CHECK(bed.reader.wants_to_read());
    bed.reader.need_components(bed.now.steady);
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 1);
    bed.reader.pump_refresh(bed.now);
    bed.look();
    REQUIRE(bed.sent.size() == 1);  // the sites' page of the device list
    bed.answer(Page<Site>{{}, ""});
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 0);  // its next page gives way too
    bed.reader.need_devices(bed.fleet.devices_begun_at());
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 1);
    CHECK_FALSE(bed.reader.wants_to_read());
}

TEST_CASE("a page without an answer is asked for again, and the list goes on", "[engine][fleet]") {
    Bed bed;
    bed.reader.start(bed.now);
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 3);
    bed.reader.need_devices(bed.now.steady + seconds{1});
    bed.pass(seconds{2});
    bed.reader.pump(bed.now);
    bed.look();
    bed.answer(Page<Site>{{{SiteUid{"s1"}, "Acme HQ", false}}, ""});
    const auto ask = [&] {
        bed.reader.pump(bed.now);
        bed.look();
        REQUIRE(bed.sent.size() == 1);
        return std::holds_alternative<ReadDevices>(bed.sent.back().call);
    };
    CHECK(ask());
    bed.fail(FailureKind::lost);
    CHECK(ask());  // not the sites again
    bed.fail(FailureKind::server_error);
    bed.pass(seconds{60});  // the line's pause after two in a row
    CHECK(ask());
    CHECK(bed.serve() == 1);
    CHECK_FALSE(bed.reader.wants_to_read());
    // Three in a row: the list is begun anew, after a while.
    bed.reader.need_devices(bed.now.steady + seconds{1});
    bed.pass(seconds{2});
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(ask());
        bed.fail(FailureKind::lost);
        bed.pass(seconds{i == 2 ? 0 : 60});
    }
    CHECK(bed.reader.retry_at() == bed.now.steady + seconds{10});
    bed.pass(seconds{60});
    CHECK_FALSE(ask());
    CHECK(bed.serve() == 2);
}

TEST_CASE("a refresh gives way for three intervals at most", "[engine][fleet]") {
    Bed bed;
    bed.reader.start(bed.now);
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 3);
    bed.pass(minutes{10});
    bed.reader.start(bed.now);
    bed.pass(minutes{20} - seconds{1});
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 0);
    bed.pass(seconds{1});
    bed.reader.pump(bed.now);
    CHECK(bed.serve() == 3);
}

TEST_CASE("results that need every read there is do not keep the fleet from being refreshed",
          "[engine][fleet]") {
    EngineSettings settings;
    settings.limits_source = LimitsSource::fixed;
    settings.limits = {20, 100, 100};  // 12 reads a minute, for sixty jobs
    settings.fleet_refresh = minutes{5};
    std::vector<Device> devices;
    for (int i = 0; i < 60; ++i) devices.push_back(windows_server("d" + std::to_string(i), "PC"));
    EngineBench bench(devices, settings);
    auto book = clean_all("sweep");
    book.window = hours{4};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 60);
    const auto begin = bench.now().steady;
    bench.run_for(hours{2});
    std::vector<Millis> read;
    for (const auto& [call, at] : bench.calls<ReadDevices>())
        if (at.steady >= begin) read.push_back(at.steady - begin);
    REQUIRE(read.size() >= 7);
    for (std::size_t i = 1; i < read.size(); ++i) CHECK(read[i] - read[i - 1] <= minutes{17});
    CHECK(bench.calls<ReadResult>().size() > 300);
}

}  // namespace runbookd::engine
