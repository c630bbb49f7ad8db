#include "datto/replies.hpp"

#include "catch.hpp"
#include "datto/addresses.hpp"

using namespace runbookd;
using namespace runbookd::datto;

namespace {

Result<engine::ApiReply> read(const engine::ApiCall& call, const std::string& body,
                              const std::string& target = "/api/v2/account/devices?max=250") {
    return read_reply(parse_base_url("https://merlot-api.centrastage.net").value(), call, target, body);
}

template <class Reply>
Reply reply(const engine::ApiCall& call, const std::string& body) {
    const auto result = read(call, body);
    INFO((result ? std::string() : result.error().message));
    REQUIRE(result);
    return std::get<Reply>(*result);
}

engine::ReadOutput output_of(const char* component) {
    engine::ReadOutput call;
    call.component = ComponentUid{component};
    return call;
}

}  // namespace

TEST_CASE("devices are read with all that runbooks select by", "[datto]") {
    const auto page = reply<engine::Page<engine::Device>>(engine::ReadDevices{}, R"({
        "pageDetails": {"count": 1, "totalCount": 2, "prevPageUrl": null,
            "nextPageUrl": "https://merlot-api.centrastage.net/api/v2/account/devices?max=250&page=1"},
        "devices": [{"id": 7, "uid": "d1", "siteUid": "s1", "siteName": "Acme HQ", "hostname": "ACME-DC01",
            "deviceType": {"category": "Server", "type": "Main System Chassis"}, "operatingSystem": "Windows",
            "deviceClass": "device", "online": true, "suspended": false, "deleted": false,
            "lastSeen": 1767225600000, "udf": {"udf1": null, "udf10": "ten", "udf2": 7, "udf300": "last",
                "udf301": "no", "udfx": "no", "other": "no"},
            "domain": "corp", "rebootRequired": false, "patchManagement": {"patchStatus": "FullyPatched"},
            "surprise": [1, 2]}]})");
    REQUIRE(page.items.size() == 1);
    const auto& device = page.items.front();
    CHECK(device.uid == DeviceUid{"d1"});
    CHECK(device.site_uid == SiteUid{"s1"});
    CHECK(device.site_name == "Acme HQ");
    CHECK(device.hostname == "ACME-DC01");
    CHECK(device.os == "Windows");
    CHECK(device.device_type == "Server");
    CHECK(device.device_class == "device");
    CHECK(device.online);
    CHECK_FALSE(device.suspended);
    CHECK_FALSE(device.deleted);
    CHECK(format_utc(device.last_seen.value()) == "2026-01-01T00:00:00.000Z");
    CHECK(device.domain == "corp");
    CHECK(device.reboot_required == false);
    CHECK(device.patch_status == "FullyPatched");
    CHECK(device.udf.value(1).empty());
    CHECK(device.udf.value(2) == "7");
    CHECK(device.udf.value(10) == "ten");
    CHECK(device.udf.value(300) == "last");
    CHECK(page.next_cursor == "/api/v2/account/devices?max=250&page=1");
}

TEST_CASE("filters are read with their ids, and a filter's page for who is on it", "[datto]") {
    const auto page = reply<engine::Page<engine::Filter>>(engine::ReadCustomFilters{}, R"({
        "pageDetails": {"count": 4, "nextPageUrl": null},
        "filters": [{"id": 17, "name": "All Servers", "type": "custom"}, {"id": "18", "name": "Text id"},
            {"id": null, "name": "no id"}, {"id": 19, "name": null}]})");
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[0].id == 17);
    CHECK(page.items[0].name == "All Servers");
    CHECK(page.items[1].id == 18);
    const auto members = reply<engine::Page<DeviceUid>>(engine::ReadFilterDevices{17, ""}, R"({
        "pageDetails": {"nextPageUrl":
            "https://merlot-api.centrastage.net/api/v2/account/devices?max=250&page=1"},
        "devices": [{"uid": "d1", "hostname": "A"}, {"uid": null}, {"uid": "d2"}]})");
    CHECK(members.items == std::vector{DeviceUid{"d1"}, DeviceUid{"d2"}});
    CHECK(members.next_cursor == "/api/v2/account/devices?max=250&page=1");
    CHECK_FALSE(read(engine::ReadFilterDevices{17, ""}, "{}"));
}

