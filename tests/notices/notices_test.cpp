#include "notices/notices.hpp"

#include <set>

#include "catch.hpp"
#include "notices/examples.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using notices::notices_of;
using runbook::Condition;
using runbook::NoticesPer;
using runbook::NotifyRules;

namespace {

std::vector<std::string> on_of(const notices::Notice& notice) {
    return notices::Row::parse(notice.payload).at("on").get<std::vector<std::string>>();
}

std::string text_of(const notices::Notice& notice) {
    return notices::Row::parse(notice.payload).at("text").get<std::string>();
}

NotifyRules to_oncall(std::vector<Condition> on, NoticesPer per = NoticesPer::run) {
    return {{"oncall", std::move(on), per}};
}

std::size_t count_of(const notices::Event& event, std::vector<Condition> on) {
    return notices_of(event, to_oncall(std::move(on))).size();
}

}  // namespace

TEST_CASE("a run is told once, at its end, with its counts", "[notices]") {
    auto event = ended("failed", {{"failed", 2}, {"unknown", 1}, {"succeeded", 37}});
    const auto told =
        notices_of(event, to_oncall({Condition::failed, Condition::aborted, Condition::unknown}));
    REQUIRE(told.size() == 1);
    CHECK(told[0].to == "oncall");
    CHECK(told[0].event == 7);
    CHECK(told[0].subject == "01RUN");
    CHECK(told[0].run_uid == "01RUN");
    CHECK(on_of(told[0]) == std::vector<std::string>{"failed", "unknown"});
    CHECK(text_of(told[0]) == "backup failed: 2 failed, 1 unknown of 40 devices");
    const auto payload = notices::Row::parse(told[0].payload);
    CHECK(payload.at("version") == 1);
    CHECK(payload.at("id") == told[0].uid);
    CHECK(payload.at("at") == "1970-01-01T00:16:40.000Z");
    CHECK(payload.at("run").at("failed") == 2);
    CHECK_FALSE(payload.contains("target"));
    CHECK_FALSE(payload.contains("more"));
}

TEST_CASE("each condition is met by what it is named after, and by nothing else", "[notices]") {
    const auto well = ended("completed", {{"succeeded", 3}});
    for (const auto condition : {Condition::failed, Condition::aborted, Condition::missed, Condition::unknown,
                                 Condition::expired, Condition::halted, Condition::guard_refused,
                                 Condition::waiting, Condition::late, Condition::recovered})
        CHECK(count_of(well, {condition}) == 0);

    CHECK(count_of(ended("aborted", {{"halted", 3}}), {Condition::aborted}) == 1);
    CHECK(count_of(ended("aborted", {{"halted", 3}}), {Condition::halted}) == 1);
    CHECK(count_of(ended("aborted", {{"halted", 3}}), {Condition::guard_refused}) == 0);
    CHECK(count_of(ended("completed", {{"expired", 1}}), {Condition::expired}) == 1);
    CHECK(count_of(ended("cancelled", {{"cancelled", 1}}), {Condition::failed, Condition::aborted}) == 0);
    CHECK(count_of(judged("missed"), {Condition::missed}) == 1);
    CHECK(count_of(judged("missed"), {Condition::late}) == 0);
    CHECK(count_of(judged("late"), {Condition::late}) == 1);
    CHECK(count_of(judged("on_time"), {Condition::late, Condition::missed}) == 0);

    auto refused = ended("aborted", {{"halted", 9}});
    refused.run.run["reason"] = "guard";
    CHECK(count_of(refused, {Condition::aborted}) == 1);
    const auto by_guard = notices_of(refused, to_oncall({Condition::guard_refused}));
    REQUIRE(by_guard.size() == 1);
    CHECK(text_of(by_guard[0]) == "backup was refused by its guard: 9 halted of 9 devices (guard)");

    auto waits = ended("waiting", {{"succeeded", 1}});
    waits.kind = notices::Event::Kind::run_waiting;
    CHECK(count_of(waits, {Condition::waiting}) == 1);
    CHECK(count_of(waits, {Condition::failed, Condition::recovered}) == 0);
}

