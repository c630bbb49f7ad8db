// What a job is given, from the runbook to the create.
#include "engine/variables.hpp"

#include <set>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::windows_server;
using std::chrono::minutes;
using std::chrono::seconds;
using templates::Template;

runbook::Runbook with_variables(const std::map<std::string, std::string>& texts) {
    auto book = clean_all("sweep");
    for (const auto& [name, text] : texts) book.variables.emplace(name, *Template::parse(text));
    return book;
}

/// Whose component takes what the tests send.
struct Bench : EngineBench {
    explicit Bench(std::vector<Device> in_account = {windows_server("d1", "ACME-01")})
        : EngineBench(std::move(in_account)) {
        components[0].variables = {{"host", "string", "x", "", true},
                                   {"days", "number", "7", "", true},
                                   {"deep", "boolean", "false", "", true},
                                   {"token", "string", "x", "", true}};
    }
};

std::map<std::string, std::string> sent(const EngineBench& bench, std::size_t n = 0) {
    return masked(bench.calls<CreateQuickJob>().at(n).first.variables);
}

}  // namespace

TEST_CASE("each device's job gets its own values", "[engine][variables]") {
    Bench bench({windows_server("d1", "ACME-01"), windows_server("d2", "ACME-02")});
    bench.start({with_variables(
        {{"host", "{{ device.hostname }} at {{ site.name }} of {{ run.runbook }} by {{ run.actor }}"}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 2);
    std::set<std::string> hosts{sent(bench, 0).at("host"), sent(bench, 1).at("host")};
    CHECK(hosts == std::set<std::string>{"ACME-01 at Acme HQ of sweep by alice",
                                         "ACME-02 at Acme HQ of sweep by alice"});
    CHECK(bench.all<JobCreated>().at(0).variables == sent(bench, 0));
}

TEST_CASE("a field without value skips its device alone, and says which", "[engine][variables]") {
    auto unknown = windows_server("d2", "ACME-02");
    unknown.os = "";
    Bench bench({windows_server("d1", "ACME-01"), unknown});
    bench.start({with_variables({{"host", "{{ device.os }}"}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    const auto decided = bench.all<TargetDecided>()[0];
    CHECK(decided.device.str() == "d2");
    CHECK(decided.disposition == Disposition::skipped);
    CHECK(decided.reason == "null_variable");
    CHECK(decided.message.find("'host' needs device.os") != std::string::npos);
    CHECK(bench.all<JobCreated>().size() == 1);
    CHECK(bench.engine().line().creates_under_way() == 0);
}

TEST_CASE("domain and user-defined fields are filled in", "[engine][variables]") {
    auto device = windows_server("d1", "ACME-01");
    device.domain = "corp";
    device.udf = runbook::Udfs({{5, "gold"}});
    Bench bench({device});
    bench.start({with_variables(
        {{"host", "{{ device.domain }}/{{ device.udf.5 }}/{{ device.udf.6 | default('none') }}"}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(sent(bench).at("host") == "corp/gold/none");
}

TEST_CASE("an occurrence's fields are those of a scheduled run", "[engine][variables]") {
    Bench bench;
    auto book =
        with_variables({{"host", "{{ occurrence.nominal_at | date('%H:%M') | default('by hand') }}"}});
    book.schedule = fakes::schedule_of("* * * * *");
    book.window = minutes{1};
    book.overlap = runbook::OverlapPolicy::allow;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{40});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(sent(bench, 0).at("host") == "by hand");
    CHECK(sent(bench, 1).at("host") == "00:01");
}

TEST_CASE("a run's own value replaces the runbook's, as it stands", "[engine][variables]") {
    Bench bench;
    bench.start({with_variables({{"host", "{{ device.hostname }}"}, {"days", "30"}})});
    RunScope scope;
    scope.variables = {{"host", "{{ device.uid }}${secret:token}"}};
    bench.run("sweep", scope);
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(sent(bench).at("host") == "{{ device.uid }}${secret:token}");
    CHECK_FALSE(bench.calls<CreateQuickJob>()[0].first.variables.at("host").has_secret());
    CHECK(sent(bench).at("days") == "30");
}

TEST_CASE("a name that the component does not know fails the run once, before anything is created",
          "[engine][variables]") {
    Bench bench({windows_server("d1", "ACME-01"), windows_server("d2", "ACME-02")});
    SECTION("of the runbook") {
        bench.start({with_variables({{"Days", "30"}})});
        bench.run("sweep");
    }
    SECTION("of the run") {
        bench.start({clean_all("sweep")});
        RunScope scope;
        scope.variables = {{"Days", "30"}};
        bench.run("sweep", scope);
    }
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().empty());
    REQUIRE(bench.all<TargetDecided>().size() == 2);
    for (const auto& decided : bench.all<TargetDecided>()) {
        CHECK(decided.disposition == Disposition::failed);
        CHECK(decided.reason == "rejected");
        CHECK(decided.message.find("it is spelt 'days'") != std::string::npos);
    }
    CHECK(bench.notes("run.variables_refused").size() == 1);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::failed);
}

TEST_CASE("a variable that the component was given since the list was read is found", "[engine][variables]") {
    Bench bench;
    bench.start({with_variables({{"new", "1"}})});
    bench.run_for(minutes{2});
    bench.components[0].variables.push_back({"new", "string", "", "", true});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("values are sent as their type wants them", "[engine][variables]") {
    Bench bench;
    bench.start({with_variables({{"deep", "TRUE"}, {"days", " 30 "}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(sent(bench).at("deep") == "true");
    CHECK(sent(bench).at("days") == "30");
}

TEST_CASE("a filled-in value that is not of its type fails its device alone", "[engine][variables]") {
    Bench bench({windows_server("d1", "12"), windows_server("d2", "ACME-02")});
    bench.start({with_variables({{"days", "{{ device.hostname }}"}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(sent(bench).at("days") == "12");
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetDecided>()[0].reason == "rejected");
    CHECK(bench.all<TargetDecided>()[0].message.find("takes a number, and is 'ACME-02'") !=
          std::string::npos);
}

TEST_CASE("an input without value and default is noted once, and the run goes on", "[engine][variables]") {
    Bench bench({windows_server("d1", "ACME-01"), windows_server("d2", "ACME-02")});
    bench.components[0].variables.push_back({"path", "string", "", "", true});
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    REQUIRE(bench.notes("run.variable_without_value").size() == 1);
    CHECK(bench.notes("run.variable_without_value")[0].data.at("message").find("'path'") !=
          std::string::npos);
}

TEST_CASE("a secret is a name in records and calls", "[engine][variables]") {
    Bench bench;
    bench.start({with_variables({{"token", "Bearer ${secret:api-key}"}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    const auto create = bench.calls<CreateQuickJob>()[0].first;
    CHECK(create.runbook == "sweep");
    const std::vector<templates::Rendered::Piece> pieces{{"Bearer ", false}, {"api-key", true}};
    CHECK(create.variables.at("token").pieces() == pieces);
    CHECK(bench.all<JobCreated>().at(0).variables.at("token") == "Bearer [secret:api-key]");
}

TEST_CASE("a create that goes out again carries the same values", "[engine][variables]") {
    Bench bench;
    int refusals = 1;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (!std::holds_alternative<CreateQuickJob>(call) || refusals-- <= 0) return std::nullopt;
        return fakes::failure(FailureKind::throttled, 429);
    };
    bench.start({with_variables({{"token", "${secret:api-key}"}, {"host", "{{ device.hostname }}"}})});
    bench.run("sweep");
    bench.run_for(minutes{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bench.calls<CreateQuickJob>()[0].first.variables ==
          bench.calls<CreateQuickJob>()[1].first.variables);
    CHECK(bench.calls<CreateQuickJob>()[1].first.variables.at("token").has_secret());
}

TEST_CASE("a quick job with wrong variables is refused with the nearest names", "[engine][variables]") {
    Bench bench;
    bench.components[0].variables.push_back({"path", "string", "", "", true});
    bench.start({});
    bench.run_for(seconds{2});
    std::vector<Result<QuickJobStarted>> answers;
    const auto order = [&](std::map<std::string, std::string> variables, Trigger trigger) {
        bench.tell([&](Engine& core, Instant at) {
            core.quick_job(
                {"d1", "Clean", std::move(variables), "alice", trigger},
                [&](Result<QuickJobStarted> result) { answers.push_back(std::move(result)); }, at);
        });
        bench.run_for(seconds{5});
        REQUIRE_FALSE(answers.empty());
        return answers.back();
    };
    const auto unknown = order({{"Days", "1"}, {"path", "x"}}, Trigger::api);
    CHECK(unknown.error().code == ErrorCode::invalid_variable);
    CHECK(unknown.error().names == std::vector<std::string>{"Days"});
    CHECK(unknown.error().message.find("it is spelt 'days'") != std::string::npos);
    const auto wrong = order({{"deep", "maybe"}, {"path", "x"}}, Trigger::quickjob);
    CHECK(wrong.error().code == ErrorCode::invalid_variable);
    const auto missing = order({{"days", "1"}}, Trigger::api);
    CHECK(missing.error().code == ErrorCode::missing_variable);
    CHECK(missing.error().names == std::vector<std::string>{"path"});
    CHECK(bench.all<RunPlanned>().empty());
    CHECK(order({{"days", "1"}, {"path", ""}}, Trigger::api));
    CHECK(order({{"days", "1"}}, Trigger::quickjob));
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

}  // namespace runbookd::engine
