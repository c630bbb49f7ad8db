// GET /v2/activity-logs: what happened to jobs, as calls find it.
#include <algorithm>

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ApiFixture;
using testing::later;

const std::string kFleet = R"(
limits: off
pickup: 2s
expiry: 1h
activity_log: {lag: 5s, retention: 2h}
sites:
  - {name: HQ, devices: [{hostname: DC01}, {hostname: WS1}, {hostname: OFF, online: false}]}
  - {name: Lab, devices: [{hostname: LAB1}]}
components:
  - {name: Sweep, simulate: {duration: 30s, stdout: "swept {hostname}"}}
  - {name: Warn, simulate: {duration: 1s, outcome: {Warning: 100%}, stderr: careful}}
  - {name: Break, simulate: {duration: 1s, outcome: {Failure: 100%}}}
  - {name: Gone, simulate: {duration: 1s, outcome: {Retired: 100%}}}
)";

const std::string kLog = "/api/v2/activity-logs?";

json details_of(const json& entry) { return json::parse(entry["details"].get<std::string>()); }

std::vector<std::string> statuses(const json& entries) {
    std::vector<std::string> found;
    for (const auto& entry : entries) found.push_back(details_of(entry)["job.status"]);
    return found;
}

std::string seconds_form(UtcTime at) { return format_utc(at).substr(0, 19) + "Z"; }

TEST_CASE("the activity log finds a job by its name once the lag has passed", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto uid = fixture.created("DC01", "Sweep", "clear rb01ABC");
    fixture.created("WS1", "Sweep", "clear rb02DEF");
    const auto search = kLog + "categories=job&actions=create&searchQuery=";
    CHECK(fixture.get_json(search + "*rb01ABC*")["activities"].empty());
    fixture.pass(seconds{5});
    for (const auto* text : {"*rb01ABC*", "rb01abc", "clear?rb01*", "DC01"}) {
        const auto found = fixture.get_json(search + text)["activities"];
        INFO(text);
        REQUIRE(found.size() == 1);
        CHECK(found[0]["date"].get<double>() ==
              Approx(static_cast<double>(to_unix_ms(fixture.now.utc)) / 1000 - 5));
        const auto details = details_of(found[0]);
        CHECK(details["job.uid"] == uid);
        CHECK(details["job.name"] == "clear rb01ABC");
        CHECK(details["device.uid"] == fixture.device_uid("DC01"));
    }
    CHECK(fixture.get_json(search + "rb03")["activities"].empty());
}

TEST_CASE("a job that was taken and has ended is told by two deployments", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto uid = fixture.created("DC01", "Sweep", "sweep");
    const auto since = kLog + "actions=deployment&entities=device&categories=job&order=asc&from=" +
                       seconds_form(fixture.now.utc);
    fixture.pass(seconds{7});  // picked up after 2 s, visible 5 s later
    auto found = fixture.get_json(since)["activities"];
    CHECK(statuses(found) == std::vector<std::string>{"Running"});
    CHECK(found[0]["hasStdOut"] == false);
    fixture.pass(seconds{29});
    CHECK(fixture.status_of(uid, "DC01") == "Success");
    CHECK(fixture.get_json(since)["activities"].size() == 1);
    fixture.pass(seconds{1});
    found = fixture.get_json(since)["activities"];
    REQUIRE(statuses(found) == std::vector<std::string>{"Running", "Success"});
    CHECK(found[0]["hasStdOut"] == false);
    CHECK(found[1]["hasStdOut"] == true);
    CHECK(found[1]["hasStdErr"] == false);
    CHECK(found[1]["entity"] == "DEVICE");
    CHECK(found[1]["category"] == "job");
    CHECK(found[1]["action"] == "deployment");
    CHECK(found[1]["hostname"] == "DC01");
    const auto details = details_of(found[1]);
    CHECK(details["job.uid"] == uid);
    CHECK(details["job.name"] == "sweep");
    CHECK(details["device.uid"] == fixture.device_uid("DC01"));
    CHECK(details["device.hostname"] == "DC01");
    CHECK(details["site.name"] == "HQ");
    CHECK(details["job.deployment_id"].is_number_integer());
}

TEST_CASE("every end of a job has its word in the log", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto from = seconds_form(fixture.now.utc);
    fixture.created("DC01", "Warn", "w");
    fixture.created("DC01", "Break", "b");
    fixture.created("DC01", "Gone", "g");
    fixture.created("OFF", "Sweep", "o");
    fixture.pass(hours{1});
    fixture.pass(seconds{5});
    const auto found = fixture.get_json(kLog + "actions=deployment&from=" + from)["activities"];
    auto words = statuses(found);
    CHECK(words.front() == "Expired");  // the latest first, unless asked otherwise
    std::sort(words.begin(), words.end());
    CHECK(words == std::vector<std::string>{"Expired", "Failure", "Retired", "Running", "Running", "Running",
                                            "Warning"});
    for (const auto& entry : found) {
        CHECK(entry["hasStdErr"] == (details_of(entry)["job.status"] == "Warning"));
    }
}

