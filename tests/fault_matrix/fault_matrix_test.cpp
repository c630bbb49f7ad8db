// Each operation of the API meets each kind of fault at its first call, its second, and so on, until a whole
// life goes by without reaching it; every time the promises must hold.
#include <string>
#include <vector>

#include "catch.hpp"
#include "fault_matrix/life.hpp"

namespace runbookd::fault_matrix {
namespace {

using sandbox::Operation;
using std::chrono::minutes;

const std::vector<std::string> kFaults{"kind: reset_before",
                                       "kind: reset_after",
                                       "kind: cut",
                                       "kind: bad_json",
                                       "kind: slow, delay: 70s",
                                       "kind: html, status: 504",
                                       "kind: html, status: 200",
                                       "kind: status, status: 500",
                                       "kind: status, status: 409",
                                       "kind: status, status: 429",
                                       "kind: status, status: 401",
                                       "kind: block, delay: 300s"};

/// Those that the lives below make.
const std::vector<Operation> kOperations{
    Operation::token,        Operation::request_rate, Operation::sites,      Operation::devices,
    Operation::site_devices, Operation::device,       Operation::components, Operation::quickjob,
    Operation::results,      Operation::job_stdout,   Operation::job_stderr, Operation::activity_logs,
    Operation::filters};

/// Those in a filter of the account: its devices are read page by page too.
runbook::Runbook workstations() {
    auto book = simulation::every_minute("workstations", minutes{1});
    runbook::Selector by_filter;
    by_filter.filter = runbook::TextMatch{{"All workstations"}, false};
    book.targets.include = {by_filter};
    return book;
}

}  // namespace

TEST_CASE("no fault at any call of any operation breaks a promise", "[fault_matrix]") {
    int lives = 0;
    int struck = 0;
    for (const auto operation : kOperations)
        for (const auto& fault : kFaults)
            for (int nth = 1;; ++nth) {
                const auto text = "{operation: " + std::string(sandbox::name_of(operation)) +
                                  ", nth: " + std::to_string(nth) + ", " + fault + "}";
                INFO(text);
                Plan plan;
                plan.fleet = small_fleet() + "faults: [" + text + "]\n";
                plan.seed = static_cast<std::uint64_t>(nth);
                plan.with_kill = nth % 2 == 0;
                plan.runbooks = {everything()};
                if (operation == Operation::filters || operation == Operation::devices)
                    plan.runbooks.push_back(workstations());
                const auto life = live(std::move(plan));
                check_promises(life);
                // Whoever is blocked for five minutes may miss all that was due in three.
                if (fault.find("block") == std::string::npos) CHECK(life.account->ledger().size() >= 3);
                ++lives;
                const auto arrived = life.account->arrivals().find(operation);
                if (arrived == life.account->arrivals().end() || arrived->second < nth) break;
                ++struck;
            }
    INFO(lives << " lives, a fault struck in " << struck);
    CHECK(struck > 500);
}

}  // namespace runbookd::fault_matrix
