#include "sandbox/device_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

constexpr int kMostDevices = 1'000'000;

/// Enumeration deviceClass of the API.
constexpr std::array<std::string_view, 5> kClasses = {"device", "printer", "esxihost", "rmmnetworkdevice",
                                                      "unknown"};

/// Enumeration patchStatus of the API.
constexpr std::array<std::string_view, 6> kPatchStatuses = {
    "NoPolicy", "NoData", "RebootRequired", "InstallError", "ApprovedPending", "FullyPatched"};

/// "ACME-WS{n:03}" for 7 is "ACME-WS007"; none where the place is malformed.
std::optional<std::string> numbered(const std::string& pattern, int n) {
    const auto open = pattern.find('{');
    if (open == std::string::npos) return pattern;
    const auto close = pattern.find('}', open);
    if (close == std::string::npos) return std::nullopt;
    const auto place = pattern.substr(open + 1, close - open - 1);
    std::size_t width = 0;
    if (place != "n") {
        if (place.rfind("n:", 0) != 0) return std::nullopt;
        const auto* end_of_place = place.data() + place.size();
        const auto [end, error] = std::from_chars(place.data() + 2, end_of_place, width);
        if (error != std::errc{} || end != end_of_place || width > 12) return std::nullopt;
    }
    auto digits = std::to_string(n);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return pattern.substr(0, open) + digits + pattern.substr(close + 1);
}

/// Sets `share` where the key holds one.
OnlinePattern read_online(YamlMap& map, std::optional<double>& share, Problems& problems) {
    OnlinePattern pattern;
    const auto node = map.get("online");
    if (!node.IsDefined()) return pattern;
    if (node.IsMap()) {
        YamlMap inner(node, map.path_of("online"), problems);
        pattern.after = inner.span("after", Millis{0});
        pattern.lasting = inner.optional_span("for");
        pattern.every = inner.optional_span("every");
        if (pattern.lasting && pattern.lasting->count() == 0) inner.problem("for", "expected more than 0s");
        if (pattern.every && (!pattern.lasting || *pattern.every <= *pattern.lasting)) {
            inner.problem("every", "expected a span longer than `for`, which must be given with it");
        }
        inner.finish();
        return pattern;
    }
    const auto word = node.IsScalar() && is_plain(node) ? node.Scalar() : std::string{};
    share = parse_share(word);
    if (word == "false") pattern.ever = false;
    if (!share && word != "true" && word != "false") {
        map.problem("online",
                    "expected true, false, a share such as 95%, or {after: 120s, for: 60s, every: 600s}");
    }
    return pattern;
}

Millis read_appears(YamlMap& map, Problems& problems) {
    const auto node = map.get("appears");
    if (!node.IsDefined()) return Millis{0};
    YamlMap inner(node, map.path_of("appears"), problems);
    const auto after = inner.span("after", Millis{0});
    inner.finish();
    return after;
}

void read_udf(YamlMap& map, DeviceTraits& traits) {
    const auto node = map.get("udf");
    if (!node.IsDefined()) return;
    if (!node.IsMap()) return map.problem("udf", "expected a map such as {5: gold}");
    for (const auto& pair : node) {
        int number = 0;
        const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string{};
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
        const bool valid =
            error == std::errc{} && end == key.data() + key.size() && number >= 1 && number <= 300;
        if (!valid || !pair.second.IsScalar()) {
            map.problem("udf", "expected numbers from 1 to 300 with a text each, such as {5: gold}");
            return;
        }
        traits.udf[number] = pair.second.Scalar();
    }
}

void read_patch_management(YamlMap& map, DeviceTraits& traits) {
    if (map.get("reboot_required").IsDefined()) traits.reboot_required = map.flag("reboot_required", false);
    traits.patch_status = map.text("patch_status", "");
    if (!traits.patch_status.empty() &&
        std::find(kPatchStatuses.begin(), kPatchStatuses.end(), traits.patch_status) == kPatchStatuses.end())
        map.problem(
            "patch_status",
            "expected NoPolicy, NoData, RebootRequired, InstallError, ApprovedPending or FullyPatched");
}

void read_last_seen(YamlMap& map, DeviceTraits& traits) {
    const auto word = map.text("last_seen", "");
    if (word.empty()) return;
    if (const auto span = parse_duration(word)) {
        traits.last_seen_before_start = *span;
    } else if (const auto at = parse_utc(word)) {
        traits.last_seen_at = *at;
    } else {
        map.problem("last_seen",
                    "expected a span before the start such as 40d, or a time such as 2026-01-31T08:00");
    }
}

DeviceTraits read_traits(YamlMap& map, std::optional<double>& share, Problems& problems) {
    DeviceTraits traits;
    traits.os = map.text("os", "");
    traits.type = map.text("type", traits.type);
    traits.device_class = map.text("class", traits.device_class);
    if (std::find(kClasses.begin(), kClasses.end(), traits.device_class) == kClasses.end()) {
        map.problem("class", "expected device, printer, esxihost, rmmnetworkdevice or unknown");
    }
    traits.domain = map.text("domain", "");
    read_udf(map, traits);
    read_patch_management(map, traits);
    traits.online = read_online(map, share, problems);
    traits.appears_after = read_appears(map, problems);
    traits.deleted = map.flag("deleted", false);
    traits.suspended = map.flag("suspended", false);
    read_last_seen(map, traits);
    return traits;
}

/// Devices of one entry; `uids` holds all that were given out before.
void read_entry(YamlMap& map, Fleet& fleet, std::unordered_set<std::string>& uids, Problems& problems) {
    const auto hostname = map.required_text("hostname");
    const auto count = map.number("count", 1, kMostDevices, 1);
    const auto uid = map.text("uid", "");
    std::optional<double> share;
    fleet.traits.push_back(read_traits(map, share, problems));
    map.finish();
    if (count > 1 && !uid.empty())
        map.problem("uid", "expected none beside `count`: each device has its own");
    if (count > 1 && hostname.find("{n") == std::string::npos) {
        map.problem("hostname", "expected a place for the number beside `count`, such as PC{n:03}");
    }
    for (int n = 1; n <= count; ++n) {
        const auto name = numbered(hostname, n);
        if (!name) return map.problem("hostname", "expected {n} or {n:03} in the braces");
        Device device;
        device.hostname = *name;
        device.site = static_cast<std::uint32_t>(fleet.sites.size() - 1);
        device.traits = static_cast<std::uint32_t>(fleet.traits.size() - 1);
        const auto full_name = fleet.sites.back().name + '\0' + *name;
        device.uid = uid.empty() ? guid_of("device", full_name) : uid;
        if (share) device.reachable = fraction(hash64("online " + full_name)) < *share;
        if (!uids.insert(device.uid).second) {
            return map.problem("hostname", "`" + *name +
                                               "` is given twice in this site, or its uid elsewhere; devices "
                                               "of one name need a `uid` each");
        }
        fleet.devices.push_back(std::move(device));
    }
}

}  // namespace

void read_devices(YamlMap& site_map, Fleet& fleet, Problems& problems) {
    std::unordered_set<std::string> uids;
    for (const auto& device : fleet.devices) uids.insert(device.uid);
    int number = 0;
    for (const auto& node : site_map.list("devices")) {
        YamlMap map(node, site_map.path_of("devices[" + std::to_string(number++) + "]"), problems);
        read_entry(map, fleet, uids, problems);
    }
}

}  // namespace runbookd::sandbox
