#include "engine/outcome.hpp"

#include <vector>

#include "catch.hpp"

namespace runbookd::engine {

TEST_CASE("what Datto says means what the table of states says", "[engine][outcome]") {
    struct Row {
        DeploymentStatus datto;
        JobStatus status;
        std::string reason;
        Disposition disposition;
        std::string text;
    };
    const std::vector<Row> rows{
        {DeploymentStatus::success, JobStatus::completed, "", Disposition::succeeded, "Success"},
        {DeploymentStatus::warning, JobStatus::completed, "warnings", Disposition::warning, "Warning"},
        {DeploymentStatus::failure, JobStatus::failed, "datto_failure", Disposition::failed, "Failure"},
        {DeploymentStatus::expired, JobStatus::failed, "datto_expired", Disposition::expired, "Expired"},
        {DeploymentStatus::retired, JobStatus::failed, "retired", Disposition::failed, "Retired"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto outcome = outcome_of(row.datto);
        REQUIRE(outcome);
        CHECK(outcome->status == row.status);
        CHECK(outcome->reason == row.reason);
        CHECK(outcome->disposition == row.disposition);
        JobResult result;
        result.status = row.datto;
        CHECK(status_text(result) == row.text);
    }
}

TEST_CASE("what has not ended has no outcome, an unknown status neither", "[engine][outcome]") {
    CHECK_FALSE(outcome_of(DeploymentStatus::pending));
    CHECK_FALSE(outcome_of(DeploymentStatus::running));
    CHECK_FALSE(outcome_of(DeploymentStatus::other));
    JobResult odd;
    odd.status = DeploymentStatus::other;
    odd.status_text = "Paused";
    CHECK(status_text(odd) == "Paused");
}

}  // namespace runbookd::engine
