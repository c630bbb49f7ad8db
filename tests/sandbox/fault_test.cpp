#include "sandbox/fault.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using testing::contains;

std::string error_of(const json& value) {
    const auto fault = parse_fault(value);
    return fault ? std::string{} : fault.error().message;
}

TEST_CASE("a fault strikes the nth call of its operation and as many after it as it says", "[sandbox]") {
    Faults faults;
    faults.set(
        {*parse_fault({{"operation", "quickjob"}, {"nth", 2}, {"times", 2}, {"kind", "reset_after"}})});
    CHECK_FALSE(faults.strike(Operation::quickjob));
    CHECK_FALSE(faults.strike(Operation::results));
    CHECK(faults.strike(Operation::quickjob)->kind == FaultKind::reset_after);
    CHECK(faults.strike(Operation::quickjob));
    CHECK_FALSE(faults.strike(Operation::quickjob));
    CHECK(faults.describe()[0]["seen"] == 4);
    CHECK(faults.describe()[0]["struck"] == 2);
}

TEST_CASE("times 0 strikes for ever, and setting faults starts the counting anew", "[sandbox]") {
    Faults faults;
    const auto for_ever =
        *parse_fault({{"operation", "token"}, {"times", 0}, {"kind", "status"}, {"status", "503"}});
    faults.set({for_ever});
    for (int i = 0; i < 50; ++i) CHECK(faults.strike(Operation::token)->status == 503);
    faults.set({});
    CHECK_FALSE(faults.strike(Operation::token));
}

/// Which of a thousand quick jobs meet these faults.
std::vector<bool> struck_by(const std::vector<json>& list) {
    std::vector<Fault> set;
    for (const auto& each : list) set.push_back(*parse_fault(each));
    Faults faults;
    faults.set(set);
    std::vector<bool> struck;
    for (int i = 0; i < 1000; ++i) struck.push_back(faults.strike(Operation::quickjob).has_value());
    return struck;
}

std::size_t count(const std::vector<bool>& struck) {
    return static_cast<std::size_t>(std::count(struck.begin(), struck.end(), true));
}

TEST_CASE("a share of the calls is struck, the same ones for the same seed", "[sandbox]") {
    const json fault = {{"operation", "quickjob"}, {"share", "5%"}, {"seed", 7}, {"kind", "cut"}};
    const auto struck = struck_by({fault});
    CHECK(count(struck) > 25);
    CHECK(count(struck) < 80);
    CHECK(struck_by({fault}) == struck);
    auto other = fault;
    other["seed"] = 8;
    CHECK(struck_by({other}) != struck);
    CHECK(count(struck_by({fault, fault})) > count(struck));
    other = fault;
    other["times"] = 3;
    CHECK(count(struck_by({other})) == 3);
    other["nth"] = 1001;
    CHECK(count(struck_by({other})) == 0);
    CHECK(count(struck_by({{{"operation", "any"}, {"share", "0%"}, {"kind", "cut"}}})) == 0);
    CHECK(count(struck_by({{{"operation", "any"}, {"share", "100%"}, {"kind", "cut"}}})) == 1000);
}

TEST_CASE("a fault of any operation counts all of them", "[sandbox]") {
    Faults faults;
    faults.set({*parse_fault({{"operation", "any"}, {"nth", 3}, {"kind", "cut"}})});
    CHECK_FALSE(faults.strike(Operation::token));
    CHECK_FALSE(faults.strike(Operation::devices));
    CHECK(faults.strike(Operation::quickjob));
    CHECK(faults.describe()[0]["operation"] == "any");
    CHECK(faults.describe()[0]["share"].is_null());
}

TEST_CASE("what a fault leaves out has a default", "[sandbox]") {
    const auto block = *parse_fault({{"operation", "devices"}, {"kind", "block"}});
    CHECK(block.status == 403);
    CHECK(block.delay == std::chrono::minutes{5});
    CHECK(block.nth == 1);
    CHECK(block.times == 1);
    CHECK(parse_fault({{"operation", "devices"}, {"kind", "slow"}, {"delay", "250ms"}})->delay ==
          Millis{250});
}

TEST_CASE("a fault that makes no sense is refused with what was expected", "[sandbox]") {
    CHECK(contains(error_of({{"operation", "quikjob"}, {"kind", "status"}}), "did you mean `quickjob`?"));
    CHECK(contains(error_of({{"operation", "quickjob"}, {"kind", "explode"}}),
                   "expected one of: status, reset_before"));
    CHECK(contains(error_of({{"operation", "quickjob"}}), "fault.kind"));
    CHECK(contains(error_of({{"operation", "quickjob"}, {"kind", "status"}, {"nth", 0}}),
                   "fault.nth: expected"));
    CHECK(contains(error_of({{"operation", "quickjob"}, {"kind", "status"}, {"staus", 1}}),
                   "did you mean `status`?"));
    CHECK(contains(error_of({{"operation", "any"}, {"kind", "cut"}, {"share", 2}}), "fault.share: expected"));
    CHECK(contains(error_of({{"operation", "any"}, {"kind", "cut"}, {"seed", -1}}), "fault.seed: expected"));
    CHECK(contains(error_of(json::array()), "expected a map"));
}

}  // namespace
}  // namespace runbookd::sandbox