TEST_CASE("any field of a device may be null", "[datto]") {
    const auto page =
        reply<engine::Page<engine::Device>>(engine::ReadDevices{}, R"({"pageDetails": null, "devices": [
        {"uid": "d1", "siteUid": null, "siteName": null, "hostname": null, "deviceType": null,
         "operatingSystem": null, "deviceClass": null, "online": null, "suspended": null, "deleted": null,
         "lastSeen": null, "domain": null, "udf": null, "rebootRequired": null, "patchManagement": null},
        {"uid": null, "hostname": "nobody"}, null, 5, {"uid": "d2", "status": "online"}]})");
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[0].device_class == "device");
    CHECK_FALSE(page.items[0].online);
    CHECK_FALSE(page.items[0].last_seen);
    CHECK_FALSE(page.items[0].reboot_required);
    CHECK(page.items[0].domain.empty());
    CHECK(page.items[0].patch_status.empty());
    CHECK(page.items[0].udf.empty());
    CHECK(page.items[1].online);
    CHECK(page.next_cursor.empty());
}

TEST_CASE("a list ends at a null, an empty or a repeated next page, and at an empty one", "[datto]") {
    const auto body = GENERATE(values<std::string>(
        {R"({"pageDetails": {"nextPageUrl": null}, "sites": [{"uid": "s"}]})",
         R"({"pageDetails": {"nextPageUrl": ""}, "sites": [{"uid": "s"}]})", R"({"sites": [{"uid": "s"}]})",
         R"({"pageDetails": {"nextPageUrl": "/api/v2/account/devices?max=250"}, "sites": [{"uid": "s"}]})",
         R"({"pageDetails": {"nextPageUrl": "?page=9"}, "sites": []})",
         R"({"pageDetails": {"nextPageUrl": "?page=9"}, "sites": null})"}));
    CAPTURE(body);
    CHECK(reply<engine::Page<engine::Site>>(engine::ReadSites{}, body).next_cursor.empty());
}