TEST_CASE("filters of the activity log are lists, and hold together", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("DC01", "Sweep", "a");
    fixture.created("LAB1", "Sweep", "b");
    fixture.pass(seconds{10});
    const auto count = [&](const std::string& query) {
        return fixture.get_json(kLog + query)["activities"].size();
    };
    CHECK(count("") == 4);
    CHECK(count("actions=create") == 2);
    CHECK(count("actions=CREATE,deployment") == 4);
    CHECK(count("actions=delete") == 0);
    CHECK(count("categories=device") == 0);
    CHECK(count("categories=device,job&entities=user,device") == 4);
    CHECK(count("entities=user") == 0);
    const auto entries = fixture.get_json(kLog + "searchQuery=LAB1")["activities"];
    REQUIRE(entries.size() == 2);
    const auto lab = std::to_string(entries[0]["site"]["id"].get<int>());
    CHECK(count("siteIds=" + lab) == 2);
    CHECK(count("siteIds=7," + lab + "&actions=create") == 1);
    CHECK(count("siteIds=7") == 0);
    CHECK(count("userIds=1,2") == 4);
    CHECK(count("userIds=2") == 0);
    for (const auto* wrong : {"siteIds=HQ", "userIds=1,x", "size=0", "size=x", "order=up", "page=2",
                              "searchAfter=x", "searchAfter=-1", "from=yesterday", "until=1"}) {
        INFO(wrong);
        CHECK(fixture.get(kLog + wrong).status == 400);
    }
}

TEST_CASE("the activity log shows fifteen minutes unless asked for more", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("DC01", "Sweep", "old");
    const auto created_at = fixture.now.utc;
    fixture.pass(minutes{20});
    CHECK(fixture.get_json(kLog)["activities"].empty());
    const auto from = "order=asc&from=" + seconds_form(created_at);
    CHECK(fixture.get_json(kLog + from)["activities"].size() == 3);
    const auto first = fixture.get_json(kLog + from + "&until=" + seconds_form(created_at))["activities"];
    REQUIRE(first.size() == 1);
    CHECK(first[0]["action"] == "create");
}

TEST_CASE("what is older than the log's retention is gone", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("DC01", "Sweep", "old");
    const auto all = kLog + "from=" + seconds_form(fixture.now.utc);
    fixture.pass(hours{2});
    CHECK(fixture.get_json(all)["activities"].size() == 3);
    fixture.pass(seconds{1});
    CHECK(fixture.get_json(all)["activities"].size() == 2);
    fixture.created("DC01", "Sweep", "new");
    CHECK(fixture.world.activity().size() == 3);
}

TEST_CASE("a log without deployments tells of creates only", "[sandbox]") {
    auto yaml = kFleet;
    yaml.replace(yaml.find("retention: 2h"), 13, "deployments: false");
    ApiFixture fixture(yaml);
    fixture.created("DC01", "Sweep", "a");
    fixture.pass(minutes{5});
    const auto found = fixture.get_json(kLog)["activities"];
    REQUIRE(found.size() == 1);
    CHECK(found[0]["action"] == "create");
}

TEST_CASE("the activity log is paged by a cursor in nextPageUrl, and back", "[sandbox]") {
    ApiFixture fixture(kFleet);
    for (int i = 0; i < 5; ++i) fixture.created("WS1", "Sweep", "job " + std::to_string(i));
    fixture.pass(seconds{6});
    std::vector<std::string> seen;
    std::string target = kLog + "size=2&order=asc&actions=create";
    json page;
    while (true) {
        page = fixture.get_json(target);
        for (const auto& each : page["activities"]) seen.push_back(details_of(each)["job.name"]);
        if (page["pageDetails"]["nextPageUrl"].is_null()) break;
        target = testing::target_of(page["pageDetails"]["nextPageUrl"]);
        fixture.pass(seconds{1});
    }
    CHECK(seen == std::vector<std::string>{"job 0", "job 1", "job 2", "job 3", "job 4"});
    page = fixture.get_json(testing::target_of(page["pageDetails"]["prevPageUrl"]));
    REQUIRE(page["activities"].size() == 2);
    CHECK(details_of(page["activities"][0])["job.name"] == "job 2");
    CHECK(page["pageDetails"]["prevPageUrl"].is_string());
}

TEST_CASE("next pages may lack the filters of the first", "[sandbox]") {
    ApiFixture fixture(kFleet + "paging: {drops_filters: true}\n");
    for (int i = 0; i < 5; ++i) fixture.created("WS1", "Sweep", "job " + std::to_string(i));
    fixture.pass(seconds{10});
    const auto page = fixture.get_json(kLog + "size=2&order=asc&actions=create&from=2026-12-01T01:00:00Z");
    const auto next = testing::target_of(page["pageDetails"]["nextPageUrl"]);
    for (const auto* kept : {"size=2", "searchAfter=", "page=next"}) CHECK(testing::contains(next, kept));
    for (const auto* lost : {"order", "actions", "from", "until"}) CHECK_FALSE(testing::contains(next, lost));
    const auto devices = fixture.get_json("/api/v2/account/devices?hostname=S1&max=1");
    CHECK(devices["pageDetails"]["nextPageUrl"].is_null());
    const auto sites = fixture.get_json("/api/v2/account/devices?siteName=HQ&max=1");
    CHECK(testing::target_of(sites["pageDetails"]["nextPageUrl"]) == "/api/v2/account/devices?max=1&page=1");
}

}  // namespace
}  // namespace runbookd::sandbox
