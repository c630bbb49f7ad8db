// Devices: lists and their filters, single ones, what is written into their fields.
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::string_view kVersion3 = "/api/v3/";
constexpr int kMostFields = 300;

/// Substring, letters compared without case; an empty pattern is in every text.
bool contains(const std::string& text, const std::string& lowered_part) {
    return lowered_part.empty() || ascii_lower(text).find(lowered_part) != std::string::npos;
}

bool glob_allows(const std::string& glob, const std::string& text) {
    return glob.empty() || glob_matches(glob, text);
}

using DeviceTest = std::function<bool(const Device&)>;

DeviceTest test_of_filter(const Fleet& fleet, const Filter& filter) {
    return [&fleet, &filter](const Device& device) {
        const auto& traits = fleet.traits_of(device);
        return glob_allows(filter.os, traits.os) && glob_allows(filter.type, traits.type) &&
               glob_allows(filter.hostname, device.hostname) && glob_allows(filter.domain, traits.domain) &&
               glob_allows(filter.site, fleet.site_of(device).name);
    };
}

/// The test that `filterId` or, in its absence, the other parameters ask for; none where there is no such
/// filter.
std::optional<DeviceTest> device_test(const Call& call, const DeviceTest& otherwise) {
    const auto& fleet = call.world.fleet();
    if (!call.query.count("filterId")) return otherwise;
    const auto id = whole_number(call.query, "filterId", 0);
    if (!id || *id < 1 || *id > static_cast<std::int64_t>(fleet.filters.size())) return std::nullopt;
    return test_of_filter(fleet, fleet.filters[static_cast<std::size_t>(*id - 1)]);
}

/// The device as this version of the API shows it: /v3 has a list of fields in the place of `udf`.
json shown_device(const Call& call, const Device& device) {
    const bool version3 = call.request.path.rfind(kVersion3, 0) == 0;
    return device_view(call.world, device, call.now, version3 ? FieldsAs::list : FieldsAs::map);
}

Reply devices_page(const Call& call, const DeviceTest& test) {
    const auto& devices = call.world.fleet().devices;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (call.world.devices().exists(devices[i], call.now.steady) && test(devices[i])) found.push_back(i);
    }
    return page_reply(call, "devices", found, [&](std::size_t i) { return shown_device(call, devices[i]); });
}

Reply device_reply(const Call& call, const Device* device) {
    return device ? json_reply(shown_device(call, *device)) : error_reply(404, call);
}

Reply done() {
    Reply reply;
    reply.content_type.clear();
    return reply;
}

std::optional<int> number_in(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Fields to write, by number; an empty text clears.
using Fields = std::vector<std::pair<int, std::string>>;

/// {"udf5": "gold", "udf6": null}; none where it is anything else.
std::optional<Fields> fields_of_map(const json& body) {
    if (!body.is_object()) return std::nullopt;
    Fields fields;
    for (const auto& [key, value] : body.items()) {
        const auto number =
            key.rfind("udf", 0) == 0 ? number_in(std::string_view(key).substr(3)) : std::nullopt;
        if (!number || *number < 1 || *number > kMostFields || !(value.is_string() || value.is_null()))
            return std::nullopt;
        fields.emplace_back(*number, value.is_string() ? value.get<std::string>() : std::string{});
    }
    return fields;
}

/// {"udfs": [{"ordinal": 5, "valueString": "gold"}]}; all values left out or null clears.
std::optional<Fields> fields_of_list(const json& body) {
    if (!body.is_object() || !body.contains("udfs") || !body["udfs"].is_array()) return std::nullopt;
    Fields fields;
    for (const auto& each : body["udfs"]) {
        if (!each.is_object() || !each.contains("ordinal") || !each["ordinal"].is_number_integer())
            return std::nullopt;
        const auto ordinal = each["ordinal"].get<std::int64_t>();
        if (ordinal < 1 || ordinal > kMostFields) return std::nullopt;
        std::string text;
        for (const auto* key : {"valueString", "valueBoolean", "valueNumber", "valueDate"}) {
            if (!each.contains(key) || each[key].is_null()) continue;
            if (!text.empty()) return std::nullopt;
            text = each[key].is_string() ? each[key].get<std::string>() : each[key].dump();
        }
        fields.emplace_back(static_cast<int>(ordinal), std::move(text));
    }
    return fields;
}

Reply write_fields(const Call& call, const std::optional<Fields>& fields) {
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return error_reply(404, call);
    if (!fields) return error_reply(400, call);
    for (const auto& [number, value] : *fields) call.world.devices().set_udf(*device, number, value);
    return done();
}

}  // namespace

Reply get_account_devices(const Call& call) {
    const auto& fleet = call.world.fleet();
    const auto lowered = [&](const char* name) { return ascii_lower(text_of(call.query, name)); };
    const auto hostname = lowered("hostname");
    const auto type = lowered("deviceType");
    const auto os = lowered("operatingSystem");
    const auto site = lowered("siteName");
    const DeviceTest by_texts = [&](const Device& device) {
        const auto& traits = fleet.traits_of(device);
        return contains(device.hostname, hostname) && contains(traits.type, type) &&
               contains(traits.os, os) && contains(fleet.site_of(device).name, site);
    };
    const auto test = device_test(call, by_texts);
    if (!test) return error_reply(404, call);
    return devices_page(call, *test);
}

Reply get_site_devices(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    const auto test = device_test(call, [](const Device&) { return true; });
    if (!site || !test) return error_reply(404, call);
    return devices_page(call, [&](const Device& device) {
        return &call.world.fleet().site_of(device) == site && (*test)(device);
    });
}

Reply get_device(const Call& call) {
    return device_reply(call, call.world.find_device(call.parts[0], call.now.steady));
}

Reply get_device_by_id(const Call& call) {
    const auto id = whole_number({{"id", call.parts[0]}}, "id", 0);
    if (!id) return error_reply(400, call);
    return device_reply(call, device_with_id(call.world, *id, call.now.steady));
}

Reply get_devices_by_mac(const Call& call) {
    const auto* device = device_with_mac(call.world, call.parts[0], call.now.steady);
    return device ? json_reply(json::array({shown_device(call, *device)})) : error_reply(404, call);
}

Reply post_udf(const Call& call) {
    return write_fields(call, fields_of_map(json::parse(call.request.body, nullptr, false)));
}

Reply post_udfs(const Call& call) {
    return write_fields(call, fields_of_list(json::parse(call.request.body, nullptr, false)));
}

}  // namespace runbookd::sandbox