TEST_CASE("a next page on another host makes the answer unreadable", "[datto]") {
    const auto result =
        read(engine::ReadSites{},
             R"({"pageDetails": {"nextPageUrl": "https://evil.example/x"}, "sites": [{"uid": "s"}]})");
    REQUIRE_FALSE(result);
    CHECK(result.error().message.find("https://evil.example") != std::string::npos);
}

TEST_CASE("what is no answer to the call is refused rather than taken for an empty one", "[datto]") {
    const auto body = GENERATE(values<std::string>(
        {"", "   ", "<html><body>maintenance</body></html>", "{", R"({"devices": [{"uid": "d1")", "{}", "[]",
         "null", "42", "\"text\"", R"({"sites": []})", R"({"devices": "none"})"}));
    CAPTURE(body);
    CHECK_FALSE(read(engine::ReadDevices{}, body));
    CHECK_FALSE(read(engine::ReadDevice{}, body));
    CHECK_FALSE(read(engine::CreateQuickJob{}, body));
    CHECK_FALSE(read(engine::ReadResult{}, body));
    CHECK_FALSE(read(engine::ReadRequestRate{}, body));
    CHECK_FALSE(read(engine::SearchActivities{}, body));
    CHECK_FALSE(read(engine::ReadAlerts{}, body));
    if (body != "[]") CHECK_FALSE(read(engine::ReadOutput{}, body));
}

TEST_CASE("a byte order mark and bytes that are not UTF-8 do not spoil an answer", "[datto]") {
    const auto page = reply<engine::Page<engine::Site>>(
        engine::ReadSites{},
        "\xEF\xBB\xBF{\"sites\": [{\"uid\": \"s\", \"name\": \"caf\xE9\", \"onDemand\": true}]}");
    CHECK(page.items.at(0).name == "caf\xEF\xBF\xBD");
    CHECK(page.items.at(0).on_demand);
}

TEST_CASE("an answer nested without end is refused, not fallen into", "[datto]") {
    const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
    CHECK_FALSE(read(engine::ReadDevices{}, deep));
    CHECK_FALSE(read(engine::ReadDevices{}, std::string(300'000, '[')));
    CHECK_FALSE(read(engine::SearchActivities{}, R"({"activities": [{"details": )" + deep + "}]}"));
    const auto page = reply<engine::Page<engine::JobActivity>>(
        engine::SearchActivities{},
        R"({"activities": [{"details": ")" + deep + R"("}, {"details": {"job.uid": "j1"}}]})");
    CHECK(page.items.size() == 1);
}

TEST_CASE("components are read with their variables", "[datto]") {
    const auto page = reply<engine::Page<engine::Component>>(engine::ReadComponents{}, R"({"components": [
        {"id": 1, "uid": "c1", "name": "Clear Temp", "description": null, "categoryCode": "scripts",
         "credentialsRequired": null, "variables": [
            {"name": "days", "type": "string", "defaultVal": "7", "direction": true, "description": "age",
             "variablesIdx": 0},
            {"name": "result", "type": null, "defaultVal": null, "direction": false}, {"name": null}]},
        {"uid": "c2", "name": "Bare", "variables": null}]})");
    REQUIRE(page.items.size() == 2);
    REQUIRE(page.items[0].variables.size() == 2);
    CHECK(page.items[0].category == "scripts");
    CHECK(page.items[0].variables[0].default_value == "7");
    CHECK(page.items[0].variables[0].input);
    CHECK_FALSE(page.items[0].variables[1].input);
    CHECK(page.items[1].variables.empty());
}

TEST_CASE("a created job is known by job.uid", "[datto]") {
    CHECK(reply<engine::CreatedJob>(
              engine::CreateQuickJob{},
              R"({"job": {"id": 7, "uid": "j1", "status": "active"}, "jobComponents": []})")
              .job == DattoJobUid{"j1"});
    CHECK_FALSE(read(engine::CreateQuickJob{}, R"({"job": {"id": 7, "uid": null}})"));
}

TEST_CASE("every deployment status is known, and a new one is kept as sent", "[datto]") {
    using enum engine::DeploymentStatus;
    const auto [text, status] =
        GENERATE(table<std::string, engine::DeploymentStatus>({{"Pending", pending},
                                                               {"Running", running},
                                                               {"Success", success},
                                                               {"Warning", warning},
                                                               {"Failure", failure},
                                                               {"Expired", expired},
                                                               {"Retired", retired},
                                                               {"SUCCESS", success},
                                                               {"Hibernating", other}}));
    CAPTURE(text);
    const auto result =
        reply<engine::JobResult>(engine::ReadResult{}, R"({"jobDeploymentStatus": ")" + text + R"("})");
    CHECK(result.status == status);
    CHECK(result.status_text == text);
}

TEST_CASE("a result tells when it ran, its warnings and which outputs it has", "[datto]") {
    const auto result =
        reply<engine::JobResult>(engine::ReadResult{}, R"({"jobUid": "j", "ranOn": 1767225645000,
        "jobDeploymentStatus": "Warning", "componentResults": [
            {"componentUid": "c", "numberOfWarnings": 2, "hasStdOut": true, "hasStdErr": false},
            {"componentUid": "d", "numberOfWarnings": 1, "hasStdOut": null, "hasStdErr": true}]})");
    CHECK(format_utc(result.ran_on.value()) == "2026-01-01T00:00:45.000Z");
    CHECK(result.warnings == 3);
    CHECK(result.has_stdout);
    CHECK(result.has_stderr);
}

TEST_CASE("a result may have no component results yet", "[datto]") {
    const auto body = GENERATE(
        values<std::string>({R"({"jobDeploymentStatus": "Pending", "ranOn": null, "componentResults": null})",
                             R"({"jobDeploymentStatus": null, "componentResults": []})"}));
    CAPTURE(body);
    const auto result = reply<engine::JobResult>(engine::ReadResult{}, body);
    CHECK_FALSE(result.ran_on);
    CHECK_FALSE(result.warnings);
    CHECK_FALSE(result.has_stdout);
}

TEST_CASE("an output is the component's entry, or the only one", "[datto]") {
    const std::string two =
        R"([{"componentUid": "a", "stdData": "A"}, {"componentUid": "b", "stdData": "B\n"}])";
    CHECK(reply<engine::Output>(output_of("b"), two).text == "B\n");
    CHECK(reply<engine::Output>(output_of("B"), two).text == "B\n");
    CHECK_FALSE(reply<engine::Output>(output_of("c"), two).text);
    CHECK(reply<engine::Output>(output_of("c"), R"([{"componentUid": "b", "stdData": "B"}])").text == "B");
    CHECK(reply<engine::Output>(output_of("b"), R"([{"componentUid": "b", "stdData": ""}])").text == "");
    CHECK_FALSE(reply<engine::Output>(output_of("b"), R"([{"componentUid": "b", "stdData": null}])").text);
    CHECK_FALSE(reply<engine::Output>(output_of("b"), "[]").text);
}

TEST_CASE("an output may hold any text", "[datto]") {
    CHECK(reply<engine::Output>(output_of("b"), R"([{"componentUid": "b", "stdData": "a\u0000b\u001b[0m"}])")
              .text == std::string("a\0b\x1b[0m", 7));
}

TEST_CASE("the activity log's details are JSON inside a string", "[datto]") {
    const auto page = reply<engine::Page<engine::JobActivity>>(engine::SearchActivities{}, R"({
        "pageDetails": {"nextPageUrl": null}, "error": null, "activities": [
        {"id": "1", "category": "job", "action": "create", "date": 1767225600.123,
         "details": "{\"job.uid\": \"j1\", \"job.name\": \"clean rb01\", \"job.id\": 7}"},
        {"id": "2", "details": {"job": {"uid": "j2", "name": "n2"}}},
        {"id": "3", "details": "not json"}, {"id": "4", "details": null}, {"id": "5"}]})");
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[0].job == DattoJobUid{"j1"});
    CHECK(page.items[0].job_name == "clean rb01");
    CHECK(page.items[1].job == DattoJobUid{"j2"});
}

TEST_CASE("the activity log tells which job ended, where, how and when", "[datto]") {
    const auto page = reply<engine::Page<engine::JobActivity>>(engine::SearchActivities{}, R"({
        "pageDetails": {"nextPageUrl": null}, "activities": [
        {"category": "job", "action": "deployment", "date": 1767225600.123, "hasStdOut": true, "hasStdErr": null,
         "details": "{\"job.uid\": \"j1\", \"job.status\": \"Failure\", \"device.uid\": \"d1\"}"},
        {"date": "2026-01-01T00:00:01Z", "hasStdErr": false,
         "details": {"job": {"uid": "j2", "status": "hibernated"}, "device": {"uid": "d2"}}},
        {"date": null, "details": {"job.uid": "j3", "job.status": null, "device.uid": null}},
        {"date": 1, "hasStdOut": true, "details": {"job.uid": "", "job.status": "Success"}}]})");
    REQUIRE(page.items.size() == 3);
    const auto& first = page.items[0];
    CHECK(first.job == DattoJobUid{"j1"});
    CHECK(first.device == DeviceUid{"d1"});
    CHECK(first.status == engine::DeploymentStatus::failure);
    CHECK(format_utc(first.at.value()) == "2026-01-01T00:00:00.123Z");
    CHECK(first.has_stdout == true);
    CHECK_FALSE(first.has_stderr);
    CHECK(page.items[1].device == DeviceUid{"d2"});
    CHECK(page.items[1].status == engine::DeploymentStatus::other);
    CHECK(page.items[1].has_stderr == false);
    CHECK(page.items[2].device.empty());
    CHECK_FALSE(page.items[2].status);
    CHECK_FALSE(page.items[2].at);
}