TEST_CASE("what is asked ahead of a run is told as waiting, with what to approve", "[notices]") {
    notices::Event event;
    event.seq = 8;
    event.at = from_unix_ms(1'000'000);
    event.kind = notices::Event::Kind::approval_requested;
    event.runbook = "backup";
    event.run.run = {{"run_uid", nullptr},
                     {"approval_uid", "01ASK"},
                     {"runbook", "backup"},
                     {"customer", "acme"},
                     {"nominal_at", "2026-12-01T02:00:00.000Z"},
                     {"status", "waiting"},
                     {"reason", "approval"},
                     {"targets", 40}};
    for (const auto per : {NoticesPer::run, NoticesPer::customer, NoticesPer::device}) {
        const auto told = notices_of(event, to_oncall({Condition::waiting}, per));
        REQUIRE(told.size() == 1);
        CHECK(told[0].subject == "01ASK");
        CHECK(told[0].run_uid.empty());
        CHECK(text_of(told[0]) ==
              "backup asks for approval for acme: 40 devices at 2026-12-01T02:00:00.000Z");
    }
    CHECK(count_of(event, {Condition::failed, Condition::aborted}) == 0);
}

TEST_CASE("a run has recovered when the one before it of its lane had not completed", "[notices]") {
    auto event = ended("completed", {{"succeeded", 3}});
    CHECK(count_of(event, {Condition::recovered}) == 0);
    for (const auto& [before, told] : {std::pair("failed", 1U), {"aborted", 1U}, {"completed", 0U}}) {
        event.run.previous_status = before;
        CHECK(count_of(event, {Condition::recovered}) == told);
    }
    auto again = ended("failed", {{"failed", 3}});
    again.run.previous_status = "failed";
    CHECK(count_of(again, {Condition::recovered}) == 0);
}

TEST_CASE("an occurrence says which instants it is about", "[notices]") {
    const auto rules = to_oncall({Condition::missed, Condition::late}, NoticesPer::device);
    auto one = notices_of(judged("missed"), rules);
    REQUIRE(one.size() == 1);
    CHECK(one[0].per == NoticesPer::run);
    CHECK(one[0].subject == "2026-12-01T02:00:00.000Z");
    CHECK(one[0].run_uid.empty());
    CHECK(text_of(one[0]) == "backup missed 2026-12-01T02:00:00.000Z: daemon_down");
    CHECK(text_of(notices_of(judged("missed", 12), rules).at(0)) ==
          "backup missed 12 times from 2026-12-01T02:00:00.000Z to 2026-12-01T03:00:00.000Z: daemon_down");
    CHECK(notices::Row::parse(one[0].payload).at("occurrence").at("verdict") == "missed");
}

TEST_CASE("per customer: one for each whose part it is", "[notices]") {
    auto event = ended("failed", {{"failed", 1}, {"expired", 1}, {"succeeded", 3}});
    const auto customer = [](const notices::Row& name, notices::Row row) {
        row["customer"] = name;
        return row;
    };
    event.run.customers = {customer("acme", counts({{"failed", 1}, {"succeeded", 1}})),
                           customer("globex", counts({{"succeeded", 2}})),
                           customer(nullptr, counts({{"expired", 1}}))};
    const auto told =
        notices_of(event, to_oncall({Condition::failed, Condition::expired}, NoticesPer::customer));
    REQUIRE(told.size() == 2);
    CHECK(told[0].subject == "acme");
    CHECK(text_of(told[0]) == "backup failed for acme: 1 failed of 2 devices");
    CHECK(notices::Row::parse(told[0].payload).at("customer").at("succeeded") == 1);
    CHECK(told[1].subject.empty());
    CHECK(on_of(told[1]) == std::vector<std::string>{"failed", "expired"});

    event.run.customers.clear();  // it has no targets
    const auto whole = notices_of(event, to_oncall({Condition::failed}, NoticesPer::customer));
    REQUIRE(whole.size() == 1);
    CHECK(whole[0].per == NoticesPer::run);
}

