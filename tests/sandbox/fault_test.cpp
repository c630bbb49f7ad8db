#include "sandbox/fault.hpp"

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
    CHECK(contains(error_of(json::array()), "expected a map"));
}

}  // namespace
}  // namespace runbookd::sandbox
