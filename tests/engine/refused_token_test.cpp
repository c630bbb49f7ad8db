// A 401 is answered with one new token and one more try; a second one is the account's trouble.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using std::chrono::minutes;
using std::chrono::seconds;

/// The first `times` creates are answered with 401.
EngineBench::Script refuse_creates(int times) {
    return [left = times](const ApiCall& call, Instant) mutable -> std::optional<ApiResult> {
        if (!std::holds_alternative<CreateQuickJob>(call) || left == 0) return std::nullopt;
        --left;
        return failure(FailureKind::unauthenticated, 401);
    };
}

}  // namespace

TEST_CASE("a create that got a 401 is sent again exactly once, at once", "[engine][dispatcher]") {
    EngineBench bench;
    bench.script = refuse_creates(1);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(minutes{5});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 2);
    CHECK(creates[0].first.job_name == creates[1].first.job_name);
    CHECK(creates[1].second.steady - creates[0].second.steady < seconds{1});
    CHECK(bench.all<JobCreated>().size() == 1);
    CHECK(bench.notes("account.refused").empty());
    CHECK(bench.notes("job.unanswered").empty());
}

TEST_CASE("a second 401 holds the account, says so once, and ends with the cause", "[engine][dispatcher]") {
    EngineBench bench;
    bench.script = refuse_creates(4);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{50});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bench.notes("account.refused").size() == 1);
    bench.run_for(minutes{10});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 5);  // once a minute, until it is let in
    for (std::size_t i = 2; i < creates.size(); ++i)
        CHECK(creates[i].second.steady - creates[i - 1].second.steady >= seconds{60});
    CHECK(bench.notes("account.refused").size() == 1);
    CHECK(bench.all<JobCreated>().size() == 1);
}

}  // namespace runbookd::engine
