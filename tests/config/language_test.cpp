// The keys that are checked completely and not built yet: real mistakes are errors, a correct use is refused
// where it stands, and a value that says what happens anyway is accepted.
#include "catch.hpp"
#include "config/document.hpp"
#include "config/guard_reader.hpp"
#include "config/support.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

struct Case {
    std::string yaml;
    std::vector<std::string> expected;
};

const std::string kGood = "component: Sweep\ntargets: {include: [{all: true}]}\n";

void check_all(const std::vector<Case>& cases, const std::string& head = kGood) {
    for (const auto& one : cases) {
        INFO(one.yaml);
        const auto parsed = parse(head + one.yaml + "\n");
        CHECK(in_short(parsed.diagnostics) == one.expected);
        CHECK(parsed.runbook.has_value() == one.expected.empty());
    }
}

}  // namespace

TEST_CASE("what says what happens anyway is accepted", "[config]") {
    check_all({
        {"tags: [maintenance, 'week 1']", {}},
        {"tags: []", {}},
        {"use: []", {}},
        {"triggers: []", {}},
        {"max_per_hour: 50", {}},
        {"max_per_hour: 10", {}},
        {"one_job_per_device: false", {}},
        {"approval: none", {}},
        {"approval: required", {}},
        {"approval: {ahead: 24h, not_starter: true}", {}},
        {"approval: {not_starter: true}", {}},
        {"once: never", {}},
        {"once: per_device", {}},
        {"once: 30d", {}},
        {"ramp: {from: 2026-12-01, shares: {0d: 1%, 3d: 10%, 7d: 40%, 14d: 100%}}", {}},
        {"overlap: stop_previous", {}},
        {"success: {warnings: ok}", {}},
        {"collect: none", {}},
        {"collect: rows", {}},
        {"retry: {attempts: 1, delay: 1m, backoff: 2, on: [failed, timeout]}", {}},
        {"retry: {delay: 5m, backoff: 1.5}", {}},
        {"retry: {attempts: 3}", {}},
        {"tolerate: 0", {}},
        {"tolerate: 0%", {}},
        {"rollout: {waves: [100%], soak: 0s, promote: auto}", {}},
        {"one_job_per_device: true", {}},
        {"success: {warnings: fail, exit_code: [0, 3010, -1], stdout: {must_match: '^done', must_not_match: "
         "ERROR}}",
         {}},
        {"tolerate: 5", {}},
        {"tolerate: 2%", {}},
        {"rollout: {waves: [{hostname: 'X*'}, 1, 10%, 100%], soak: 10m, promote: manual, abort_when: "
         "{failed: none, failed_share: 10%, min_finished: 20, scope: run}, max_in_flight: 100, "
         "max_in_flight_per: {site: 10, udf.6: 1}}",
         {}},
        {"notify: []", {}},
        {"notify: [{to: oncall, on: [failed, late], per: run}, {to: acme, on: [unknown], per: customer}]",
         {}},
    });
}

TEST_CASE("reads how a run goes over its targets", "[config]") {
    const auto book = *parse(kGood +
                             "rollout: {waves: [{hostname: 'X*'}, 1, 10%], soak: 10m, promote: manual, "
                             "abort_when: {failed_share: 15%, scope: site}, max_in_flight_per: {site: 10, "
                             "udf.6: 1}}\ntolerate: 2%\n")
                           .runbook;
    REQUIRE(book.rollout);
    const auto& rollout = *book.rollout;
    REQUIRE(rollout.waves.size() == 3);
    CHECK(std::holds_alternative<runbookd::runbook::Selector>(rollout.waves[0]));
    CHECK(std::get<runbookd::runbook::Amount>(rollout.waves[1]) == runbookd::runbook::Amount{1, false});
    CHECK(std::get<runbookd::runbook::Amount>(rollout.waves[2]) == runbookd::runbook::Amount{10, true});
    CHECK(rollout.soak == std::chrono::minutes{10});
    CHECK(rollout.is_promoted_by_hand);
    REQUIRE(rollout.abort_when);
    CHECK(rollout.abort_when->failed_share == 15);
    CHECK(rollout.abort_when->min_finished == 20);
    CHECK(rollout.abort_when->scope == runbookd::runbook::AbortScope::site);
    REQUIRE(rollout.max_in_flight_per.size() == 2);
    CHECK(rollout.max_in_flight_per[1].udf == 6);
    CHECK(book.tolerate == runbookd::runbook::Amount{2, true});
    CHECK(book.max_in_flight == 100);
    CHECK(book.one_job_per_device);
    const auto plain = *parse(kGood).runbook;
    CHECK(!plain.rollout);
    CHECK(plain.max_in_flight == 100);
    CHECK(plain.one_job_per_device);
    CHECK(parse(kGood + "rollout: {max_in_flight: 7}\none_job_per_device: false\n").runbook->max_in_flight ==
          7);
}

