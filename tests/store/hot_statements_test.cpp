// What is written for every job is written without detours.
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <array>

#include "catch.hpp"
#include "store/connection.hpp"
#include "store/fixture.hpp"
#include "store/sql.hpp"

namespace runbookd::store_test {
namespace {

constexpr std::array kOfEveryJob{"write_event", "write_job", "write_job_change", "write_job_outputs",
                                 "write_target_decision"};
constexpr std::int64_t kUndoesTheStatement = 2;  // SQLite's OE_Abort

struct Operation {
    std::string name, comment;
    std::int64_t p1 = 0, p2 = 0;
};

std::vector<Operation> program_of(store::Connection& connection, const std::string& query) {
    SQLite::Statement explained(connection.database(), "EXPLAIN " + std::string(store::query_text(query)));
    std::vector<Operation> program;
    while (explained.executeStep())
        program.push_back({explained.getColumn("opcode").getString(), explained.getColumn("p4").getString(),
                           explained.getColumn("p1").getInt64(), explained.getColumn("p2").getInt64()});
    return program;
}

/// Triggers stand behind the statement; what they do only for a device that is new to a runbook, or for a
/// target that was unknown, may cost something.
std::vector<Operation> without_rare_trigger(const std::vector<Operation>& program) {
    std::vector<Operation> often;
    bool is_rare = false;
    for (const auto& operation : program) {
        if (operation.name == "Init")
            is_rare = operation.comment.find("targets_are_known_to_coverage") != std::string::npos;
        if (!is_rare) often.push_back(operation);
    }
    return often;
}

/// Where a statement writes more than one row and may fail after that, SQLite keeps each page that it
/// changes.
bool may_be_undone_alone(const Operation& one) {
    return one.name == "Function" || one.name == "PureFunc" || (one.name == "FkCounter" && one.p1 == 0) ||
           (one.name == "Halt" && one.p1 != 0 && one.p2 == kUndoesTheStatement);
}

TEST_CASE("writing a job makes no table for a list of values, and keeps no page in case it fails",
          "[store]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore(database).close();
    store::Connection connection(database, store::Access::read_write);
    for (const auto* query : kOfEveryJob) {
        INFO(query);
        const auto program = program_of(connection, query);
        REQUIRE(program.size() > 10);
        CHECK(std::none_of(program.begin(), program.end(), may_be_undone_alone));
        const auto often = without_rare_trigger(program);
        CHECK(std::none_of(often.begin(), often.end(),
                           [](const Operation& one) { return one.name == "OpenEphemeral"; }));
    }
}

}  // namespace
}  // namespace runbookd::store_test