TEST_CASE("per device: one for each target, what else is so once for the run", "[notices]") {
    auto event = ended("failed", {{"failed", 1}, {"timeout", 1}, {"unknown", 1}, {"succeeded", 3}});
    event.run.targets = {target("DC01", "failed", "datto_failure"), target("DC02", "timeout"),
                         target("WS1", "unknown")};
    const auto told = notices_of(event, to_oncall({Condition::failed}, NoticesPer::device));
    REQUIRE(told.size() == 2);
    CHECK(told[0].subject == "uid-DC01");
    CHECK(text_of(told[0]) == "backup on DC01: failed (datto_failure)");
    CHECK(notices::Row::parse(told[0].payload).at("target").at("hostname") == "DC01");
    CHECK(text_of(told[1]) == "backup on DC02: timeout");

    auto aborted = ended("aborted", {{"failed", 1}});
    aborted.run.targets = {target("DC01", "failed")};
    const auto both =
        notices_of(aborted, to_oncall({Condition::failed, Condition::aborted}, NoticesPer::device));
    REQUIRE(both.size() == 2);
    CHECK(both[0].per == NoticesPer::run);
    CHECK(both[1].per == NoticesPer::device);

    // It failed, and no target did: that is not to be silence.
    auto expired = ended("failed", {{"expired", 2}});
    expired.run.targets = {target("DC01", "expired"), target("DC02", "expired")};
    const auto whole = notices_of(expired, to_oncall({Condition::failed}, NoticesPer::device));
    REQUIRE(whole.size() == 1);
    CHECK(whole[0].per == NoticesPer::run);
}

TEST_CASE("a great many devices are told up to a bound, and how many more there are", "[notices]") {
    auto event = ended("failed", {{"failed", 400}, {"expired", 20}});
    for (std::size_t i = 0; i < notices::kMostOfARun; ++i)
        event.run.targets.push_back(target("F" + std::to_string(i), "failed"));
    for (int i = 0; i < 20; ++i) event.run.targets.push_back(target("E" + std::to_string(i), "expired"));
    const auto told =
        notices_of(event, to_oncall({Condition::failed, Condition::expired}, NoticesPer::device));
    REQUIRE(told.size() == notices::kMostOfARun);
    CHECK_FALSE(notices::Row::parse(told.front().payload).contains("more"));
    CHECK(notices::Row::parse(told.back().payload).at("more") == 370);
    CHECK(text_of(told.back()).find("370 more are not told one by one") != std::string::npos);
}

TEST_CASE("rules that come to the same notice give one", "[notices]") {
    const auto event = ended("failed", {{"failed", 1}, {"unknown", 1}});
    const NotifyRules rules{
        {"oncall", {Condition::unknown}}, {"oncall", {Condition::failed}}, {"boss", {Condition::failed}}};
    const auto told = notices_of(event, rules);
    REQUIRE(told.size() == 2);
    CHECK(told[0].to == "oncall");
    CHECK(on_of(told[0]) == std::vector<std::string>{"failed", "unknown"});
    CHECK(told[1].to == "boss");
}

TEST_CASE("a notice has the same uid whenever its event is looked at, and no other has it", "[notices]") {
    auto event = ended("failed", {{"failed", 2}});
    event.run.targets = {target("DC01", "failed"), target("DC02", "failed")};
    const NotifyRules rules{{"oncall", {Condition::failed}},
                            {"boss", {Condition::failed}},
                            {"oncall", {Condition::failed}, NoticesPer::device}};
    std::set<std::string> uids;
    for (const auto& notice : notices_of(event, rules)) uids.insert(notice.uid);
    CHECK(uids.size() == 4);
    for (const auto& notice : notices_of(event, rules)) CHECK(uids.contains(notice.uid));
    ++event.seq;
    for (const auto& notice : notices_of(event, rules)) CHECK_FALSE(uids.contains(notice.uid));
}