TEST_CASE("alerts are read with what runbooks are started by", "[datto]") {
    const auto page = reply<engine::Page<engine::Alert>>(engine::ReadAlerts{}, R"({
        "pageDetails": {"count": 3, "nextPageUrl": "/api/v2/account/alerts/open?max=250&page=1"}, "alerts": [
        {"alertUid": "a1", "priority": "High", "diagnostics": "C: is full", "resolved": false, "muted": true,
         "timestamp": 1767225600000, "alertContext": {"@class": "perf_disk_usage_ctx", "samples": {"": 1}},
         "alertSourceInfo": {"deviceUid": "d1", "deviceName": "ACME-DC01", "siteUid": "s1", "siteName": "Acme"}},
        {"alertUid": null, "priority": "High"},
        {"alertUid": "a2", "priority": "Apocalyptic", "diagnostics": null, "resolved": null, "muted": null,
         "timestamp": null, "alertContext": null, "alertSourceInfo": null}]})");
    REQUIRE(page.items.size() == 2);
    const auto& first = page.items[0];
    CHECK(first.uid == AlertUid{"a1"});
    CHECK(first.priority == "High");
    CHECK(first.context_class == "perf_disk_usage_ctx");
    CHECK(first.diagnostics == "C: is full");
    CHECK(first.device == DeviceUid{"d1"});
    CHECK(first.hostname == "ACME-DC01");
    CHECK(first.site == SiteUid{"s1"});
    CHECK(first.site_name == "Acme");
    CHECK(format_utc(first.raised_at.value()) == "2026-01-01T00:00:00.000Z");
    CHECK(first.muted);
    CHECK_FALSE(first.resolved);
    CHECK(page.items[1].priority == "Apocalyptic");
    CHECK(page.items[1].device.empty());
    CHECK_FALSE(page.items[1].raised_at);
    CHECK(page.next_cursor == "/api/v2/account/alerts/open?max=250&page=1");
}

