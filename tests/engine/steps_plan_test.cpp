// What a plan and a check say of steps, and the variables that they share.
#include "catch.hpp"
#include "engine/steps_support.hpp"

namespace runbookd::engine {
namespace {

using namespace steps_testing;
using std::chrono::minutes;
using std::chrono::seconds;
using templates::Template;

/// Check takes `days`, Repair takes `mode`.
void add_inputs(StepsBed& bed) {
    for (auto& component : bed.bench.components) {
        if (component.name == "Check") component.variables = {{"days", "number", "7", "", true}};
        if (component.name == "Repair") component.variables = {{"mode", "string", "soft", "", true}};
    }
}

Preview plan(StepsBed& bed) {
    std::optional<Result<Preview>> got;
    bed.bench.tell([&](Engine& core, Instant now) {
        PreviewOrder order;
        order.runbook = "mend";
        core.preview(std::move(order), [&](Result<Preview> preview) { got = std::move(preview); }, now);
    });
    bed.bench.run_for(seconds{2});
    REQUIRE(got);
    REQUIRE(*got);
    return std::move(**got);
}

}  // namespace

TEST_CASE("what all steps share goes to those that have it, and a step's own over it", "[engine][steps]") {
    StepsBed bed;
    add_inputs(bed);
    auto repair = job_step("repair", "Repair");
    repair.variables = {{"mode", Template::literal("hard")}};
    auto book = stepped({job_step("check", "Check"), repair});
    book.variables = {{"days", Template::literal("3")}, {"mode", Template::literal("none")}};
    bed.end(1, DeploymentStatus::success);
    bed.start_and_run(book, minutes{2});
    const auto jobs = bed.bench.all<JobCreated>();
    REQUIRE(jobs.size() == 2);
    CHECK(jobs[0].variables == std::map<std::string, std::string>{{"days", "3"}});
    CHECK(jobs[1].variables == std::map<std::string, std::string>{{"mode", "hard"}});
}

TEST_CASE("a variable that no step's component has is refused, and nothing is begun", "[engine][steps]") {
    StepsBed bed;
    add_inputs(bed);
    auto book = stepped({job_step("check", "Check"), job_step("repair", "Repair")});
    book.variables = {{"dyas", Template::literal("3")}};
    bed.start_and_run(book, minutes{1});
    CHECK(bed.jobs().empty());
    REQUIRE(bed.bench.notes("run.variables_refused").size() == 1);
    CHECK(bed.bench.notes("run.variables_refused")[0].data.at("message") ==
          "no step's component has a variable 'dyas'");
}

TEST_CASE("a field of a later step without a value keeps the device from being begun", "[engine][steps]") {
    StepsBed bed;
    add_inputs(bed);
    auto repair = job_step("repair", "Repair");
    repair.variables = {{"mode", *Template::parse("{{ device.udf.5 }}")}};
    bed.start_and_run(stepped({job_step("check", "Check"), repair}), minutes{1});
    CHECK(bed.jobs().empty());
    CHECK(bed.words() == Texts{"d1 skipped null_variable"});
}

TEST_CASE("a plan shows the steps, and what is wrong with each", "[engine][steps]") {
    StepsBed bed(2);
    add_inputs(bed);
    auto check = job_step("check", "Check");
    check.goes_on_after_failure = true;
    check.timeout = minutes{5};
    auto repair = job_step("repair", "Repair");
    repair.when = {{0, runbook::StepEnd::failed}};
    repair.variables = {{"moed", Template::literal("hard")}};
    bed.bench.start({stepped({check, repair, return_step("back"), job_step("tell", "Tell")})});
    const auto preview = plan(bed);
    REQUIRE(preview.steps.size() == 4);
    CHECK(preview.component.empty());
    CHECK(preview.steps[0].component == ComponentUid{"c-Check"});
    CHECK(preview.steps[0].timeout == minutes{5});
    CHECK(preview.steps[0].inputs.size() == 1);
    CHECK(preview.steps[1].when == Texts{"check.failed"});
    REQUIRE(preview.steps[1].issues.size() == 1);
    CHECK(preview.steps[1].issues[0].suggestion == "mode");
    CHECK(preview.steps[2].expect);
    CHECK(preview.steps[2].component.empty());
    CHECK(preview.steps[2].component_problem.empty());
    CHECK(preview.refusal.find("step 'repair': ") == 0);
}

TEST_CASE("a plan counts the jobs of all steps that would run", "[engine][steps]") {
    StepsBed bed(2);
    auto repair = job_step("repair", "Repair");
    auto check = job_step("check", "Check");
    check.goes_on_after_failure = true;
    repair.when = {{0, runbook::StepEnd::failed}};
    bed.bench.start({stepped({check, repair, return_step("back"), job_step("tell", "Tell")})});
    const auto preview = plan(bed);
    CHECK(preview.refusal.empty());
    CHECK(preview.wanted == 4);
}

}  // namespace runbookd::engine
