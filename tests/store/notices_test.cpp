// What is to be told: read off the trail, kept, and done with.
#include "notices/notices.hpp"

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using notices::Event;

struct Record {
    void operator()(ports::NoticeRecord what) {
        bool is_durable = false;
        boost::asio::co_spawn(open.loop(), open.store().record(std::move(what)),
                              [&](std::exception_ptr) { is_durable = true; });
        open.run_until([&] { return is_durable; });
    }
    OpenStore& open;
};

ports::TrailPart unseen(OpenStore& open, std::set<std::string> runbooks = {"clean"}) {
    auto part = open.wait_for(open.store().unseen_trail(std::move(runbooks)));
    REQUIRE(part);
    return std::move(*part);
}

notices::Notice notice(const std::string& uid, std::int64_t event = 5, const std::string& to = "oncall") {
    notices::Notice one;
    one.uid = uid;
    one.event = event;
    one.to = to;
    one.subject = "01RUN";
    one.runbook = "clean";
    one.run_uid = "01RUN";
    one.payload = R"({"text":"clean failed"})";
    return one;
}

ports::NoticesMade made(std::int64_t through, std::vector<notices::Notice> some) {
    return {through, std::move(some), at(1000)};
}

/// Three devices of which two failed, one of them a customer's.
void run_fails(OpenStore& open, const std::string& run, std::int64_t ms = 0) {
    auto start = started(3, run);
    start.targets[0].customer = "acme";
    start.targets[2].customer = "acme";
    auto end = finished(run);
    end.status = engine::RunStatus::failed;
    end.at = at(5000 + ms);
    open.commit({planned(run), start, decided(Disposition::failed, "d1", run),
                 decided(Disposition::unknown, "d2", run), decided(Disposition::succeeded, "d3", run), end});
}

}  // namespace

TEST_CASE("the trail is looked at from where it was left, with the rows that its events are about",
          "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    Record record{open};
    open.commit({revision(), revision("other")});
    run_fails(open, "01RUN");
    auto part = unseen(open);
    CHECK(part.is_last);
    REQUIRE(part.events.size() == 1);
    const auto& event = part.events[0];
    CHECK(event.kind == Event::Kind::run_finished);
    CHECK(event.seq == part.through);
    CHECK(event.runbook == "clean");
    CHECK(event.at == at(5000));
    CHECK(event.run.run.at("status") == "failed");
    CHECK(event.run.run.at("failed") == 1);
    CHECK(event.run.run.at("nominal_at").is_null());
    CHECK(event.run.previous_status.empty());
    REQUIRE(event.run.customers.size() == 2);
    CHECK(event.run.customers[0].at("customer") == "acme");
    CHECK(event.run.customers[0].at("targets") == 2);
    CHECK(event.run.customers[0].at("failed") == 1);
    CHECK(event.run.customers[1].at("customer").is_null());
    CHECK(event.run.customers[1].at("unknown") == 1);
    REQUIRE(event.run.targets.size() == 2);
    CHECK(event.run.targets[0].at("hostname") == "ACME-1");
    CHECK(event.run.targets[0].at("disposition") == "failed");
    CHECK(event.run.targets[1].at("disposition") == "unknown");

    CHECK(unseen(open, {"other"}).events.empty());
    CHECK(unseen(open, {}).through == part.through);
    record(made(part.through, {}));
    CHECK(unseen(open).events.empty());

    auto well = finished("01RUN2");
    well.at = at(9000);
    open.commit(
        {planned("01RUN2"), started(1, "01RUN2"), decided(Disposition::succeeded, "d1", "01RUN2"), well});
    part = unseen(open);
    REQUIRE(part.events.size() == 1);
    CHECK(part.events[0].run.previous_status == "failed");
    CHECK(part.events[0].run.targets.empty());
}

