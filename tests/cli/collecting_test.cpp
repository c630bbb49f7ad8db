// collect: rows as a table of what they hold.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

using Row = std::vector<ports::Cell>;

Row row(const std::string& device, const std::string& hostname, std::int64_t row_no,
        const std::string& data) {
    return {std::string("01RUN00000000000000000000A"),
            std::string("disks"),
            device,
            hostname,
            std::monostate{},
            std::string("Acme HQ"),
            row_no,
            data,
            std::string("s1"),
            std::string("01JOB"),
            std::int64_t{1}};
}

ports::Rows page(std::vector<Row> rows) {
    return {{"run_uid", "runbook", "device_uid", "hostname", "customer", "site_name", "row_no", "data",
             "site_uid", "job_uid", "step"},
            std::move(rows)};
}

/// A daemon with these pages, and somebody who asks it.
struct Bed {
    explicit Bed(std::vector<Result<ports::Rows>> pages) {
        daemon.history.collected_pages = std::move(pages);
        daemon.start();
        session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    }
    FakeDaemon daemon;
    Session session;
};

}  // namespace

TEST_CASE("collect has a column for each key, in the order of their first appearance", "[cli][collect]") {
    Bed bed({page({row("d1", "B-2", 1, R"({"disk":"C","used":61,"ok":true})"),
                   row("d1", "B-2", 2, R"({"used":null,"more":{"x":[1]}})"),
                   row("d2", "A-1", 1, R"({"used":7})")})});
    CHECK(bed.session.run({"collect", "01RUN", "--customer", "acme", "--site", "HQ", "--device", "d1"}) == 0);
    CHECK(bed.session.out ==
          "DEVICE  used  disk  ok    more\n"
          "A-1     7\n"
          "B-2     61    C     true\n"
          "B-2                       {\"x\":[1]}\n");
    REQUIRE(bed.daemon.history.collected_asked.size() == 1);
    const auto& query = bed.daemon.history.collected_asked[0];
    CHECK(query.run == "01RUN");
    CHECK(query.customer == "acme");
    CHECK(query.site == "HQ");
    CHECK(query.device == "d1");
    CHECK_FALSE(query.after);
}

TEST_CASE("collect as JSON has the columns of the view, as CSV those of the table", "[cli][collect]") {
    const auto rows = page({row("d1", "A-1", 1, R"({"hostname":"mine","a,b":1})")});
    Bed bed({rows, rows});
    CHECK(bed.session.run({"collect", "01RUN", "--json"}) == 0);
    const auto found = nlohmann::ordered_json::parse(bed.session.out);
    REQUIRE(found.size() == 1);
    CHECK(found[0]["hostname"] == "A-1");
    CHECK(found[0]["customer"].is_null());
    CHECK(found[0]["row_no"] == 1);
    CHECK(found[0]["data"].dump() == R"({"hostname":"mine","a,b":1})");
    CHECK(bed.session.run({"collect", "01RUN", "--csv"}) == 0);
    CHECK(bed.session.out ==
          "run_uid,runbook,device_uid,hostname,customer,site_name,step,row_no,data.hostname,\"a,b\"\n"
          "01RUN00000000000000000000A,disks,d1,A-1,,Acme HQ,1,1,mine,1\n");
}

TEST_CASE("collect reads page after page, and no more than it was asked for", "[cli][collect]") {
    std::vector<Row> many;
    for (std::int64_t i = 1; i <= 10'000; ++i) many.push_back(row("d1", "A-1", i, R"({"a":1})"));
    const auto rest = page({row("d2", "A-2", 1, R"({"a":2})")});
    {
        Bed bed({page(many), rest});
        CHECK(bed.session.run({"collect", "01RUN", "--json"}) == 0);
        CHECK(nlohmann::ordered_json::parse(bed.session.out).size() == 10'001);
        REQUIRE(bed.daemon.history.collected_asked.size() == 2);
        const auto& second = bed.daemon.history.collected_asked[1];
        CHECK(second.run == "01RUN00000000000000000000A");
        REQUIRE(second.after);
        CHECK(second.after->device == "d1");
        CHECK(second.after->step == 1);
        CHECK(second.after->row_no == 10'000);
    }
    Bed bed({page(many)});
    CHECK(bed.session.run({"collect", "01RUN", "--limit", "10000"}) == 0);
    REQUIRE(bed.daemon.history.collected_asked.size() == 1);
    CHECK(bed.daemon.history.collected_asked[0].limit == 10'000);
}

TEST_CASE("a table has no more columns than people can use", "[cli][collect]") {
    std::string data = "{";
    for (int i = 0; i < 201; ++i) data += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    Bed bed({page({row("d1", "A-1", 1, data + "}")})});
    CHECK(bed.session.run({"collect", "01RUN"}) == 0);
    CHECK(contains(bed.session.out, "k199"));
    CHECK_FALSE(contains(bed.session.out, "k200"));
    CHECK(contains(bed.session.err, "201 different keys; only the first 200"));
}

TEST_CASE("collect says when there is nothing, and what is wrong", "[cli][collect]") {
    Bed bed({page({}), fail(ErrorCode::not_found, "no run has a uid that begins with '02'"), page({})});
    CHECK(bed.session.run({"collect", "01RUN"}) == 0);
    CHECK(bed.session.err == "no rows were collected, or retention has removed them\n");
    CHECK(bed.session.run({"collect", "02"}) == 1);
    CHECK(contains(bed.session.err, "no run has a uid that begins with '02'"));
    CHECK(bed.session.run({"collect", "01RUN", "--json"}) == 0);
    CHECK(bed.session.out == "[]\n");
    CHECK(bed.session.run({"collect"}) == 2);
    CHECK(bed.session.run({"collect", "01RUN", "--limit", "0"}) == 2);
}

}  // namespace runbookd::testing
