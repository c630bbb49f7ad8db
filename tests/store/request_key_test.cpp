// Which run a request's key stands for: found again after a restart, by the user who has it.
#include <algorithm>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

engine::RunPlanned keyed(const std::string& run, const std::string& key, std::int64_t ms = 0,
                         const std::string& actor = "relay") {
    auto plan = planned(run);
    plan.runbook = "quickjob";
    plan.revision.reset();
    plan.trigger = engine::Trigger::api;
    plan.actor = actor;
    plan.key = engine::RequestKey{key, "hash of " + key};
    plan.at = at(ms);
    return plan;
}

std::string cell(const ports::Rows& rows, const std::string& column, std::size_t row = 0) {
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), column);
    REQUIRE(found != rows.columns.end());
    const auto& value = rows.rows.at(row).at(static_cast<std::size_t>(found - rows.columns.begin()));
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return "NULL";
}

ports::Rows find(OpenStore& open, const std::string& actor, const std::string& key) {
    return open.wait_for(open.store().keyed_job(actor, key)).value();
}

ports::Rows log_of(OpenStore& open, ports::KeyedQuery query) {
    query.actor = "relay";
    return open.wait_for(open.store().keyed_jobs(std::move(query))).value();
}

}  // namespace

TEST_CASE("a key is found with its run from the moment that the run is planned, and with its job later",
          "[store]") {
    TempFolder folder;
    const auto file = folder.file("audit.db").string();
    {
        OpenStore open(file);
        open.commit({keyed("01RUN", "rb01")});
        const auto planned_only = find(open, "relay", "rb01");
        REQUIRE(planned_only.rows.size() == 1);
        CHECK(cell(planned_only, "run_uid") == "01RUN");
        CHECK(cell(planned_only, "request") == "hash of rb01");
        CHECK(cell(planned_only, "job_uid") == "NULL");
        CHECK(cell(planned_only, "finished_at_ms") == "NULL");
        open.commit({started(1), created()});
        open.close();
    }
    OpenStore again(file);
    const auto found = find(again, "relay", "rb01");
    REQUIRE(found.rows.size() == 1);
    CHECK(cell(found, "job_uid") == "01JOB");
    CHECK(cell(found, "device_uid") == "d1");
    CHECK(cell(found, "created_at_ms") != "NULL");
    CHECK(find(again, "somebody", "rb01").rows.empty());
    CHECK(find(again, "relay", "rb02").rows.empty());
}

TEST_CASE("a run that ended without a job says why", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    auto skipped = decided(engine::Disposition::skipped);
    skipped.reason = "blackout";
    open.commit({keyed("01RUN", "rb01"), started(1), skipped, finished()});
    const auto found = find(open, "relay", "rb01");
    CHECK(cell(found, "job_uid") == "NULL");
    CHECK(cell(found, "finished_at_ms") != "NULL");
    CHECK(cell(found, "reason") == "blackout");
}

TEST_CASE("a key stands for its first run", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    open.commit({keyed("01RUN", "rb01"), keyed("02RUN", "rb01"), keyed("03RUN", "rb01", 0, "somebody")});
    CHECK(cell(find(open, "relay", "rb01"), "run_uid") == "01RUN");
    CHECK(cell(find(open, "somebody", "rb01"), "run_uid") == "03RUN");
    auto plain = planned("04RUN");
    plain.revision.reset();
    open.commit({plain});
    CHECK(find(open, plain.actor, "").rows.empty());
}

TEST_CASE("the keyed jobs of a user are listed oldest first, from an instant and page by page", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    for (int i = 1; i <= 4; ++i) {
        const auto number = std::to_string(i);
        open.commit({keyed("0" + number + "RUN", "rb0" + number, i * 1000), started(1, "0" + number + "RUN"),
                     created("0" + number + "JOB", "d1", "0" + number + "RUN")});
    }
    open.commit({keyed("05RUN", "rb05", 5000)});  // no job yet
    open.commit(
        {keyed("06RUN", "rb06", 6000, "somebody"), started(1, "06RUN"), created("06JOB", "d1", "06RUN")});
    const auto keys = [](const ports::Rows& rows) {
        std::string text;
        for (std::size_t i = 0; i < rows.rows.size(); ++i) text += cell(rows, "idempotency_key", i) + " ";
        return text;
    };
    CHECK(keys(log_of(open, {})) == "rb01 rb02 rb03 rb04 ");
    ports::KeyedQuery later;
    later.since_ms = to_unix_ms(at(2000));
    CHECK(keys(log_of(open, later)) == "rb02 rb03 rb04 ");
    ports::KeyedQuery page;
    page.limit = 3;
    const auto first = log_of(open, page);
    CHECK(keys(first) == "rb01 rb02 rb03 ");
    page.after_id = std::stoll(cell(first, "id", 2));
    CHECK(keys(log_of(open, page)) == "rb04 ");
}

}  // namespace runbookd::store_test
