#include "runtime/account_budget.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::runtime {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<engine::Device> fleet_of(int count) {
    std::vector<engine::Device> devices;
    for (int i = 0; i < count; ++i) devices.push_back(windows_server("d" + std::to_string(i), "PC"));
    return devices;
}

}  // namespace

TEST_CASE("a budget that is used up says what waits, and when the next create can go", "[runtime]") {
    EngineBench bench(fleet_of(100));
    bench.script = [](const engine::ApiCall& call, Instant) -> std::optional<engine::ApiResult> {
        if (!std::holds_alternative<engine::ReadRequestRate>(call)) return std::nullopt;
        engine::RequestRate rate;
        rate.read_count = 11;
        rate.write_limit = 600;
        rate.write_count = rate.create_count = 7;
        return rate;
    };
    auto book = clean_all("sweep");
    book.window = hours{2};
    bench.start({book});
    const auto before = budget_of(bench.engine(), "main", bench.now());
    CHECK_FALSE(before.checked_at);
    CHECK_FALSE(before.creates.others);
    CHECK_FALSE(before.next_create_at);  // the rate check must be answered first
    bench.run("sweep");
    const auto began = bench.now().utc;
    bench.run_for(seconds{5});
    const auto budget = budget_of(bench.engine(), "main", bench.now());
    CHECK(budget.account == "main");
    CHECK(budget.limits_source == "auto");
    CHECK(budget.share == 0.8);
    CHECK(budget.creates.limit == 100);
    CHECK(budget.creates.allowed == 80);
    CHECK(budget.creates.used == 80);
    CHECK(budget.creates.others == 7);
    CHECK(budget.writes.limit == 600);
    CHECK(budget.writes.used == 80);
    CHECK(budget.reads.allowed == 480);
    CHECK(budget.reads.others == 10);
    CHECK(budget.checked_at >= began);
    CHECK(budget.creates_under_way == 0);
    CHECK(budget.creates_waiting == 27);
    REQUIRE(budget.next_create_at);
    CHECK(*budget.next_create_at > began + seconds{60});
    CHECK(*budget.next_create_at < began + seconds{62});
    CHECK_FALSE(budget.held_until);
    CHECK(budget.held_because.empty());
}

TEST_CASE("a budget that is held says until when and why", "[runtime]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    CHECK(budget_of(bench.engine(), "main", bench.now()).next_create_at == bench.now().utc);
    bench.script = [](const engine::ApiCall&, Instant) {
        return fakes::failure(engine::FailureKind::blocked, 403);
    };
    bench.run("sweep");
    bench.run_for(seconds{1});
    const auto budget = budget_of(bench.engine(), "main", bench.now());
    REQUIRE(budget.held_until);
    CHECK(*budget.held_until - bench.now().utc > minutes{4});
    CHECK(budget.held_because.find("blocked") != std::string::npos);
    CHECK(budget.next_create_at == budget.held_until);
    CHECK(budget.creates_waiting == 1);
}

TEST_CASE("a budget without limits has none to tell", "[runtime]") {
    engine::EngineSettings settings;
    settings.limits_source = engine::LimitsSource::off;
    EngineBench bench({windows_server("d1", "A")}, settings);
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    const auto budget = budget_of(bench.engine(), "main", bench.now());
    CHECK(budget.limits_source == "off");
    CHECK_FALSE(budget.creates.limit);
    CHECK_FALSE(budget.creates.allowed);
    CHECK(budget.reads.used > 0);
}

}  // namespace runbookd::runtime