TEST_CASE("resolving an alert is answered with nothing, but not with an HTML page", "[datto]") {
    CHECK(std::holds_alternative<engine::AlertResolved>(read(engine::ResolveAlert{}, "").value()));
    CHECK(std::holds_alternative<engine::AlertResolved>(read(engine::ResolveAlert{}, "{}").value()));
    CHECK_FALSE(read(engine::ResolveAlert{}, "<html><body>maintenance</body></html>"));
}

TEST_CASE("an activity log that reports an error is not an empty one", "[datto]") {
    CHECK_FALSE(read(engine::SearchActivities{}, R"({"activities": [], "error": "backend is down"})"));
}

TEST_CASE("the request rate is read, and where it says nothing about writes, 100 are assumed", "[datto]") {
    const auto full = reply<engine::RequestRate>(engine::ReadRequestRate{}, R"({
        "slidingTimeWindowSizeSeconds": 60, "accountUid": "a", "accountCount": 17, "accountRateLimit": 600,
        "accountCutOffRatio": 0.9, "accountWriteRateLimit": 600, "accountWriteCount": 5,
        "operationWriteStatus": {"device-job-create": {"limit": 100, "count": 4}}})");
    CHECK(full.read_count == 17);
    CHECK(full.write_limit == 600);
    CHECK(full.write_count == 5);
    CHECK(full.create_limit == 100);
    CHECK(full.create_count == 4);
    const auto bare = reply<engine::RequestRate>(engine::ReadRequestRate{},
                                                 R"({"accountCount": 17, "accountRateLimit": null})");
    CHECK(bare.read_limit == 600);
    CHECK(bare.write_limit == 100);
    CHECK(bare.create_limit == 100);
    CHECK(bare.create_count == 0);
}

TEST_CASE("a token is a text for a header and a life", "[datto]") {
    const auto token =
        read_token(R"({"access_token": "eyJ.x-y_z", "token_type": "bearer", "expires_in": 360000})");
    REQUIRE(token);
    CHECK(token->text == "eyJ.x-y_z");
    CHECK(token->life == std::chrono::hours{100});
    CHECK(read_token(R"({"access_token": "t"})")->life == std::chrono::hours{100});
    CHECK(read_token(R"({"access_token": "t", "expires_in": "30"})")->life == std::chrono::seconds{30});
}

TEST_CASE("an answer without a usable token is refused", "[datto]") {
    const auto body =
        GENERATE(values<std::string>({"", "<html></html>", "{}", R"({"access_token": null})",
                                      R"({"access_token": ""})", R"({"access_token": "a\r\nb"})"}));
    CAPTURE(body);
    CHECK_FALSE(read_token(body));
}
