// Runbooks with a schedule for each customer: every lane is computed again by itself.
#include "catch.hpp"
#include "verify/facts_fixture.hpp"

namespace runbookd::verify_test {
namespace {

using engine::Verdict;
using std::chrono::hours;
using std::chrono::minutes;

verify::Occurrence of(const std::string& customer, verify::Occurrence row, const std::string& zone = "UTC") {
    row.customer = customer;
    row.zone = zone;
    return row;
}

runbook::Lane lane(const std::string& customer, const std::string& cron,
                   std::shared_ptr<const cron::Zone> where = zone()) {
    return {customer, schedule::Timeline({entry(cron, std::move(where))}), {}, {}};
}

runbook::Runbook lanes(std::vector<runbook::Lane> all) {
    auto made = book({entry("0 * * * *")});
    made.schedule.reset();
    made.lanes = runbook::Lanes{runbook::LanesBy::customer, "0 * * * *", std::move(all)};
    return made;
}

/// Acme every second hour, birch too but two hours east (at odd hours here), nobody's at 03:00.
Case three() {
    Case made;
    made.revisions = {revision(lanes({lane("", "0 3 * * *"), lane("acme", "0 */2 * * *"),
                                      lane("birch", "0 3,5 * * *", zone("Athens", 2))}))};
    made.slice.occurrences = {of("acme", missed("02:00", "04:00", 2)), of("", ran("03:00")),
                              of("acme", ran("06:00"))};
    made.slice.occurrences.insert(made.slice.occurrences.begin(),
                                  of("birch", missed("01:00", "03:00", 2), "Athens"));
    made.slice.judged_until = at("06:00");
    return made;
}

}  // namespace

TEST_CASE("lanes that agree with their record are explained, also where they meet", "[verify]") {
    const auto report = three().report();
    CHECK(report.instants == 6);
    CHECK(report.findings.empty());
    CHECK(report.pending == 0);
}

TEST_CASE("what one lane lacks no other makes up for", "[verify]") {
    auto spoilt = three();
    spoilt.slice.occurrences[2].customer = "acme";  // nobody's 03:00
    CHECK(spoilt.found() == Lines{"twice 03:00-03:00 (1)", "no_verdict 03:00-03:00 (1)"});
    CHECK(spoilt.report().findings[0].customer == "acme");
    CHECK(spoilt.report().findings[1].customer.empty());
    auto exchanged = three();
    exchanged.slice.occurrences[0].customer = "cedar";
    const auto found = exchanged.report().findings;
    REQUIRE(found.size() == 2);
    CHECK(found[0].customer == "birch");
    CHECK(found[0].zone == "Athens");
    CHECK(found[0].count == 2);
    CHECK(found[1].kind == verify::Kind::not_an_instant);
    CHECK(found[1].customer == "cedar");
}

TEST_CASE("an open run explains the instant of its own lane", "[verify]") {
    auto open = three();
    open.present.now = at("06:05");
    open.slice.occurrences.pop_back();
    open.slice.judged_until = at("04:00");
    open.slice.open_runs = {{"01OPEN", 1, "UTC", at("06:00"), at("06:10"), false, false, "acme"}};
    CHECK(open.found().empty());
    CHECK(open.report().pending == 1);
    open.slice.open_runs[0].customer = "birch";
    CHECK(open.found() == Lines{"not_an_instant 06:00-06:00 (1)"});
}

TEST_CASE("a lane's blackouts are its zone's, its customer's and the account's", "[verify]") {
    Case made;
    const schedule::Blackouts three_to_four(
        {{schedule::Recurring{*cron::Expression::parse("0 3 * * *"), minutes{10}}, zone(), ""}});
    auto book = lanes({lane("acme", "0 3 * * *"), lane("birch", "0 3 * * *")});
    book.lanes->all[0].customer_not_during = three_to_four;
    made.revisions = {revision(book)};
    const auto skipped = verdict("03:00", "03:00", 1, Verdict::skipped, "blackout");
    made.slice.occurrences = {of("acme", skipped), of("birch", skipped)};
    made.slice.judged_until = at("06:00");
    CHECK(made.found() == Lines{"no_blackout 03:00-03:00 (1)"});
    CHECK(made.report().findings[0].customer == "birch");
    book.account_not_during = std::make_shared<const schedule::Blackouts>(three_to_four);
    made.revisions = {revision(book)};
    CHECK(made.found().empty());
}

TEST_CASE("a lane that a revision no longer has is judged by the one that had it", "[verify]") {
    auto changed = three();
    changed.revisions[0].until = at("04:30");
    changed.revisions.push_back(revision(lanes({lane("acme", "0 */2 * * *")}), 2, "04:30"));
    changed.slice.occurrences.back().revision = 2;
    CHECK(changed.found().empty());
    CHECK(changed.report().instants == 6);
    changed.slice.occurrences.push_back(of("birch", missed("05:00", "05:00", 1), "Athens"));
    changed.slice.occurrences.back().revision = 2;
    CHECK(changed.found() == Lines{"not_an_instant 05:00-05:00 (1)"});
}

}  // namespace runbookd::verify_test
