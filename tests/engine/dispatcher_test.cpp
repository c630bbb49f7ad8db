#include "engine/dispatcher.hpp"

#include <algorithm>
#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Device> fleet_of(int count) {
    std::vector<Device> devices;
    for (int i = 0; i < count; ++i) {
        auto number = std::to_string(i);
        number.insert(0, 5 - number.size(), '0');
        devices.push_back(windows_server("d" + number, "ACME-" + number));
    }
    return devices;
}

EngineBench::Script fail_creates(FailureKind kind, int times) {
    return [kind, left = times](const ApiCall& call, Instant) mutable -> std::optional<ApiResult> {
        if (!std::holds_alternative<CreateQuickJob>(call) || left == 0) return std::nullopt;
        --left;
        return failure(kind);
    };
}

}  // namespace

TEST_CASE("creates go out in the order of the targets, eight at a time, each intent just before",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(40));
    bench.latency = seconds{2};
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    std::size_t most = 0;
    for (int i = 0; i < 600; ++i) {
        bench.run_for(Millis{100});
        const auto answered = bench.all<JobChanged>();
        const auto queued = std::count_if(answered.begin(), answered.end(),
                                          [](const auto& c) { return c.status == JobStatus::queued; });
        most = std::max(most, bench.all<JobCreated>().size() - static_cast<std::size_t>(queued));
    }
    CHECK(most == 8);
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 40);
    for (std::size_t i = 1; i < creates.size(); ++i)
        CHECK(creates[i - 1].first.device < creates[i].first.device);
}

TEST_CASE("no create goes out before its intent is durable", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(20));
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    bench.hold_commits();
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(bench.all<JobCreated>().size() == 8);
    CHECK(bench.calls<CreateQuickJob>().empty());
    CHECK(bench.run_answers.empty());
    bench.release_commits();
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 20);
    CHECK(bench.run_answers.size() == 1);
}

TEST_CASE("a quick job goes before runs, the window that closes soonest before others",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(150));
    auto slow = clean_all("slow");
    slow.window = hours{5};
    auto soon = clean_all("soon");
    soon.window = hours{1};
    bench.start({slow, soon});
    bench.run("slow");
    bench.run_for(seconds{5});
    const auto of_slow = bench.calls<CreateQuickJob>().size();
    bench.run("soon");
    bench.quick_job("ACME-00149", "Clean");
    bench.run_for(minutes{1} + seconds{10});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(of_slow == 80);  // the budget of the first minute
    REQUIRE(creates.size() > 90);
    CHECK(creates[80].first.job_name.starts_with("quickjob rb"));
    CHECK(creates[81].first.job_name.starts_with("soon rb"));
}

TEST_CASE("a run of many devices does not shut a run of a few out", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(300));
    auto few = clean_all("few");
    few.targets.include = {{.hostname = runbook::TextMatch{{"ACME-0001?"}}}};
    bench.start({clean_all("many"), few});
    bench.run("many");
    bench.run_for(seconds{20});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 80);
    bench.run("few");
    bench.run_for(minutes{1});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 160);
    const auto is_of_few = [](const auto& call) { return call.first.runbook == "few"; };
    CHECK(std::count_if(creates.begin() + 80, creates.begin() + 100, is_of_few) == 10);
}

TEST_CASE("the higher priority goes first, also where its window closes later", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(100));
    std::vector<runbook::Runbook> books;
    for (const auto priority : {runbook::Priority::low, runbook::Priority::normal, runbook::Priority::high}) {
        auto book = clean_all("p" + std::to_string(static_cast<int>(priority)));
        book.priority = priority;
        book.window = hours{2 - static_cast<int>(priority)} + hours{2};
        books.push_back(book);
    }
    bench.start(books);
    for (const auto& book : books) bench.run(book.name);
    bench.run_for(minutes{5});
    std::string order;
    for (const auto& [create, at] : bench.calls<CreateQuickJob>()) order += create.runbook.back();
    REQUIRE(order.size() == 300);
    CHECK(order == std::string(100, '0') + std::string(100, '1') + std::string(100, '2'));
}

