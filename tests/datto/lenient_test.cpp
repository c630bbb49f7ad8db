// Whatever becomes of one field of an answer, reading it neither throws nor takes a list for an empty one.
#include <array>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "datto/addresses.hpp"
#include "datto/json_read.hpp"
#include "datto/json_repair.hpp"
#include "datto/replies.hpp"

using namespace runbookd;
using namespace runbookd::datto;
using nlohmann::json;

namespace {

struct Sample {
    engine::ApiCall call;
    json body;
};

json page_of(const char* key, json entries) {
    json body;
    body["pageDetails"] = {{"count", 2},
                           {"totalCount", 3},
                           {"prevPageUrl", nullptr},
                           {"nextPageUrl", "https://merlot-api.centrastage.net/api/v2/account/x?page=1"}};
    body[key] = std::move(entries);
    return body;
}

json twice(json entry, const char* uid_key) {
    auto other = entry;
    other[uid_key] = entry[uid_key].is_number() ? json(8) : json("other");
    return json::array({std::move(entry), std::move(other)});
}

json device() {
    return json::parse(R"({"id": 7, "uid": "d1", "siteId": 1, "siteUid": "s1", "siteName": "Acme HQ",
        "deviceType": {"category": "Server", "type": "Chassis"}, "hostname": "ACME-DC01",
        "operatingSystem": "Windows", "domain": "corp", "rebootRequired": false, "online": true,
        "suspended": false, "deleted": false, "lastSeen": 1767225600000, "udf": {"udf1": "a", "udf300": null},
        "deviceClass": "device", "patchManagement": {"patchStatus": "NoData"}})");
}
json component() {
    return json::parse(
        R"({"id": 1, "uid": "c1", "name": "Clear", "description": "d", "categoryCode": "scripts",
        "credentialsRequired": false, "variables": [{"name": "days", "type": "string", "defaultVal": "7",
        "direction": true, "description": "how old", "variablesIdx": 0}]})");
}
json activity() {
    return json::parse(R"({"id": "1", "entity": "DEVICE", "category": "job", "action": "deployment",
        "date": 1767225600.123, "hasStdOut": true, "hasStdErr": false, "hostname": "A", "details":
        {"job.uid": "j1", "job.name": "clean rb01", "job.status": "Success", "device.uid": "d1"}})");
}
json alert() {
    return json::parse(R"({"alertUid": "a1", "priority": "High", "diagnostics": "full", "resolved": false,
        "muted": false, "timestamp": 1767225600000, "alertContext": {"@class": "perf_disk_usage_ctx"},
        "alertSourceInfo": {"deviceUid": "d1", "deviceName": "A", "siteUid": "s1", "siteName": "Acme"}})");
}

