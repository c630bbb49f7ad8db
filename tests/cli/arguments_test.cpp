#include "cli/arguments.hpp"

#include "catch.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {
namespace {

Command command(const std::vector<std::string>& words) {
    const auto arguments = read_arguments(words);
    INFO(arguments.err);
    REQUIRE(arguments.command);
    return *arguments.command;
}

std::string refusal(const std::vector<std::string>& words) {
    const auto arguments = read_arguments(words);
    REQUIRE_FALSE(arguments.command);
    CHECK(arguments.exit_status == kUsage);
    CHECK(arguments.err.find('\n') == arguments.err.size() - 1);  // one line
    return arguments.err;
}

}  // namespace

TEST_CASE("run takes its targets, variables and note", "[cli]") {
    const auto run =
        command({"run", "clean", "--device", "A", "--device", "B", "--site", "Acme HQ", "--customer", "acme",
                 "--var", "days=30", "--var", "path=a=b", "--note", "ticket 7", "--wait"});
    CHECK(run.verb == Verb::run);
    CHECK(run.name == "clean");
    CHECK(run.devices == std::vector<std::string>{"A", "B"});
    CHECK(run.sites == std::vector<std::string>{"Acme HQ"});
    CHECK(run.customers == std::vector<std::string>{"acme"});
    CHECK(run.variables == std::map<std::string, std::string>{{"days", "30"}, {"path", "a=b"}});
    CHECK(run.note == "ticket 7");
    CHECK(run.waits);
}

TEST_CASE("an override names a rule and needs a reason", "[cli]") {
    const auto run =
        command({"run", "clean", "--override", "guard", "--override", "window", "--reason", "ticket 7"});
    CHECK(run.overrides == std::vector<std::string>{"guard", "window"});
    CHECK(run.reason == "ticket 7");
    CHECK(refusal({"run", "clean", "--override", "gaurd", "--reason", "x"}) ==
          "runbookctl: run: 'gaurd' is not a rule that can be overridden; did you mean 'guard'? there are "
          "guard, "
          "not_during, window; see `runbookctl --help`\n");
    CHECK(refusal({"run", "clean", "--override", "guard"}).find("needs a reason") != std::string::npos);
    CHECK(refusal({"run", "clean", "--reason", "x"}).find("no rule") != std::string::npos);
}

TEST_CASE("lists take filters and a format", "[cli]") {
    const auto jobs = command(
        {"jobs", "--runbook", "clean", "--status", "failed", "--since", "2h", "--limit", "7", "--csv"});
    CHECK(jobs.verb == Verb::jobs);
    CHECK(jobs.format == Format::csv);
    CHECK(jobs.filters.runbook == "clean");
    CHECK(jobs.filters.since == "2h");
    CHECK(jobs.filters.limit == 7);
    CHECK(command({"targets", "01A"}).name == "01A");
    CHECK(command({"status", "--json"}).format == Format::json);
    CHECK(command({"output", "01J", "--stderr"}).of_stderr);
}

TEST_CASE("socket and configuration may stand before or after the verb", "[cli]") {
    CHECK(command({"--socket", "/s", "runs"}).socket == "/s");
    CHECK(command({"runs", "--socket", "/s"}).socket == "/s");
    CHECK(command({"--config", "/c", "next"}).config == "/c");
    CHECK_FALSE(refusal({"--config", "/c", "--socket", "/s", "runs"}).empty());
}

TEST_CASE("an unknown verb suggests the nearest, a later one says so", "[cli]") {
    CHECK(refusal({"jbos"}) == "runbookctl: unknown verb 'jbos'; did you mean 'jobs'?\n");
    CHECK(refusal({"--socket", "/s", "valdate", "x"}) ==
          "runbookctl: unknown verb 'valdate'; did you mean 'validate'?\n");
    CHECK(refusal({"xyzzy12"}) == "runbookctl: unknown verb 'xyzzy12'; `runbookctl --help` lists them\n");
    CHECK(refusal({"token"}) == "runbookctl: 'token' is not supported yet\n");
}

TEST_CASE("wrong usage is one line and exit status 2", "[cli]") {
    for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                   {"run"},
                                                                   {"run", "a", "--var", "novalue"},
                                                                   {"quickjob", "--device", "A"},
                                                                   {"runs", "--limit", "0"},
                                                                   {"runs", "--json", "--csv"},
                                                                   {"runs", "--frobnicate"},
                                                                   {"next", "clean", "--cron", "* * * * *"},
                                                                   {"next", "--tz", "UTC"}})
        CHECK_FALSE(refusal(words).empty());
}

TEST_CASE("help and version are answers", "[cli]") {
    const auto help = read_arguments({"--help"});
    CHECK(help.exit_status == kDone);
    CHECK(help.out.find("quickjob") != std::string::npos);
    CHECK(read_arguments({"--version"}).out.find("runbookctl ") == 0);
    CHECK(read_arguments({"jobs", "--help"}).out.find("--since") != std::string::npos);
}

}  // namespace runbookd::cli