TEST_CASE("what a run still wants is told as waiting", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(200));
    bench.start({clean_all("sweep")});
    CHECK(bench.engine().dispatcher().creates_waiting() == 0);
    bench.run("sweep");
    bench.run_for(seconds{20});
    CHECK(bench.engine().dispatcher().creates_waiting() == 120);
    bench.pause("", minutes{30});
    bench.run_for(minutes{1});
    CHECK(bench.engine().dispatcher().creates_waiting() == 0);  // held, they want nothing
    bench.resume("");
    bench.run_for(seconds{1});
    CHECK(bench.engine().dispatcher().creates_waiting() == 40);
    bench.run_for(minutes{2});
    CHECK(bench.engine().dispatcher().creates_waiting() == 0);
}

TEST_CASE("a device that went offline before its create is skipped", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(100));
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{10});
    CHECK(bench.calls<CreateQuickJob>().size() == 80);
    for (int i = 90; i < 100; ++i) bench.devices[static_cast<std::size_t>(i)].online = false;
    bench.devices[85].deleted = true;
    bench.run_for(minutes{2});
    CHECK(bench.calls<CreateQuickJob>().size() == 89);
    int offline = 0, excluded = 0;
    for (const auto& decided : bench.all<TargetDecided>()) {
        CHECK(decided.disposition == Disposition::skipped);
        offline += decided.reason == "offline" ? 1 : 0;
        excluded += decided.reason == "excluded_state" ? 1 : 0;
    }
    CHECK(offline == 10);
    CHECK(excluded == 1);
    CHECK(bench.calls<ReadDevice>().empty());  // twenty by their list of one page
}

TEST_CASE("a few devices are read one by one, and one that is gone is skipped", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(82));
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.devices.erase(bench.devices.begin() + 80);
    bench.devices.back().online = false;
    bench.run_for(minutes{2});
    CHECK(bench.calls<ReadDevice>().size() == 2);
    REQUIRE(bench.all<TargetDecided>().size() == 2);
    CHECK(bench.all<TargetDecided>()[0].reason == "excluded_state");
    CHECK(bench.all<TargetDecided>()[1].reason == "offline");
}

TEST_CASE("each create follows within a minute of reading that its device is online",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(600));
    auto book = clean_all("sweep");
    book.window = hours{1};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{20});
    std::map<DeviceUid, SteadyTime> read;
    std::optional<SteadyTime> list;
    CHECK(bench.calls<CreateQuickJob>().size() == 600);
    for (const auto& [call, at] : bench.sent()) {
        if (std::holds_alternative<ReadDevices>(call)) list = at.steady;
        if (const auto* one = std::get_if<ReadDevice>(&call)) read[one->device] = at.steady;
        if (const auto* create = std::get_if<CreateQuickJob>(&call)) {
            auto known = *list;
            if (const auto own = read.find(create->device); own != read.end())
                known = std::max(known, own->second);
            CHECK(at.steady - known <= seconds{60});
        }
    }
}

TEST_CASE("a list that takes longer than it is good for does not hold up the creates",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(100));
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* read = std::get_if<ReadDevices>(&call);
        if (read == nullptr) return std::nullopt;
        const auto page = read->cursor.empty() ? 0U : static_cast<unsigned>(std::stoul(read->cursor));
        if (page == 4) return Page<Device>{bench.devices, ""};
        return Page<Device>{{}, std::to_string(page + 1)};
    };
    bench.latency = seconds{13};  // five pages: more than a minute
    auto book = clean_all("sweep");
    book.window = hours{2};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{40});
    CHECK(bench.calls<CreateQuickJob>().size() == 100);
}

TEST_CASE("what certainly did not happen goes out again, once", "[engine][dispatcher]") {
    for (const auto kind : {FailureKind::not_sent, FailureKind::throttled, FailureKind::blocked,
                            FailureKind::unauthenticated, FailureKind::bad_credentials}) {
        EngineBench bench(fleet_of(20));
        bench.script = fail_creates(kind, 8);
        bench.start({clean_all("sweep")});
        bench.run("sweep");
        bench.run_for(minutes{12});
        std::map<std::string, int> sent;
        for (const auto& [create, at] : bench.calls<CreateQuickJob>()) ++sent[create.job_name];
        CHECK(sent.size() == 20);
        CHECK(bench.calls<CreateQuickJob>().size() == 28);
        CHECK(bench.all<JobCreated>().size() == 20);
    }
}

TEST_CASE("while creates wait to go out again, no new intent is made", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(40));
    bench.script = fail_creates(FailureKind::throttled, 1000);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(minutes{20});
    CHECK(bench.all<JobCreated>().size() == 8);
}

