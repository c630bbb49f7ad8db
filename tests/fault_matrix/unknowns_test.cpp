// What nobody knows of the live API (docs/datto-client.md): at each setting of the sandbox that answers one
// of these questions, the promises hold.
#include <string>
#include <vector>

#include "catch.hpp"
#include "fault_matrix/life.hpp"

namespace runbookd::fault_matrix {
namespace {

using std::chrono::minutes;

/// Keys of the fleet file that replace those of the small fleet, or come on top.
struct Setting {
    std::string question;
    std::string keys;
    runbook::OfflinePolicy offline = runbook::OfflinePolicy::wait;
};

const std::string kDevices = R"(
sites:
  - name: Acme HQ
    devices:
      - {hostname: "WS{n:02}", count: 3}
      - {hostname: PR01, class: printer}
      - {hostname: WS98, suspended: true}
      - {hostname: WS99, deleted: true}
  - name: Visits
    on_demand: true
    devices: [{hostname: VISIT01}]
  - name: Branch
    devices: [{hostname: LT01, online: {after: 100s}}]
)";

std::string component(const std::string& more) {
    return "components:\n  - name: Clean\n    " + more +
           "simulate: {duration: 5s..25s, outcome: {Success: 80%, Failure: 20%}, stdout: \"swept "
           "{hostname}\"}\n";
}

const std::vector<Setting> kSettings{
    {"how long a job of an offline device waits", "expiry: 20s", runbook::OfflinePolicy::dispatch},
    {"how long a job of an offline device waits", "expiry: 30d", runbook::OfflinePolicy::dispatch},
    {"how times are written", "unknowns: {times: {date_created: iso, ran_on: iso, devices: iso}}"},
    {"how times are written",
     "unknowns: {times: {date_created: seconds, ran_on: seconds, activity_log: ms}}"},
    {"results after the create", "results_404_for: 30s"},
    {"results after the create", "unknowns: {empty_results: list}"},
    {"the order of the end", "unknowns: {order: {completed: 20s, result: 0s, output: 15s}}"},
    {"the order of the end", "unknowns: {order: {completed: 0s, result: 30s, output: 0s}}"},
    {"outputs", "unknowns: {output: {invalid_utf8: raw}, job_retention: 30m}"},
    {"refusals", "unknowns: {refusals: {component: 404, variable: 404, value: 404, missing: 400}}"},
    {"refusals", "unknowns: {refusals: {component: 409, variable: 400, value: 400, missing: 404}}"},
    {"over the limit",
     "unknowns: {over_limit: {body: html, retry_after: seconds}}\nfaults: [{operation: any, nth: 9, times: "
     "3, kind: status, status: 429}]"},
    {"over the limit",
     "unknowns: {over_limit: {body: empty, retry_after: date}}\nfaults: [{operation: quickjob, nth: 2, "
     "times: 2, kind: status, status: 429}]"},
    {"blocked",
     "unknowns: {blocked: {body: json, retry_after: none}}\nfaults: [{operation: any, nth: 12, kind: "
     "block}]"},
    {"blocked",
     "unknowns: {blocked: {body: empty, retry_after: seconds}}\nfaults: [{operation: results, nth: 3, kind: "
     "block}]"},
    {"jobs for other devices",
     "unknowns: {jobs_for: {on_demand: 403, suspended: 409, deleted: run, other_class: run}}"},
    {"jobs for other devices",
     "unknowns: {jobs_for: {on_demand: fail, suspended: fail, deleted: wait, other_class: fail}}"},
    {"words of variable types", "unknowns: {variable_types: {string: Text, boolean: BOOL}}"},
    {"the token", "unknowns: {token: {refresh_token: true, per_minute: 1}}\ntoken_life: 40s"},
    {"the token", "unknowns: {token: {refused: 400}}\ntoken_life: 30s"},
    {"which limit of writes", "limits: {reads: 600, writes: 100, device_job_create: 100}"},
    {"which limit of writes", "unknowns: {request_rate: {write_fields: false}}"},
    {"lag and retention of the activity log",
     "activity_log: {lag: 60s..120s}\nfaults: [{operation: quickjob, nth: 2, times: 2, kind: reset_after}]"},
    {"lag and retention of the activity log",
     "activity_log: {lag: 0s..1s, deployments: false}\nfaults: [{operation: quickjob, nth: 1, times: 4, "
     "kind: reset_after}]"},
    {"nulls and new words",
     "nulls: {device.lastSeen: 50%, device.domain: 50%, device.deviceClass: 30%, device.suspended: 50%, "
     "result.ranOn: 40%, component_result.numberOfWarnings: 50%, job.dateCreated: 50%, page.totalCount: 50%, "
     "component.description: 100%}\nnew_words: {device.deviceType: 20%}"},
    {"pages", "paging: {drops_filters: true, end: empty, urls: relative, totals: none, size: 2}"}};

void check(const Setting& setting, const std::string& components) {
    for (const bool with_kill : {false, true}) {
        INFO(setting.question << ": " << setting.keys << (with_kill ? ", with a kill" : ""));
        Plan plan;
        plan.fleet = "pickup: 1s..5s\n" + setting.keys + "\n" + kDevices + components;
        plan.with_kill = with_kill;
        plan.runbooks = {everything()};
        plan.runbooks[0].offline = setting.offline;
        const auto life = live(std::move(plan));
        check_promises(life);
        CHECK(life.account->ledger().size() >= 3);
    }
}

}  // namespace

TEST_CASE("the promises hold however the API's open questions are answered", "[fault_matrix]") {
    for (const auto& setting : kSettings) check(setting, component(""));
    for (const std::string credentials : {"run", "wait", "fail"})
        check({"components with credentials", "unknowns: {jobs_for: {credentials: " + credentials + "}}"},
              component("credentials_required: true\n    "));
    for (const std::string word : {"Failure", "Expired", "Warning", "Retired"})
        check({"a component's timeout", "unknowns: {timed_out: " + word + "}"},
              component("timeout: 8s\n    "));
}

}  // namespace runbookd::fault_matrix