std::vector<Sample> samples() {
    const json site = {{"uid", "s1"}, {"name", "Acme"}, {"onDemand", false}};
    const json filter = {{"id", 17}, {"name", "Servers"}, {"type", "custom"}};
    auto log = page_of("activities", json::array({activity(), activity()}));
    log["activities"][1]["details"] = R"({"job.uid": "j2", "job.name": "clean rb02"})";
    log["error"] = nullptr;
    std::vector<Sample> all;
    all.push_back({engine::ReadSites{}, page_of("sites", twice(site, "uid"))});
    all.push_back({engine::ReadDevices{}, page_of("devices", twice(device(), "uid"))});
    all.push_back({engine::ReadSiteDevices{}, page_of("devices", twice(device(), "uid"))});
    all.push_back({engine::ReadFilterDevices{}, page_of("devices", twice(device(), "uid"))});
    all.push_back({engine::ReadComponents{}, page_of("components", twice(component(), "uid"))});
    all.push_back({engine::ReadDefaultFilters{}, page_of("filters", twice(filter, "id"))});
    all.push_back({engine::ReadCustomFilters{}, page_of("filters", twice(filter, "id"))});
    all.push_back({engine::ReadAlerts{}, page_of("alerts", twice(alert(), "alertUid"))});
    all.push_back({engine::SearchActivities{}, std::move(log)});
    all.push_back({engine::ReadDevice{}, device()});
    all.push_back({engine::CreateQuickJob{}, json::parse(R"({"job": {"id": 7, "uid": "j1", "name": "n",
        "dateCreated": 1, "status": "active"}, "jobComponents": [{"uid": "c", "name": "C", "variables": []}]})")});
    all.push_back(
        {engine::ReadResult{}, json::parse(R"({"jobUid": "j1", "deviceUid": "d1", "ranOn": 1767225645000,
        "jobDeploymentStatus": "Success", "componentResults": [{"componentUid": "c", "componentName": "C",
        "componentStatus": "Success", "numberOfWarnings": 2, "hasStdOut": true, "hasStdErr": false}]})")});
    engine::ReadOutput output;
    output.component = ComponentUid{"c"};
    all.push_back(
        {output, json::parse(R"([{"componentUid": "c", "componentName": "C", "stdData": "removed 3\n"}])")});
    all.push_back(
        {engine::ReadRequestRate{}, json::parse(R"({"slidingTimeWindowSizeSeconds": 60, "accountUid": "a",
        "accountCount": 17, "accountRateLimit": 600, "accountCutOffRatio": 0.9, "accountWriteRateLimit": 600,
        "accountWriteCount": 5, "operationWriteStatus": {"device-job-create": {"limit": 100, "count": 4}}})")});
    all.push_back({engine::ResolveAlert{}, json::object()});
    return all;
}

/// Of a page: how many entries it has; nothing of any other reply.
std::optional<std::size_t> entries_of(const engine::ApiReply& reply) {
    return std::visit(
        [](const auto& one) -> std::optional<std::size_t> {
            if constexpr (requires { one.items.size(); }) return one.items.size();
            return std::nullopt;
        },
        reply);
}

Result<engine::ApiReply> read(const engine::ApiCall& call, const std::string& body) {
    static const auto base = parse_base_url("https://merlot-api.centrastage.net").value();
    return read_reply(base, call, "/api/v2/account/x?max=250", body);
}

/// Every place in the document, itself included.
void collect(const json& value, const json::json_pointer& at, std::vector<json::json_pointer>& places) {
    places.push_back(at);
    if (value.is_object())
        for (const auto& [key, inner] : value.items()) collect(inner, at / key, places);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], at / i, places);
}

const std::array kDamage{json(nullptr),
                         json(17),
                         json(-1),
                         json(1e300),
                         json(std::uint64_t{18'446'744'073'709'551'615U}),
                         json(9'223'372'036'854'775'807),
                         json(0.5),
                         json("text"),
                         json(""),
                         json(true),
                         json(false),
                         json::array(),
                         json::object(),
                         json::array({1, nullptr}),
                         json::object({{"a", 1}})};

}  // namespace

TEST_CASE("a damaged field never throws, and never makes a list an empty one", "[datto]") {
    for (const auto& sample : samples()) {
        const auto whole = read(sample.call, sample.body.dump());
        INFO(sample.body.dump());
        REQUIRE(whole);
        std::vector<json::json_pointer> places;
        collect(sample.body, json::json_pointer(), places);
        for (const auto& place : places)
            for (const auto& damage : kDamage) {
                auto body = sample.body;
                body[place] = damage;
                CAPTURE(place.to_string(), damage.dump());
                const auto reply = read(sample.call, body.dump());
                if (!reply) continue;
                REQUIRE(reply->index() == whole->index());
                // A damaged entry is left out at most alone.
                if (const auto before = entries_of(*whole)) CHECK(*entries_of(*reply) + 1 >= *before);
                if (const auto* created = std::get_if<engine::CreatedJob>(&*reply))
                    CHECK_FALSE(created->job.empty());
                if (const auto* one = std::get_if<engine::Device>(&*reply)) CHECK_FALSE(one->uid.empty());
            }
    }
}

TEST_CASE("a field that is not there is one that is null", "[datto]") {
    for (const auto& sample : samples()) {
        std::vector<json::json_pointer> places;
        collect(sample.body, json::json_pointer(), places);
        for (const auto& place : places) {
            if (place.empty() || sample.body.at(place.parent_pointer()).is_array()) continue;
            auto without = sample.body;
            without.at(place.parent_pointer()).erase(place.back());
            CAPTURE(sample.body.dump(), place.to_string());
            const auto reply = read(sample.call, without.dump());
            const auto whole = read(sample.call, sample.body.dump());
            if (!reply) continue;
            if (const auto before = entries_of(*whole)) CHECK(*entries_of(*reply) + 1 >= *before);
        }
    }
}

TEST_CASE("an answer cut anywhere is refused", "[datto]") {
    for (const auto& sample : samples()) {
        const auto text = sample.body.dump();
        for (std::size_t length = 1; length < text.size(); ++length)
            CHECK_FALSE(read(sample.call, text.substr(0, length)));
    }
}

