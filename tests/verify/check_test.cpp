// Instants computed again, and what the record must say of them.
#include <chrono>

#include "catch.hpp"
#include "verify/facts_fixture.hpp"

namespace runbookd::verify_test {
namespace {

using engine::Verdict;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("a record that agrees with its schedule is explained, instant by instant", "[verify]") {
    const auto report = hourly().report();
    CHECK(report.instants == 6);
    CHECK(report.unexplained == 0);
    CHECK(report.findings.empty());
    CHECK(report.pending == 0);
}

TEST_CASE("a month of minutes in one row is counted", "[verify]") {
    Case month;
    month.revisions = {revision(book({entry("* * * * *")}))};
    month.slice.until = at("2026-12-31T00:00:00Z");
    month.slice.occurrences = {missed("00:01", "2026-12-31T00:00:00Z", 43'200)};
    month.present.now = at("2027-01-01T00:00:00Z");
    CHECK(month.report().instants == 43'200);
    CHECK(month.found().empty());
    month.slice.occurrences[0].count = 43'198;
    CHECK(month.found() == Lines{"wrong_count 00:01-00:00 (2)"});
}

TEST_CASE("instants without a verdict are told as one stretch", "[verify]") {
    auto spoilt = hourly();
    spoilt.slice.occurrences.erase(spoilt.slice.occurrences.begin(), spoilt.slice.occurrences.begin() + 2);
    CHECK(spoilt.found() == Lines{"no_verdict 01:00-04:00 (4)"});
    CHECK(spoilt.report().unexplained == 4);
    CHECK(spoilt.report().findings[0].message ==
          "no verdict and no run (revision 1, in force from 2026-12-01T00:00:00.000Z); the window closed at "
          "2026-12-01T01:10:00.000Z");
}

TEST_CASE("an instant is pending until its window, its timeout and an hour have passed", "[verify]") {
    auto young = hourly();
    young.slice.occurrences.pop_back();
    young.slice.judged_until = at("05:00");
    young.present.now = at("07:15");
    CHECK(young.found().empty());
    CHECK(young.report().pending == 1);
    young.present.now += Millis{1};
    CHECK(young.found() == Lines{"no_verdict 06:00-06:00 (1)"});
    young.present.up_since = at("07:06");
    CHECK(young.found().empty());  // the start is still judging its downtime
    young.slice.judged_until = at("06:00");
    CHECK(young.found() == Lines{"no_verdict 06:00-06:00 (1)"});  // a hole is no downtime
}

TEST_CASE("a run that may still begin explains its instant, one that ended does not", "[verify]") {
    auto open = hourly();
    open.slice.occurrences.pop_back();
    open.slice.judged_until = at("05:00");
    open.slice.open_runs = {{"01OPEN", 1, "UTC", at("06:00"), at("06:10"), false, false}};
    open.present.now = at("06:30");
    CHECK(open.found().empty());
    CHECK(open.report().pending == 1);
    open.present.now = at("12:00");
    CHECK(open.found() == Lines{"run_undecided 06:00-06:00 (1)"});
    open.present.now = at("06:30");
    open.slice.open_runs[0].has_finished = true;
    CHECK(open.found() == Lines{"run_undecided 06:00-06:00 (1)"});
}

TEST_CASE("a run of no instant is told", "[verify]") {
    auto stray = hourly();
    stray.slice.open_runs = {{"01OPEN", 1, "UTC", at("05:30"), at("05:40"), true, true}};
    CHECK(stray.found() == Lines{"not_an_instant 05:30-05:30 (1)"});
}

TEST_CASE("a row must begin and end on instants of its revision", "[verify]") {
    auto spoilt = hourly();
    SECTION("its end is none") {
        spoilt.slice.occurrences[0].until = at("03:30");
        CHECK(spoilt.found() == Lines{"not_an_instant 01:00-03:30 (1)"});
    }
    SECTION("its beginning is none") {
        spoilt.slice.occurrences[0].nominal = at("00:30");
        CHECK(spoilt.found() == Lines{"not_an_instant 00:30-03:00 (1)"});
    }
    SECTION("it is between two of them") {
        spoilt.slice.occurrences.insert(spoilt.slice.occurrences.begin() + 1, missed("03:30", "03:30", 1));
        CHECK(spoilt.found() == Lines{"not_an_instant 03:30-03:30 (1)"});
    }
    SECTION("its zone is another") {
        spoilt.slice.occurrences[0].zone = "Europe/Berlin";
        CHECK(spoilt.found() == Lines{"no_verdict 01:00-03:00 (3)", "not_an_instant 01:00-03:00 (3)"});
    }
    SECTION("the runbook is disabled") {
        auto disabled = book({entry("0 * * * *")});
        disabled.enabled = false;
        spoilt.revisions = {revision(std::move(disabled))};
        CHECK(spoilt.report().instants == 0);
        CHECK(spoilt.found().size() == 4);
    }
}

TEST_CASE("two rows over one instant are told", "[verify]") {
    auto spoilt = hourly();
    spoilt.slice.occurrences.insert(spoilt.slice.occurrences.begin() + 1, missed("02:00", "02:00", 1));
    CHECK(spoilt.found() == Lines{"twice 02:00-02:00 (1)"});
}

TEST_CASE("each revision names the instants after it took effect, until the next did", "[verify]") {
    Case edited;
    edited.revisions = {revision(book({entry("0 * * * *")})),
                        revision(book({entry("30 * * * *")}), 2, "02:00")};
    edited.revisions[0].until = at("02:00");
    auto second = missed("02:30", "05:30", 4);
    second.revision = 2;
    edited.slice.occurrences = {missed("01:00", "02:00", 2), second};
    CHECK(edited.report().instants == 6);
    CHECK(edited.found().empty());

    edited.slice.occurrences[1].revision = 1;
    CHECK(edited.found().size() == 4);  // each of its instants is another revision's
    edited.slice.occurrences[1].revision = 2;
    edited.revisions[1].until = at("04:00");  // retired
    CHECK(edited.found() == Lines{"not_an_instant 02:30-05:30 (1)"});
}

TEST_CASE("a revision that cannot be read is one finding, and its rows are left alone", "[verify]") {
    auto unreadable = hourly();
    unreadable.revisions[0].book = nullptr;
    unreadable.revisions[0].trouble = "no such zone";
    CHECK(unreadable.found() == Lines{"unreadable_text 00:00-06:00 (1)"});
    CHECK(unreadable.report().findings[0].message == "revision 1 cannot be read: no such zone");
}

TEST_CASE("entries in several zones have rows of their own, or rows under their names together", "[verify]") {
    Case zones;
    zones.revisions = {revision(book({entry("0 * * * *"), entry("30 * * * *", zone("Far", 5))}))};
    auto far = missed("00:30", "05:30", 6);
    SECTION("each its own") {
        far.zone = "Far";
        zones.slice.occurrences = {far, missed("01:00", "06:00", 6)};
        CHECK(zones.found().empty());
        zones.slice.occurrences[0].count = 11;
        CHECK(zones.found() == Lines{"wrong_count 00:30-05:30 (5)"});
    }
    SECTION("together") {
        far.zone = "UTC, Far";
        far.until = at("06:00");
        far.count = 12;
        zones.slice.occurrences = {far};
        CHECK(zones.found().empty());
    }
    CHECK(zones.report().instants == 12);
}

TEST_CASE("a row that reaches over the slice is counted where it begins, and covers where it reaches",
          "[verify]") {
    auto first = hourly();
    first.slice.until = at("02:00");
    first.slice.occurrences.resize(1);
    CHECK(first.report().instants == 2);
    CHECK(first.found().empty());
    auto second = hourly();
    second.slice.from = at("02:00");
    CHECK(second.report().instants == 4);
    CHECK(second.found().empty());
    first.slice.occurrences[0].count = 4;
    second.slice.occurrences[0].count = 4;
    CHECK(first.found() == Lines{"wrong_count 01:00-03:00 (1)"});
    CHECK(second.found().empty());
}

TEST_CASE("a verdict needs the run that it speaks of", "[verify]") {
    auto spoilt = hourly();
    auto& row = spoilt.slice.occurrences[1];
    SECTION("there is none") {
        row.run.reset();
        CHECK(spoilt.found() == Lines{"wrong_run 04:00-04:00 (1)"});
    }
    SECTION("it is of another instant") {
        row.run->nominal = at("05:00");
        CHECK(spoilt.found() == Lines{"wrong_run 04:00-04:00 (1)"});
    }
    SECTION("it never began") {
        row.run->started_at.reset();
        CHECK(spoilt.found() == Lines{"wrong_run 04:00-04:00 (1)"});
    }
    SECTION("one that never began was missed") {
        row.run->started_at.reset();
        row.verdict = Verdict::missed;
        CHECK(spoilt.found().empty());
    }
    SECTION("one that the guard refused has a run to show for it") {
        row.verdict = Verdict::skipped;
        row.reason = "guard";
        CHECK(spoilt.found().empty());
        row.run.reset();
        CHECK(spoilt.found() == Lines{"wrong_run 04:00-04:00 (1)"});
    }
}

TEST_CASE("on_time is 60 s from nominal + jitter", "[verify]") {
    auto late = hourly();
    auto& row = late.slice.occurrences[1];
    row = ran("04:00", Verdict::on_time, seconds{60});
    CHECK(late.found().empty());
    row = ran("04:00", Verdict::on_time, Millis{60'001});
    CHECK(late.found() == Lines{"not_on_time 04:00-04:00 (1)"});
    row.run->starts_at = at("04:00") + seconds{30};
    CHECK(late.found().empty());
    row.run->starts_at.reset();  // recorded before jitter was kept
    CHECK(late.found() == Lines{"not_on_time 04:00-04:00 (1)"});
    row.verdict = Verdict::late;
    CHECK(late.found().empty());
}

TEST_CASE("skipped / paused needs a pause over each instant", "[verify]") {
    auto paused = hourly();
    paused.slice.occurrences[0] = verdict("01:00", "03:00", 3, Verdict::skipped, "paused");
    CHECK(paused.found() == Lines{"no_pause 01:00-03:00 (3)"});
    paused.slice.pauses = {{at("00:50"), at("01:30")}, {at("01:20"), at("02:05")}};
    CHECK(paused.found() == Lines{"no_pause 03:00-03:00 (1)"});
    paused.slice.pauses[1].until = at("03:00");  // over when the last one came
    CHECK(paused.found() == Lines{"no_pause 03:00-03:00 (1)"});
    paused.slice.pauses.push_back({at("03:00"), at("04:00")});
    CHECK(paused.found().empty());
}

TEST_CASE("skipped / blackout needs a blackout over all of the window", "[verify]") {
    auto dark = hourly();
    dark.slice.occurrences[0] = verdict("01:00", "03:00", 3, Verdict::skipped, "blackout");
    CHECK(dark.found() == Lines{"no_blackout 01:00-03:00 (3)"});
    auto strict = book({entry("0 * * * *")});
    const auto nightly = cron::Expression::parse("0 1 * * *");
    REQUIRE(nightly);
    strict.not_during =
        schedule::Blackouts({{schedule::Recurring{*nightly, hours{1} + minutes{9}}, zone(), ""}});
    dark.revisions = {revision(strict)};
    CHECK(dark.found() == Lines{"no_blackout 02:00-03:00 (2)"});
    strict.not_during =
        schedule::Blackouts({{schedule::Recurring{*nightly, hours{2} + minutes{10}}, zone(), ""}});
    dark.revisions = {revision(strict)};
    CHECK(dark.found().empty());
}

TEST_CASE("findings are kept up to a bound, and all are counted", "[verify]") {
    verify::Report report;
    for (std::size_t i = 0; i < verify::kMostFindings + 5; ++i) report.add({});
    CHECK(report.findings.size() == verify::kMostFindings);
    CHECK(report.unexplained == static_cast<std::int64_t>(verify::kMostFindings) + 5);
}

}  // namespace runbookd::verify_test