TEST_CASE("reads whether a person must approve", "[config]") {
    CHECK_FALSE(parse(kGood).runbook->approval);
    CHECK_FALSE(parse(kGood + "approval: none\n").runbook->approval);
    const auto required = parse(kGood + "approval: required\n").runbook->approval;
    REQUIRE(required);
    CHECK_FALSE(required->ahead);
    CHECK_FALSE(required->not_starter);
    const auto ahead = parse(kGood + "approval: {ahead: 24h, not_starter: true}\n").runbook->approval;
    REQUIRE(ahead);
    CHECK(ahead->ahead == std::chrono::hours{24});
    CHECK(ahead->not_starter);
    const auto other = parse(kGood + "approval: {not_starter: false}\n").runbook->approval;
    REQUIRE(other);
    CHECK_FALSE(other->ahead);
}

TEST_CASE("what is right and not built yet is refused where it stands", "[config]") { check_all({}); }

TEST_CASE("says of everything that waits for its turn what is wrong with it", "[config]") {
    check_all({
        {"use: [{a: b}]", {"3:7 wrong_type use[0]"}},
        {"tags: maintenance", {"3:7 wrong_type tags"}},
        {"tags: [a, a]", {"3:11 bad_value tags[1]"}},
        {"priority: urgent", {"3:11 bad_value priority"}},
        {"max_per_hour: 0", {"3:15 bad_value max_per_hour"}},
        {"one_job_per_device: yes", {"3:21 wrong_type one_job_per_device"}},
        {"collect: row", {"3:10 bad_value collect"}},
        {"on_unknown: wait", {"3:13 bad_value on_unknown"}},
        {"tolerate: -1", {"3:11 bad_value tolerate"}},
        {"tolerate: 101%", {"3:11 bad_value tolerate"}},
        {"tolerate: [1]", {"3:11 wrong_type tolerate"}},
        {"guard: 5", {"3:8 wrong_type guard"}},
        {"guard: {}", {"3:8 bad_value guard"}},
        {"guard: {max: 0, max_change: {at_least: 1}}",
         {"3:14 bad_value guard.max", "3:29 missing_key guard.max_change.share"}},
        {"guard: {max: 5, min: 6, max_change: {share: 0.3}}",
         {"3:22 bad_value guard.min", "3:45 bad_value guard.max_change.share"}},
        {"approval: requird", {"3:11 bad_value approval"}},
        {"approval: []", {"3:11 wrong_type approval"}},
        {"approval: {ahead: 0s, starter: false}",
         {"3:19 bad_value approval.ahead", "3:23 unknown_key approval.starter"}},
        {"approval: {}", {"3:11 bad_value approval"}},
        {"approval: {ahead: 32d, not_starter: maybe}",
         {"3:19 bad_value approval.ahead", "3:37 wrong_type approval.not_starter"}},
        {"once: always", {"3:7 bad_value once"}},
        {"once: 1m", {"3:7 bad_value once"}},
        {"ramp: {shares: {}}", {"3:7 missing_key ramp.from", "3:16 bad_value ramp.shares"}},
        {"ramp: {from: 2026-02-30, shares: {0d: 10%, 12h: 20%, 7d: 5%, 1w: 9%, x: 1%, 9d: 5}}",
         {"3:14 bad_value ramp.from", "3:44 bad_value ramp.shares.12h", "3:58 bad_value ramp.shares.7d",
          "3:62 bad_value ramp.shares.1w", "3:70 bad_value ramp.shares.x", "3:81 bad_value ramp.shares.9d"}},
        {"success: {}", {"3:10 bad_value success"}},
        {"success: {exit_code: [], stdout: {}, stderr: {}}",
         {"3:22 bad_value success.exit_code", "3:34 bad_value success.stdout",
          "3:38 unknown_key success.stderr"}},
        {"success: {exit_code: [0, zero, 0]}",
         {"3:26 bad_value success.exit_code[1]", "3:32 bad_value success.exit_code[2]"}},
        {"success: {stdout: {must_match: '(', must_not_match: '(?=a)'}}",
         {"3:32 bad_value success.stdout.must_match", "3:53 bad_value success.stdout.must_not_match"}},
        {"retry: {attempts: 0, delay: 2d, backoff: 0.5, on: [faild]}",
         {"3:19 bad_value retry.attempts", "3:29 bad_value retry.delay", "3:42 bad_value retry.backoff",
          "3:52 bad_value retry.on[0]"}},
        {"retry: {backoff: twice}", {"3:18 bad_value retry.backoff"}},
        {"notify: [{to: On Call, on: []}, {per: group}]",
         {"3:15 bad_value notify[0].to", "3:28 bad_value notify[0].on", "3:33 missing_key notify[1].to",
          "3:33 missing_key notify[1].on", "3:39 bad_value notify[1].per"}},
        {"schedule: {maintenance: patch, cron: '0 2 * * *'}", {"3:38 bad_value schedule.cron"}},
        {"steps: []", {"3:8 bad_value steps", "3:8 bad_value steps"}},
    });
}

