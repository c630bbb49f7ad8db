#include "runtime/dispatch_loop.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "catch.hpp"
#include "runtime/control_service.hpp"
#include "runtime/fakes.hpp"

namespace runbookd::runtime {
namespace {

using std::chrono::seconds;

struct Bed {
    StillClock clock;
    asio::io_context loop{1};
    timer_wheel::TimerWheel wheel{async::to_tick(clock.now().steady)};
    async::Timers timers{loop.get_executor(), clock, wheel};
    std::vector<std::string> errors;
    async::TaskGroup tasks{loop.get_executor(),
                           [this](const std::string& task, std::exception_ptr) { errors.push_back(task); }};
    FakeStore store;
    FakeApi api;
    engine::Engine engine{{}, wheel, 1};
    log::Log log{log::Level::error, log::Format::text};
    secrets::Vault vault{{{"token", {"hunter2hunter2", {"*"}}}}};
    DispatchLoop dispatch{engine, store, api, clock, timers, tasks, log, vault};

    ~Bed() { drain(); }
    void start() {
        dispatch.tell([](engine::Engine& core, Instant now) {
            const auto read = [](const std::string&, const engine::RecordedText&) { return nullptr; };
            core.start({}, read, {fakes::clean_all("sweep")}, {}, now);
        });
        turn();
    }
    void run_sweep() {
        dispatch.tell([](engine::Engine& core, Instant now) {
            core.start_run({"sweep", {}, "", "alice"}, [](const Result<RunUid>&) {}, now);
        });
        turn();
    }
    void turn() {
        loop.restart();
        loop.poll();
    }
    /// As the daemon does at its end.
    void drain() {
        dispatch.close();
        tasks.cancel();
        turn();
    }
    /// Stops in a group of its own; true once it is over.
    std::shared_ptr<bool> stop(async::TaskGroup& group, Millis grace) {
        auto over = std::make_shared<bool>(false);
        group.spawn("stops", [this, grace, over]() -> asio::awaitable<void> {
            co_await dispatch.stop(grace);
            *over = true;
        });
        turn();
        return over;
    }
};

bool is_create(const engine::ApiCall& call) { return std::holds_alternative<engine::CreateQuickJob>(call); }

}  // namespace

TEST_CASE("what the engine asks for is performed, and it hears what came of it", "[runtime][loop]") {
    Bed bed;
    bed.start();
    CHECK(std::holds_alternative<engine::ReadRequestRate>(bed.api.calls.at(0)));
    bed.run_sweep();
    CHECK(is_create(bed.api.calls.back()));
    CHECK(bed.store.count<engine::RunPlanned>() == 1);
    CHECK(bed.store.count<engine::JobCreated>() == 1);
    CHECK(bed.store.count<engine::JobChanged>() == 1);  // queued
    CHECK(bed.engine.open_jobs() == 1);
    CHECK(bed.errors.empty());
}

TEST_CASE("no create goes out while the store holds its intent", "[runtime][loop]") {
    Bed bed;
    bed.start();
    bed.store.hangs = true;
    bed.run_sweep();
    CHECK(bed.store.count<engine::JobCreated>() == 1);
    for (const auto& call : bed.api.calls) CHECK_FALSE(is_create(call));
}

TEST_CASE("a commit or a call that ends because its task is cancelled tells the engine nothing",
          "[runtime][loop]") {
    Bed bed;
    bed.start();
    bed.store.hangs = true;
    bed.run_sweep();
    const auto records = bed.store.records.size();
    const auto calls = bed.api.calls.size();
    bed.drain();
    CHECK(bed.tasks.size() == 0);
    CHECK(bed.store.records.size() == records);
    CHECK(bed.api.calls.size() == calls);  // above all not the create
}

TEST_CASE("stopping is over at once when nothing is under way", "[runtime][loop]") {
    Bed bed;
    bed.start();
    async::TaskGroup group(bed.loop.get_executor(), [](const std::string&, std::exception_ptr) {});
    CHECK(*bed.stop(group, seconds{5}));
    CHECK(bed.engine.is_quiet());
}

TEST_CASE("stopping waits for a create's answer, and no longer than its grace", "[runtime][loop]") {
    Bed bed;
    bed.start();
    bed.api.hangs = is_create;
    bed.run_sweep();
    async::TaskGroup group(bed.loop.get_executor(), [](const std::string&, std::exception_ptr) {});
    const auto over = bed.stop(group, seconds{5});
    CHECK_FALSE(*over);
    CHECK_FALSE(bed.engine.is_quiet());
    bed.wheel.advance(async::to_tick(bed.clock.now().steady + seconds{5}));
    bed.turn();
    CHECK(*over);
    bed.drain();
    CHECK(bed.api.cancelled == 1);
    CHECK(bed.tasks.size() == 0);
    CHECK(bed.store.count<engine::JobChanged>() == 0);  // the next start looks for it
}

TEST_CASE("who has succeeded is asked of the store, again when it cannot be read", "[runtime][loop]") {
    Bed bed;
    bed.store.succeeded = {{DeviceUid{"d1"}, bed.clock.now().utc - seconds{60}}};
    bed.store.refuses_once = true;
    bed.dispatch.tell([](engine::Engine& core, Instant now) {
        const auto read = [](const std::string&, const engine::RecordedText&) { return nullptr; };
        auto book = fakes::clean_all("sweep");
        book.once = runbook::Once{};
        core.start({}, read, {book}, {}, now);
    });
    bed.turn();
    bed.run_sweep();
    CHECK(bed.store.asked == std::vector<std::string>{"sweep"});
    CHECK(bed.store.count<engine::RunStarted>() == 0);
    bed.clock.pass(seconds{10});
    bed.wheel.advance(async::to_tick(bed.clock.now().steady));
    bed.turn();
    CHECK(bed.store.asked == std::vector<std::string>{"sweep", "sweep"});
    REQUIRE(bed.store.count<engine::RunStarted>() == 1);
    for (const auto& record : bed.store.records)
        if (const auto* start = std::get_if<engine::RunStarted>(&record)) {
            CHECK(start->targets.empty());
            CHECK(start->exclusions.size() == 1);
        }
    CHECK(bed.errors.empty());
}

TEST_CASE("people get their answers through the control service", "[runtime][control]") {
    Bed bed;
    bed.start();
    FakeHistory history;
    ControlService control(bed.dispatch, bed.store, history, bed.clock, bed.loop.get_executor(), bed.vault,
                           "main", "1.0");
    std::optional<Result<ports::RunAccepted>> run, wrong;
    std::optional<Result<ports::QuickJobAccepted>> job;
    bed.tasks.spawn("asks", [&]() -> asio::awaitable<void> {
        ports::RunRequest right, misspelt;
        right.runbook = "sweep";
        misspelt.runbook = "sweeep";
        run = co_await control.start_run(std::move(right));
        wrong = co_await control.start_run(std::move(misspelt));
        ports::QuickJobRequest quick;
        quick.device = "ACME-01";
        quick.component = "clean";
        job = co_await control.quick_job(std::move(quick));
    });
    bed.turn();
    REQUIRE((run && *run));
    CHECK((*run)->status == "planned");
    REQUIRE((wrong && !*wrong));
    CHECK(wrong->error().code == ErrorCode::not_found);
    REQUIRE((job && *job));
    CHECK((*job)->status == "queued");
    CHECK(control.status().state == "running");
    CHECK(control.status().fleet_devices == 1);
    CHECK(control.runbooks().size() == 1);
    CHECK(control.fleet().devices.size() == 1);
    control.set_stopping();
    CHECK(control.status().state == "stopping");
}

TEST_CASE("a retarget starts what is left, with the variables of the run before", "[runtime][control]") {
    Bed bed;
    bed.start();
    FakeHistory history;
    history.left = ports::RunLeftovers{"01RUN", "sweep", 3, {{"days", "7"}}, {{"d1", "failed", false}}};
    ControlService control(bed.dispatch, bed.store, history, bed.clock, bed.loop.get_executor(), bed.vault,
                           "main", "1.0");
    std::vector<Result<ports::RetargetAccepted>> answers;
    const auto ask = [&](std::vector<std::string> only) {
        bed.tasks.spawn("asks", [&, only]() -> asio::awaitable<void> {
            ports::RetargetRequest request;
            request.run = "01";
            request.only = only;
            request.actor = "ana";
            auto answer = co_await control.retarget(std::move(request));
            answers.push_back(std::move(answer));
        });
        bed.turn();
    };
    ask({});
    REQUIRE((answers.size() == 1 && answers[0]));
    CHECK(answers[0]->run);
    CHECK(answers[0]->targets == 1);
    CHECK(answers[0]->revision == 1);
    CHECK(answers[0]->cause_revision == 3);
    const engine::RunPlanned* planned = nullptr;
    for (const auto& record : bed.store.records)
        if (const auto* one = std::get_if<engine::RunPlanned>(&record)) planned = one;
    REQUIRE(planned != nullptr);
    CHECK(planned->cause == "01RUN");
    CHECK(planned->actor == "ana");
    CHECK(planned->scope.devices == std::vector<std::string>{"d1"});
    CHECK(planned->scope.variables.at("days") == "7");
    // Its job is open now: it may still run.
    ask({});
    REQUIRE(answers[1]);
    CHECK_FALSE(answers[1]->run);
    CHECK(answers[1]->may_still_run == 1);
    ask({"expired"});
    CHECK_FALSE(answers[2]->run);
    ask({"succeeded"});
    CHECK(answers[3].error().code == ErrorCode::invalid_input);
    history.left = ports::RunLeftovers{"01RUN", "quickjob", std::nullopt, {}, {{"d1", "failed", false}}};
    ask({});
    CHECK(answers[4].error().code == ErrorCode::refused_by_rule);
    history.left = fail(ErrorCode::not_found, "no such run");
    ask({});
    CHECK(answers[5].error().code == ErrorCode::not_found);
}

TEST_CASE("the value of a secret is neither taken as a variable nor kept in a note", "[runtime][control]") {
    Bed bed;
    bed.start();
    FakeHistory history;
    ControlService control(bed.dispatch, bed.store, history, bed.clock, bed.loop.get_executor(), bed.vault,
                           "main", "1.0");
    std::optional<Result<ports::RunAccepted>> run, noted;
    std::optional<Result<ports::QuickJobAccepted>> job;
    bed.tasks.spawn("asks", [&]() -> asio::awaitable<void> {
        ports::RunRequest with_value, with_note;
        with_value.runbook = "sweep";
        with_value.variables = {{"token", "is hunter2hunter2"}};
        with_note.runbook = "sweep";
        with_note.note = "with hunter2hunter2";
        run = co_await control.start_run(std::move(with_value));
        noted = co_await control.start_run(std::move(with_note));
        ports::QuickJobRequest quick;
        quick.device = "ACME-01";
        quick.component = "clean";
        quick.variables = {{"token", "hunter2hunter2"}};
        job = co_await control.quick_job(std::move(quick));
    });
    bed.turn();
    REQUIRE((run && !*run));
    CHECK(run->error().code == ErrorCode::refused_by_rule);
    CHECK(run->error().message ==
          "variable 'token' holds the value of the secret 'token', which must not be recorded; let a runbook "
          "send it as ${secret:token}");
    REQUIRE((job && !*job));
    REQUIRE((noted && *noted));
    std::size_t planned = 0;
    for (const auto& record : bed.store.records)
        if (const auto* one = std::get_if<engine::RunPlanned>(&record)) {
            ++planned;
            CHECK(one->note == "with [secret:token]");
        }
    CHECK(planned == 1);
}

TEST_CASE("whoever hangs up before the answer leaves nothing behind", "[runtime][control]") {
    Bed bed;
    bed.start();
    bed.store.hangs = true;
    FakeHistory history;
    ControlService control(bed.dispatch, bed.store, history, bed.clock, bed.loop.get_executor(), bed.vault,
                           "main", "1.0");
    async::TaskGroup people(bed.loop.get_executor(), [](const std::string&, std::exception_ptr) {});
    people.spawn("asks", [&]() -> asio::awaitable<void> {
        ports::RunRequest request;
        request.runbook = "sweep";
        const auto accepted = co_await control.start_run(std::move(request));
        CHECK_FALSE(accepted);
    });
    bed.turn();
    people.cancel();
    bed.turn();
    CHECK(people.size() == 0);
}

}  // namespace runbookd::runtime