TEST_CASE("an object that was due may come in a list of one, and a list may come bare", "[datto]") {
    for (const auto& sample : samples()) {
        CAPTURE(sample.body.dump());
        if (std::holds_alternative<engine::ReadOutput>(sample.call)) {
            CHECK(std::get<engine::Output>(read(sample.call, sample.body[0].dump()).value()).text ==
                  "removed 3\n");
            continue;
        }
        if (!sample.body.contains("pageDetails")) {
            CHECK(read(sample.call, json::array({sample.body}).dump()));
            continue;
        }
        for (const auto& [key, entries] : sample.body.items()) {
            if (!entries.is_array()) continue;
            const auto bare = read(sample.call, entries.dump());
            REQUIRE(bare);
            CHECK(entries_of(*bare) == 2);
        }
        CHECK_FALSE(read(sample.call, "[]"));
    }
}

TEST_CASE("a page that counts entries and has none is no empty list", "[datto]") {
    const auto body =
        GENERATE(values<std::string>({R"({"pageDetails": {"totalCount": 9}, "devices": []})",
                                      R"({"pageDetails": {"totalCount": 9}, "devices": null})",
                                      R"({"pageDetails": {"count": 9}, "devices": null})",
                                      R"({"pageDetails": {"count": 9}})", R"({"devices": [null, null]})"}));
    CAPTURE(body);
    CHECK_FALSE(read(engine::ReadDevices{}, body));
    CHECK(read(engine::ReadDevices{}, R"({"pageDetails": {"count": 250, "totalCount": 0}, "devices": []})"));
}

TEST_CASE("of keys that come twice the last counts", "[datto]") {
    const auto device = read(engine::ReadDevice{}, R"({"uid": "a", "hostname": "old", "uid": "b"})");
    CHECK(std::get<engine::Device>(device.value()).uid == DeviceUid{"b"});
}

TEST_CASE("one bad value does not spoil the rest of an answer", "[datto]") {
    const auto [given, text] = GENERATE(table<std::string, std::string>(
        {{R"({"a": 1e999, "uid": "d"})", R"({"a":null,"uid":"d"})"},
         {R"({"a": -1e999, "b": 1e-999, "uid": "d"})", R"({"a":null,"b":null,"uid":"d"})"},
         {R"({"a": NaN, "b": -Infinity, "uid": "d"})", R"({"a":null,"b":null,"uid":"d"})"},
         {R"({"a": "\ud83d\ude00 \ud83d \ude00 x", "b": "1e999 NaN"})",
          "{\"a\":\"\xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBF\xBD x\",\"b\":\"1e999 NaN\"}"},
         {R"({"a": "\ud83d\u0041"})",
          "{\"a\":\"\xEF\xBF\xBD"
          "A\"}"},
         {"{\"a\": \"line\nbreak\ttab\"}", "{\"a\":\"line\\nbreak\\ttab\"}"},
         {"{\"a\": \"caf\xE9 \xC3\"}", "{\"a\":\"caf\xEF\xBF\xBD \xEF\xBF\xBD\"}"},
         {"{\"a\": \"\\\"\xFF\\\\\"}", "{\"a\":\"\\\"\xEF\xBF\xBD\\\\\"}"}}));
    CAPTURE(given);
    const auto parsed = parse_json(given);
    REQUIRE(parsed);
    CHECK(parsed->dump() == text);
    CHECK(parse_json("\xEF\xBB\xBF" + given));
}

TEST_CASE("what is not JSON is not made into some", "[datto]") {
    const auto given = GENERATE(values<std::string>(
        {"", " ", "{", "{\"a\": \"", "{\"a\": \"\\", "{\"a\": \"\\u12", "[1,]", "nan", "undefined",
         "{'a': 1}", "\xFF", "{\"a\": 1} {\"a\": 2}", "<p>NaN</p>", "\"\\x41\""}));
    CAPTURE(given);
    CHECK_FALSE(parse_json(given));
}

TEST_CASE("depth and number of values are bounded, texts are not", "[datto]") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(parse_json(nested(64)));
    CHECK_FALSE(parse_json(nested(65)));
    std::string many = "[0";
    for (int i = 0; i < 999'999; ++i) many += ",0";
    CHECK(is_bounded_json(many + "]"));
    CHECK_FALSE(is_bounded_json(many + ",0]"));
    CHECK(parse_json("\"" + std::string(3'000'000, ',') + "[{\\\"" + nested(70) + "\""));
}