TEST_CASE("says of a rollout what is wrong with it", "[config]") {
    check_all({
        {"rollout: {}", {"3:10 bad_value rollout"}},
        {"rollout: {waves: []}", {"3:18 bad_value rollout.waves"}},
        {"rollout: {waves: 10%}", {"3:18 wrong_type rollout.waves"}},
        {"rollout: {waves: [0, 50%, 50%, 30%, [1]]}",
         {"3:19 bad_value rollout.waves[0]", "3:27 bad_value rollout.waves[2]",
          "3:32 bad_value rollout.waves[3]", "3:37 wrong_type rollout.waves[4]"}},
        {"rollout: {waves: [{hostnam: x}, {}]}",
         {"3:20 unknown_key rollout.waves[0].hostnam", "3:33 bad_value rollout.waves[1]"}},
        {"rollout: {soak: -1s, promote: later, max_in_flight: 0}",
         {"3:17 bad_value rollout.soak", "3:31 bad_value rollout.promote",
          "3:53 bad_value rollout.max_in_flight"}},
        {"rollout: {abort_when: {failed: 0, failed_share: 0%, min_finished: x, scope: device}}",
         {"3:32 bad_value rollout.abort_when.failed", "3:49 bad_value rollout.abort_when.failed_share",
          "3:67 bad_value rollout.abort_when.min_finished", "3:77 bad_value rollout.abort_when.scope"}},
        {"rollout: {max_in_flight_per: {site: 0, udf.301: 1, hostname: 1}}",
         {"3:37 bad_value rollout.max_in_flight_per.site",
          "3:40 unknown_key rollout.max_in_flight_per.udf.301",
          "3:52 unknown_key rollout.max_in_flight_per.hostname"}},
    });
}

TEST_CASE("says of a trigger what is wrong with it", "[config]") {
    check_all({
        {"triggers: {alert: {}}", {"3:11 wrong_type triggers"}},
        {"triggers: [{}]", {"3:12 bad_value triggers[0]"}},
        {"triggers: [{alert: {}}]", {"3:20 bad_value triggers[0].alert"}},
        {"triggers: [{alert: {priority: [critical], class: [], cooldown: x, resolve: no}}]",
         {"3:32 bad_value triggers[0].alert.priority[0]", "3:50 bad_value triggers[0].alert.class",
          "3:64 bad_value triggers[0].alert.cooldown", "3:76 wrong_type triggers[0].alert.resolve"}},
        {"triggers: [{outcome: {disposition: [broken], consecutive: 0}}]",
         {"3:22 missing_key triggers[0].outcome.runbook", "3:37 bad_value triggers[0].outcome.disposition[0]",
          "3:59 bad_value triggers[0].outcome.consecutive"}},
        {"triggers: [{online: {offline_for: 24h}, discovered: {settle: 400d}}]",
         {"3:12 bad_value triggers[0]", "3:62 bad_value triggers[0].discovered.settle"}},
        {"name: a\ntriggers: [{outcome: {runbook: a, disposition: [failed]}}]",
         {"4:32 trigger_loop triggers[0].outcome.runbook"}},
        {"triggers: [{onlin: {}}]", {"3:13 unknown_key triggers[0].onlin"}},
    });
}

