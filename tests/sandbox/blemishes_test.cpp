// Nulls and new words in replies, and the odd ways of paging.
#include "sandbox/blemishes.hpp"

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using testing::ApiFixture;
using testing::contains;

std::string world_with(const std::string& more) {
    return "limits: off\nactivity_log: {lag: 0s}\n"
           "sites: [{name: HQ, devices: [{hostname: \"PC{n}\", count: 400, os: Windows, domain: acme}]}]\n"
           "components: [{name: C, simulate: {duration: 1s, stdout: out}}]\n" +
           more;
}

TEST_CASE("a field that is named is null, and the others are not", "[sandbox]") {
    ApiFixture fixture(world_with("nulls: {device.lastSeen, device.deviceType.category, job.dateCreated}"));
    const auto device = fixture.get_json("/api/v2/device/" + fixture.device_uid("PC1"));
    CHECK(device["lastSeen"].is_null());
    CHECK(device["deviceType"]["category"].is_null());
    CHECK(device["hostname"] == "PC1");
    const auto job = json::parse(fixture.create("PC1", "C", "j").body);
    CHECK(job["job"]["dateCreated"].is_null());
    CHECK(job["job"]["uid"].is_string());
}

TEST_CASE("a share of nulls strikes about as many devices, the same at every look", "[sandbox]") {
    ApiFixture fixture(world_with("nulls: {\"device.*\": 20%}"));
    int struck = 0;
    std::vector<bool> first;
    for (int look = 0; look < 2; ++look) {
        std::vector<bool> seen;
        for (int page = 0; page < 2; ++page) {
            const auto target = "/api/v2/account/devices?page=" + std::to_string(page);
            const auto devices = fixture.get_json(target)["devices"];
            for (const auto& device : devices) {
                CHECK(device["uid"].is_string());
                CHECK(device["siteUid"].is_string());
                seen.push_back(device["hostname"].is_null());
                struck += device["hostname"].is_null() ? 1 : 0;
            }
        }
        if (look == 0) first = seen;
        CHECK(seen == first);
        fixture.pass(minutes{1});
    }
    CHECK(struck > 100);
    CHECK(struck < 220);
}

TEST_CASE("nulls everywhere spare what identifies and what ends a job", "[sandbox]") {
    ApiFixture fixture(world_with("nulls: {\"*\": 100%}"));
    const auto uid = fixture.created("PC1", "C", "j");
    fixture.pass(minutes{1});
    const auto results = fixture.get_json(fixture.results_path(uid, "PC1"));
    CHECK(results["jobDeploymentStatus"] == "Success");
    CHECK(results["ranOn"].is_null());
    CHECK(results["componentResults"].is_null());
    const auto page = fixture.get_json("/api/v2/account/devices?max=1");
    CHECK(page["devices"][0]["uid"].is_string());
    CHECK(page["pageDetails"]["nextPageUrl"].is_string());
    CHECK(page["pageDetails"]["totalCount"].is_null());
    CHECK(fixture.get_json("/api/v2/activity-logs")["activities"][0]["details"].is_null());
}

TEST_CASE("a word may be one that nobody has heard of", "[sandbox]") {
    ApiFixture fixture(world_with("new_words: {device.deviceClass, result.jobDeploymentStatus: 100%}"));
    CHECK(fixture.get_json("/api/v2/device/" + fixture.device_uid("PC1"))["deviceClass"] == "Newdevice");
    CHECK(fixture.status_of(fixture.created("PC1", "C", "j"), "PC1") == "NewPending");
}

TEST_CASE("the most exact name of a field counts", "[sandbox]") {
    FieldShares shares;
    shares.set("*", 1);
    shares.set("site.*", 0);
    shares.set("site.name", 1);
    CHECK(shares.strike("device.hostname", "u", "v"));
    CHECK_FALSE(shares.strike("site.notes", "u", "v"));
    CHECK(shares.strike("site.name", "u", "v"));
    CHECK_FALSE(shares.strike("device.uid", "u", "v"));
    shares.set("device.uid", 1);
    CHECK(shares.strike("device.uid", "u", "v"));
}

TEST_CASE("names of fields are checked as far as they can be", "[sandbox]") {
    const auto error_of = [](const std::string& yaml) {
        const auto fleet = parse_fleet(yaml, "f");
        return fleet ? std::string{} : fleet.error().message;
    };
    CHECK(contains(error_of("nulls: {devise.hostname}"), "did you mean `device`?"));
    CHECK(contains(error_of("nulls: {device}"), "expected a field such as device.lastSeen"));
    CHECK(contains(error_of("nulls: {device.hostname: many}"), "expected a share from 0% to 100%"));
    CHECK(error_of("nulls: {\"*\": 0.5%}\nnew_words: {alert.priority: 1%}").empty());
}

TEST_CASE("pages may end with an empty text, have relative URLs, no total, and another size", "[sandbox]") {
    ApiFixture fixture(world_with("paging: {end: empty, urls: relative, totals: none, size: 200}"));
    CHECK(fixture.get_json("/api/v2/system/pagination")["max"] == 200);
    const auto first = fixture.get_json("/api/v2/account/devices")["pageDetails"];
    CHECK(first["count"] == 200);
    CHECK_FALSE(first.contains("totalCount"));
    CHECK(first["prevPageUrl"] == "");
    CHECK(first["nextPageUrl"] == "/api/v2/account/devices?max=200&page=1");
    const auto last = fixture.get_json(first["nextPageUrl"].get<std::string>())["pageDetails"];
    CHECK(last["nextPageUrl"] == "");
    CHECK(fixture.get_json("/api/v2/activity-logs")["pageDetails"]["nextPageUrl"] == "");
}

TEST_CASE("lists of alerts may lack a total that the others have", "[sandbox]") {
    ApiFixture fixture(world_with("paging: {totals: not_alerts}"));
    CHECK(fixture.get_json("/api/v2/account/devices")["pageDetails"]["totalCount"] == 400);
    CHECK_FALSE(fixture.get_json("/api/v2/account/alerts/open")["pageDetails"].contains("totalCount"));
}

}  // namespace
}  // namespace runbookd::sandbox