TEST_CASE("a create that is refused ends its job and target", "[engine][dispatcher]") {
    for (const auto kind : {FailureKind::forbidden, FailureKind::not_found, FailureKind::rejected}) {
        EngineBench bench;
        bench.script = fail_creates(kind, 1);
        bench.start({clean_all("sweep")});
        bench.run("sweep");
        bench.run_for(minutes{1});
        REQUIRE(bench.all<TargetDecided>().size() == 1);
        CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
        CHECK(bench.all<TargetDecided>()[0].reason == "rejected");
        CHECK(bench.all<JobChanged>().at(0).status == JobStatus::failed);
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
        CHECK(bench.engine().open_jobs() == 0);
    }
}

TEST_CASE("a create that is refused because its device is offline says so", "[engine][dispatcher]") {
    EngineBench bench;
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (!std::holds_alternative<CreateQuickJob>(call)) return std::nullopt;
        auto refused = failure(FailureKind::rejected, 400);
        refused.error().error_code = "DEVICE_OFFLINE";
        return refused;
    };
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(minutes{1});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetDecided>()[0].reason == "device_offline");
    CHECK(bench.all<JobChanged>().at(0).reason == "device_offline");
}

TEST_CASE("when the window closes nothing more goes out, also what was about to", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(300));
    auto book = clean_all("sweep");
    book.window = minutes{2};
    bench.start({book});
    bench.run("sweep");
    const auto window_end = bench.now().utc + minutes{2};
    bench.run_for(minutes{10});
    for (const auto& [create, at] : bench.calls<CreateQuickJob>()) CHECK(at.utc < window_end);
    CHECK(bench.calls<CreateQuickJob>().size() == 160);
    int closed = 0;
    for (const auto& decided : bench.all<TargetDecided>())
        if (decided.reason == "window_closed") {
            CHECK(decided.disposition == Disposition::expired);
            CHECK(decided.at >= window_end);
            CHECK(decided.at < window_end + seconds{1});
            ++closed;
        }
    CHECK(closed == 140);
}

TEST_CASE("an intent that becomes durable after the window is not sent", "[engine][dispatcher]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.window = minutes{2};
    bench.start({book});
    bench.run_for(seconds{1});
    bench.hold_commits();
    bench.run("sweep");
    bench.run_for(minutes{3});
    bench.release_commits();
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().empty());
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].reason == "window_closed");
    CHECK(bench.engine().line().creates_under_way() == 0);
    CHECK(bench.engine().open_jobs() == 0);
}

TEST_CASE("a create that waits to go out again ends with its window", "[engine][dispatcher]") {
    EngineBench bench;
    bench.script = fail_creates(FailureKind::blocked, 1);
    auto book = clean_all("sweep");
    book.window = minutes{2};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{10});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.all<JobChanged>().at(0).reason == "window_closed");
    CHECK(bench.all<TargetDecided>().at(0).disposition == Disposition::expired);
}

TEST_CASE("a create that was held up goes out only if its device is still online", "[engine][dispatcher]") {
    for (const bool is_by_disk : {false, true}) {
        EngineBench bench(fleet_of(4));
        if (!is_by_disk) bench.script = fail_creates(FailureKind::throttled, 4);  // a pause of a minute
        bench.start({clean_all("sweep")});
        bench.run_for(seconds{1});
        if (is_by_disk) bench.hold_commits();
        bench.run("sweep");
        bench.run_for(seconds{10});
        bench.devices[0].online = false;
        bench.devices[1].suspended = true;
        bench.devices.erase(bench.devices.begin() + 2);
        const auto before = bench.calls<CreateQuickJob>().size();
        bench.run_for(minutes{2});
        bench.release_commits();
        bench.run_for(minutes{1});
        CHECK(bench.calls<CreateQuickJob>().size() == before + 1);
        std::map<std::string, std::string> reasons;
        for (const auto& decided : bench.all<TargetDecided>()) {
            CHECK(decided.disposition == Disposition::skipped);
            reasons[decided.device.str()] = decided.reason;
        }
        CHECK(reasons == std::map<std::string, std::string>{{"d00000", "offline"},
                                                            {"d00001", "excluded_state"},
                                                            {"d00002", "excluded_state"}});
        CHECK(bench.engine().open_jobs() == 1);
    }
}

TEST_CASE("waiting costs no steps", "[engine][dispatcher]") {
    EngineBench bench(fleet_of(100));
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.script = [](const ApiCall&, Instant) { return failure(FailureKind::throttled, 429); };
    const auto before = bench.steps();
    bench.run_for(minutes{30});
    CHECK(bench.steps() - before < 3000);
}