TEST_CASE("says of a step what is wrong with it", "[config]") {
    check_all(
        {
            {"steps:\n  - {component: A}", {"3:5 missing_key steps[0].name"}},
            {"steps:\n  - {name: a}", {"3:5 missing_key steps[0].component"}},
            {"steps:\n  - {name: a, component: A}\n  - {name: a, component: B}",
             {"4:12 duplicate_name steps[1].name"}},
            {"steps:\n  - {name: a, component: A, when: a.failed}", {"3:35 bad_value steps[0].when"}},
            {"steps:\n  - {name: check, component: A}\n  - {name: b, component: B, when: chek.failed}\n"
             "  - {name: c, component: C, when: check.fialed}\n  - {name: d, component: D, when: check}",
             {"4:35 bad_value steps[1].when", "5:35 bad_value steps[2].when",
              "6:35 bad_value steps[3].when"}},
            {"steps:\n  - {expect: {}}\n  - {expect: {online: yes, within: 0s}, component: A}",
             {"3:14 bad_value steps[0].expect", "3:14 bad_value steps[0].expect",
              "4:23 wrong_type steps[1].expect.online", "4:36 bad_value steps[1].expect.within",
              "4:52 bad_value steps[1].component"}},
            {"steps:\n  - {name: A, component: [], timeout: 0s, on_failure: retry, success: {stdout: "
             "{must_match: '['}}}",
             {"3:12 bad_value steps[0].name", "3:26 wrong_type steps[0].component",
              "3:39 bad_value steps[0].timeout", "3:55 bad_value steps[0].on_failure",
              "3:93 bad_value steps[0].success.stdout.must_match"}},
            {"steps:\n  - {name: a, component: A}\n  - {name: b, component: B, when: a.failed}\n"
             "  - {name: c, component: C, when: [a.succeeded, a.expired]}\n  - {name: d, component: D, when: "
             "[]}",
             {"4:35 bad_value steps[1].when", "5:49 bad_value steps[2].when[1]",
              "6:35 bad_value steps[3].when"}},
            {"steps:\n  - {name: a, component: A}\n  - {expect: {online: false, rebooted: true}}",
             {"4:23 bad_value steps[1].expect.online"}},
            {"steps: [{name: a, component: A}]\ncomponent: A", {"2:8 bad_value steps"}},
        },
        "targets: {include: [{all: true}]}\n");
    const auto wrong = parse(
        "targets: {include: [{all: true}]}\nsteps: [{name: check, component: A}, {name: b, "
        "component: B, when: chek.failed}]\n");
    CHECK(wrong.diagnostics.back().suggestion == "check");
}

TEST_CASE("steps are read with what holds for each of them", "[config]") {
    const auto book =
        *parse(
             "targets: {include: [{all: true}]}\ntimeout: 30m\nsuccess: {warnings: fail}\n"
             "variables: {a: 1}\nsteps:\n"
             "  - {name: check, component: Check, on_failure: continue, success: {exit_code: [0]}}\n"
             "  - {name: repair, component: Repair, when: [check.failed, check.timeout], timeout: "
             "10m, variables: {b: '2'}}\n"
             "  - {expect: {online: true, rebooted: true}}\n")
             .runbook;
    REQUIRE(book.steps);
    const auto& steps = book.steps->list;
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].name == "check");
    CHECK(steps[0].goes_on_after_failure);
    CHECK(steps[1].component == "Repair");
    CHECK_FALSE(steps[1].goes_on_after_failure);
    REQUIRE(steps[1].when.size() == 2);
    CHECK(steps[1].when[1].step == 0);
    CHECK(steps[1].when[1].end == runbookd::runbook::StepEnd::timeout);
    CHECK(steps[1].variables.size() == 1);
    CHECK(steps[2].name == "step-3");
    REQUIRE(steps[2].expect);
    CHECK(steps[2].expect->within == std::chrono::minutes{20});
    CHECK(book.timeout_of(1) == std::chrono::minutes{30});
    CHECK(book.timeout_of(2) == std::chrono::minutes{10});
    CHECK_FALSE(book.success_of(1)->warnings_fail);
    CHECK(book.success_of(2)->warnings_fail);
    CHECK(book.ends_within() == std::chrono::minutes{50});
}

TEST_CASE("a guard is read as a whole", "[config]") {
    const auto document = parse_document("{max: 500, min: 2, max_change: {share: 30%}}", "a.yaml");
    Report report("a.yaml");
    const auto guard = read_guard(Field{document.root.get(), "guard", &report});
    CHECK(report.take().empty());
    CHECK(guard.max == 500);
    CHECK(guard.min == 2);
    REQUIRE(guard.max_change);
    CHECK(guard.max_change->share == 30);
    CHECK(guard.max_change->at_least == 10);
}