TEST_CASE("what is asked ahead of a run is told with what is known of it", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    engine::ApprovalRequested asked;
    asked.approval = ApprovalUid{"01ASK"};
    asked.runbook = "clean";
    asked.account = "main";
    asked.nominal = at(86'400'000);
    asked.plan = {ComponentUid{"c1"}, "Clear Temp Files", {DeviceUid{"d1"}}, std::string(64, 'a')};
    asked.at = at(5);
    // What a run asks for itself is told as that it waits.
    auto by_run = asked;
    by_run.approval = ApprovalUid{"01RUN"};
    by_run.run = RunUid{"01RUN"};
    open.commit({revision(), asked, planned(), by_run});
    const auto part = unseen(open);
    REQUIRE(part.events.size() == 1);
    CHECK(part.events[0].kind == Event::Kind::approval_requested);
    const auto& run = part.events[0].run.run;
    CHECK(run.at("run_uid").is_null());
    CHECK(run.at("approval_uid") == "01ASK");
    CHECK(run.at("nominal_at") == "2026-12-02T02:00:00.000Z");
    CHECK(run.at("targets") == 1);
    CHECK(run.at("status") == "waiting");
    CHECK(run.at("customer").is_null());
}

TEST_CASE("verdicts of the trail are those of occurrence_history", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    engine::OccurrenceDecided missed;
    missed.runbook = "clean";
    missed.zone = "UTC";
    missed.nominal = missed.until = at();
    missed.verdict = engine::Verdict::missed;
    missed.reason = "daemon_down";
    missed.at = at(10);
    open.commit({revision(), missed});
    const auto part = unseen(open);
    REQUIRE(part.events.size() == 1);
    CHECK(part.events[0].kind == Event::Kind::occurrence_decided);
    const auto& row = part.events[0].occurrence;
    CHECK(row.size() == 10);
    CHECK(row.at("verdict") == "missed");
    CHECK(row.at("nominal_at") == "2026-12-01T02:00:00.000Z");
    CHECK(row.at("count") == 1);
    CHECK(row.at("customer").is_null());
    CHECK(row.at("run_uid").is_null());
}

TEST_CASE("a notice is made once, whoever looks how often", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    {
        OpenStore open(database);
        Record record{open};
        open.commit({revision()});
        record(made(1, {notice("a"), notice("b", 5, "boss")}));
        record(made(1, {notice("a"), notice("c"), notice("d", 6)}));
        CHECK(rows(database, "SELECT notice_uid FROM notices ORDER BY id") ==
              std::vector<std::string>{"a", "b", "d"});
        record(made(0, {}));
        CHECK(one(database, "SELECT seq FROM notice_cursor") == "1");
    }
    OpenStore again(database);
    CHECK(one(database, "SELECT seq FROM notice_cursor") == "1");
    CHECK(again.wait_for(again.store().due_targets(at(1000))).value() ==
          std::vector<std::string>{"boss", "oncall"});
}

TEST_CASE("a notice is due until it is delivered or given up", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    Record record{open};
    const auto next = [&](std::int64_t ms) {
        auto due = open.wait_for(open.store().next_due("oncall", at(ms)));
        REQUIRE(due);
        return *due ? (*due)->uid : std::string();
    };
    record(made(0, {notice("a"), notice("b", 6), notice("c", 7)}));
    CHECK(next(999).empty());
    CHECK(next(1000) == "a");
    record(ports::NoticeFailed{"a", at(11'000), "it answered 500"});
    CHECK(next(1000) == "b");
    record(ports::NoticeDelivered{"b", at(2000)});
    CHECK(next(2000) == "c");
    record(ports::NoticeGivenUp{"c", "it answered 404", at(3000)});
    CHECK(next(3000).empty());
    CHECK(next(11'000) == "a");
    CHECK(open.wait_for(open.store().due_targets(at(3000)))->empty());

    const auto troubles = open.wait_for(open.store().troubles());
    REQUIRE(troubles->size() == 1);
    CHECK(troubles->front().waiting == 1);
    CHECK(troubles->front().since == at(1000));
    CHECK(troubles->front().given_up == 1);
    CHECK(troubles->front().error == "it answered 404");
    CHECK(rows(database, "SELECT kind, actor, json_extract(data, '$.error') FROM event_trail") ==
          std::vector<std::string>{"notice.given_up|NULL|it answered 404"});

    // What ends late, of a notice that is done, changes nothing.
    record(ports::NoticeFailed{"b", at(20'000), "late"});
    record(ports::NoticeGivenUp{"b", "late", at(20'000)});
    CHECK(one(database, "SELECT count(*) FROM event_trail") == "1");

    record(ports::NoticesForgotten{at(3000)});
    CHECK(rows(database, "SELECT notice_uid FROM notice_history ORDER BY 1") ==
          std::vector<std::string>{"a", "c"});
    CHECK(open.store().trouble().empty());
}

}  // namespace runbookd::store_test
