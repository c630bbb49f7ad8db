// What `audit verify` says of a record that retention has been over.
#include "audit/record.hpp"
#include "audit/verify.hpp"
#include "catch.hpp"

namespace runbookd::audit {
namespace {

using namespace audit_test;

/// Removes the events of the record's first runs, as the daemon does.
void prune_events(const std::string& database) {
    store_test::OpenStore open(database);
    ports::Horizons horizons;
    horizons.events = at(100'020);
    const auto counts = open.wait_for(open.store().prune(horizons, at(200'000), "ana"));
    REQUIRE(counts);
    REQUIRE(counts->events > 20);
}

}  // namespace

TEST_CASE("a record that retention has been over is as it was written", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db").string();
    write_record(database);
    write_notes(database, 50);
    prune_events(database);
    const auto report = verify_record(database);
    REQUIRE(report);
    for (const auto& finding : report->findings) UNSCOPED_INFO(finding.subject << ": " << finding.what);
    CHECK(report->is_fine());
    CHECK(report->pruned_until == std::stoll(one(database, "SELECT min(seq) - 1 FROM events")));
}

TEST_CASE("whoever removes events and says that retention did is found", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db").string();
    write_record(database);
    write_notes(database, 50);
    SECTION("a range that nothing in the trail tells of") {
        tamper(database,
               "INSERT INTO pruned_ranges SELECT 1, seq, hash, seq, 0 FROM events WHERE seq = 10;"
               "DELETE FROM events WHERE seq <= 10");
        const auto report = verify_record(database);
        REQUIRE(report);
        REQUIRE(report->found >= 1);
        CHECK(report->findings[0].kind == "chain");
        CHECK(contains(report->findings[0].what, "record.events_pruned"));
    }
    SECTION("more than retention had removed") {
        prune_events(database);
        const auto first = one(database, "SELECT min(seq) FROM events");
        tamper(database, "INSERT INTO pruned_ranges SELECT seq, seq, hash, 1, 0 FROM events WHERE seq = " +
                             first + "; DELETE FROM events WHERE seq = " + first);
        const auto report = verify_record(database);
        REQUIRE(report);
        CHECK_FALSE(report->is_fine());
    }
    SECTION("outputs that were there") {
        tamper(database, "UPDATE jobs SET stdout = NULL, outputs_pruned = 1 WHERE stdout IS NOT NULL");
        const auto report = verify_record(database);
        REQUIRE(report);
        REQUIRE(report->found >= 1);
        CHECK(contains(report->findings[0].what, "removed by retention"));
    }
}

}  // namespace runbookd::audit