TEST_CASE("an hour at rest costs next to nothing", "[engine]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{1});
    const auto before = bench.steps();
    bench.run_for(hours{1});
    CHECK(bench.steps() - before < 450);  // the heartbeat every 10 s, the fleet every 10 min
}

TEST_CASE("ten thousand targets are no harder than ten", "[engine][scale]") {
    EngineSettings settings;
    settings.limits_source = LimitsSource::off;
    EngineBench bench(fleet_of(10'000), settings);
    auto book = clean_all("sweep");
    book.window = hours{4};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(bench.calls<CreateQuickJob>().size() == 10'000);
}

TEST_CASE("a stop leaves what certainly was not sent to the next start, none of it unknown",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(20));
    bench.script = fail_creates(FailureKind::throttled, 1000);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{10});
    REQUIRE(bench.all<JobCreated>().size() == 8);
    bench.tell([](Engine& core, Instant now) { core.stop(now); });
    bench.run_for(seconds{1});
    CHECK(bench.engine().is_quiet());
    const auto ended = bench.all<JobChanged>();
    REQUIRE(ended.size() == 8);
    for (const auto& change : ended) {
        CHECK(change.status == JobStatus::failed);
        CHECK(change.reason == "not_sent");
    }
    CHECK(bench.all<TargetDecided>().empty());
    CHECK(bench.engine().open_jobs() == 0);
    bench.run_for(minutes{30});
    CHECK(bench.all<JobCreated>().size() == 8);
}

TEST_CASE("a stop also ends what becomes durable or is refused after it", "[engine][dispatcher]") {
    for (const bool is_by_disk : {true, false}) {
        EngineBench bench(fleet_of(4));
        bench.start({clean_all("sweep")});
        bench.run_for(seconds{1});
        bench.latency = seconds{5};
        if (is_by_disk) bench.hold_commits();
        bench.run("sweep");
        bench.run_for(is_by_disk ? seconds{120} : seconds{3});  // by then the devices are to be read again
        bench.script = fail_creates(FailureKind::throttled, 1000);
        bench.tell([](Engine& core, Instant now) { core.stop(now); });
        bench.release_commits();
        bench.run_for(minutes{1});
        CHECK(bench.all<JobCreated>().size() == 4);
        REQUIRE(bench.all<JobChanged>().size() == 4);
        for (const auto& change : bench.all<JobChanged>()) CHECK(change.reason == "not_sent");
        CHECK(bench.engine().is_quiet());
    }
}

TEST_CASE("a stop does not wait for a device that is looked at again", "[engine][dispatcher]") {
    EngineBench bench;
    bench.script = fail_creates(FailureKind::throttled, 1);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{30});
    bench.latency = seconds{5};
    while (bench.calls<ReadDevice>().empty()) bench.run_for(seconds{1});
    bench.tell([](Engine& core, Instant now) { core.stop(now); });
    bench.run_for(seconds{1});
    CHECK(bench.engine().is_quiet());
    CHECK(bench.all<JobChanged>().at(0).reason == "not_sent");
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.engine().open_jobs() == 0);
}

TEST_CASE("a quick job that a stop kept from being sent has failed: whoever asked has its uid",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(1));
    bench.script = fail_creates(FailureKind::throttled, 1000);
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{1});
    bench.quick_job("d00000", "Clean");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 1);
    bench.tell([](Engine& core, Instant now) { core.stop(now); });
    bench.run_for(seconds{1});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetDecided>()[0].reason == "not_sent");
    CHECK(bench.all<RunFinished>().size() == 1);
}

TEST_CASE("stopping makes no new intent, and is over when every create has its answer",
          "[engine][dispatcher]") {
    EngineBench bench(fleet_of(40));
    bench.latency = seconds{2};
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    while (bench.calls<CreateQuickJob>().empty()) bench.run_for(Millis{50});
    bench.tell([](Engine& core, Instant now) { core.stop(now); });
    CHECK_FALSE(bench.engine().is_quiet());
    bench.run_for(seconds{3});
    CHECK(bench.engine().is_quiet());
    CHECK(bench.all<JobCreated>().size() == 8);
    CHECK(bench.all<JobChanged>().size() == 8);
    bench.run_for(minutes{5});
    CHECK(bench.all<JobCreated>().size() == 8);
}

}  // namespace runbookd::engine
