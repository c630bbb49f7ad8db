// What the runbook's own rules make of a job that Datto calls a success.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::minutes;

struct Ending {
    JobStatus status;
    std::string reason;
    Disposition disposition;
    std::optional<std::int64_t> exit_code;
};

/// Of one job with these rules, this result and this stdout.
Ending ending_of(const runbook::Success& rules, DeploymentStatus status, std::optional<std::string> out,
                 std::size_t max_bytes = 1024 * 1024) {
    EngineSettings settings;
    settings.output_max_bytes = max_bytes;
    EngineBench bench({fakes::windows_server("d1", "ACME-01")}, settings);
    auto book = clean_all("sweep");
    book.success = rules;
    JobResult result;
    result.status = status;
    result.has_stdout = out.has_value();
    bench.output = std::move(out);
    bench.results[DattoJobUid{"j1"}] = result;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{5});
    const auto last = bench.all<JobChanged>().back();
    return {last.status, last.reason, bench.all<TargetDecided>().at(0).disposition, last.exit_code};
}

runbook::Success codes(std::vector<std::int64_t> of) {
    runbook::Success rules;
    rules.exit_codes = std::move(of);
    return rules;
}

}  // namespace

TEST_CASE("a marker names the exit code, and the rule judges it", "[engine][success]") {
    const auto good = ending_of(codes({0, 3010}), DeploymentStatus::success, "a\r\n::exit-code=3010::\r\n");
    CHECK(good.disposition == Disposition::succeeded);
    CHECK(good.exit_code == 3010);
    const auto bad = ending_of(codes({0, 3010}), DeploymentStatus::success, "::exit-code=5::");
    CHECK(bad.status == JobStatus::failed);
    CHECK(bad.reason == "exit_code");
    CHECK(bad.disposition == Disposition::failed);
    CHECK(bad.exit_code == 5);
    const auto none = ending_of(codes({0}), DeploymentStatus::success, "nothing said");
    CHECK(none.disposition == Disposition::succeeded);
    CHECK(!none.exit_code);
    const auto unruled = ending_of({}, DeploymentStatus::success, "::exit-code=9::");
    CHECK(unruled.disposition == Disposition::succeeded);
    CHECK(unruled.exit_code == 9);
}

TEST_CASE("stdout is judged line by line, whole, before it is cut", "[engine][success]") {
    runbook::Success rules;
    rules.must_match = runbook::Pattern("^done$");
    rules.must_not_match = runbook::Pattern("ERROR");
    CHECK(ending_of(rules, DeploymentStatus::success, "start\r\ndone\r\n").disposition ==
          Disposition::succeeded);
    const auto missed = ending_of(rules, DeploymentStatus::success, "not done\n");
    CHECK(missed.status == JobStatus::failed);
    CHECK(missed.reason == "success_rule");
    CHECK(ending_of(rules, DeploymentStatus::success, "done\nERROR 5\n").reason == "success_rule");
    CHECK(ending_of(rules, DeploymentStatus::success, std::nullopt).reason == "success_rule");
    const auto middle = std::string(4000, 'a') + "\ndone\n" + std::string(4000, 'b');
    CHECK(ending_of(rules, DeploymentStatus::success, middle, 1000).disposition == Disposition::succeeded);
}

TEST_CASE("warnings may be failures", "[engine][success]") {
    runbook::Success rules;
    CHECK(ending_of(rules, DeploymentStatus::warning, "x").disposition == Disposition::warning);
    rules.warnings_fail = true;
    const auto failed = ending_of(rules, DeploymentStatus::warning, "x");
    CHECK(failed.status == JobStatus::failed);
    CHECK(failed.reason == "warnings");
    CHECK(failed.disposition == Disposition::failed);
}

TEST_CASE("no rule makes a failure good", "[engine][success]") {
    const auto failed = ending_of(codes({0}), DeploymentStatus::failure, "::exit-code=0::");
    CHECK(failed.reason == "datto_failure");
    CHECK(failed.exit_code == 0);
}

}  // namespace runbookd::engine
