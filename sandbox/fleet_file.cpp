#include "sandbox/fleet_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "base/spelling.hpp"
#include "sandbox/component_file.hpp"
#include "sandbox/device_file.hpp"
#include "sandbox/uid.hpp"
#include "sandbox/unknowns_file.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {
namespace {

std::optional<Limits> read_limits(YamlMap& top, Problems& problems) {
    const auto node = top.get("limits");
    if (!node.IsDefined()) return Limits{};
    if (node.IsScalar() && node.Scalar() == "off") return std::nullopt;
    Limits limits;
    if (!node.IsMap()) {
        top.problem("limits",
                    "expected off, or a map such as {reads: 600, writes: 600, device_job_create: 100}");
        return limits;
    }
    YamlMap map(node, "limits", problems);
    limits.reads = map.number("reads", 1, 1'000'000, limits.reads);
    limits.writes = map.number("writes", 1, 1'000'000, limits.writes);
    limits.device_job_create = map.number("device_job_create", 1, 1'000'000, limits.device_job_create);
    if (auto block = map.inner("block")) {
        limits.block.emplace();
        limits.block->after = block->number("after", 1, 1'000'000, limits.block->after);
        limits.block->lasting = block->span("for", limits.block->lasting);
        block->finish();
    }
    map.finish();
    return limits;
}

ActivityTraits read_activity_log(YamlMap& top) {
    ActivityTraits traits;
    auto map = top.inner("activity_log");
    if (!map) return traits;
    traits.lag = map->range("lag", traits.lag);
    traits.deployments = map->flag("deployments", traits.deployments);
    traits.retention = map->span("retention", traits.retention);
    map->finish();
    return traits;
}

PagingTraits read_paging(YamlMap& top) {
    using Totals = PagingTraits::Totals;
    PagingTraits traits;
    auto map = top.inner("paging");
    if (!map) return traits;
    traits.drops_filters = map->flag("drops_filters", traits.drops_filters);
    // A plain `null` is an absent key, which says the same.
    traits.ends_with_empty_text =
        map->one_of<bool>("end", {{"null", false}, {"empty", true}}, traits.ends_with_empty_text);
    traits.relative_urls =
        map->one_of<bool>("urls", {{"absolute", false}, {"relative", true}}, traits.relative_urls);
    traits.totals = map->one_of<Totals>(
        "totals", {{"all", Totals::all}, {"not_alerts", Totals::not_alerts}, {"none", Totals::none}},
        traits.totals);
    traits.size = map->number("size", 1, 250, traits.size);
    traits.alerts_size = map->number("alerts_size", 1, 250, traits.alerts_size);
    map->finish();
    return traits;
}

/// Fields by name, each with its share; one without a share is always struck.
FieldShares read_shares(YamlMap& top, const std::string& key) {
    FieldShares shares;
    auto map = top.inner(key);
    if (!map) return shares;
    const auto& kinds = blemished_kinds();
    for (const auto& field : map->keys()) {
        const auto kind = field.substr(0, field.find('.'));
        const bool known = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
        if (field != "*" && (!known || kind.size() + 1 >= field.size())) {
            const auto close = nearest(kind, kinds, 1);
            map->problem(field,
                         "expected a field such as device.lastSeen, or device.*, or \"*\"" +
                             (close.empty() ? std::string{} : "; did you mean `" + close.front() + "`?"));
        }
        shares.set(field, map->share(field, 1.0));
    }
    return shares;
}

void read_sites(YamlMap& top, Fleet& fleet, Problems& problems) {
    std::set<std::string> uids;
    for (const auto& node : top.list("sites")) {
        YamlMap map(node, "sites[" + std::to_string(fleet.sites.size()) + "]", problems);
        Site site;
        site.name = map.required_text("name");
        site.uid = map.text("uid", guid_of("site", site.name));
        site.description = map.text("description", "");
        site.on_demand = map.flag("on_demand", false);
        if (!uids.insert(site.uid).second) map.problem("name", "a site of this name or uid is given already");
        fleet.sites.push_back(site);
        read_devices(map, fleet, problems);
        map.finish();
    }
}

void read_filters(YamlMap& top, Fleet& fleet, Problems& problems) {
    for (const auto& node : top.list("filters")) {
        YamlMap map(node, "filters[" + std::to_string(fleet.filters.size()) + "]", problems);
        Filter filter;
        filter.name = map.required_text("name");
        filter.os = map.text("os", "");
        filter.hostname = map.text("hostname", "");
        filter.type = map.text("type", "");
        filter.site = map.text("site", "");
        filter.domain = map.text("domain", "");
        filter.is_default = map.flag("default", false);
        map.finish();
        fleet.filters.push_back(std::move(filter));
    }
}

nlohmann::json fault_as_json(const YAML::Node& node) {
    if (!node.IsMap()) return nullptr;
    auto fault = nlohmann::json::object();
    for (const auto& pair : node) {
        if (!pair.first.IsScalar()) continue;
        fault[pair.first.Scalar()] =
            pair.second.IsScalar() ? nlohmann::json(pair.second.Scalar()) : nlohmann::json();
    }
    return fault;
}

void read_faults(YamlMap& top, Fleet& fleet, Problems& problems) {
    for (const auto& node : top.list("faults")) {
        auto fault = parse_fault(fault_as_json(node));
        if (fault) {
            fleet.faults.push_back(*fault);
        } else {
            problems.add(node, fault.error().message);
        }
    }
}

void refuse_later_keys(YamlMap& top) {
    const auto alerts = top.get("alerts");
    if (alerts.IsDefined() && !(alerts.IsSequence() && alerts.size() == 0))
        top.problem("alerts", "not supported yet");
}

Fleet read_fleet(const YAML::Node& document, Problems& problems) {
    Fleet fleet;
    YamlMap top(document, "", problems);
    fleet.key = top.text("key", fleet.key);
    fleet.secret = top.text("secret", fleet.secret);
    fleet.limits = read_limits(top, problems);
    fleet.pickup = top.range("pickup", fleet.pickup);
    fleet.expiry = top.span("expiry", fleet.expiry);
    fleet.token_life = top.span("token_life", fleet.token_life);
    fleet.activity_log = read_activity_log(top);
    fleet.paging = read_paging(top);
    fleet.unknowns = read_unknowns(top);
    fleet.blemishes.nulls = read_shares(top, "nulls");
    fleet.blemishes.words = read_shares(top, "new_words");
    fleet.results_404_for = top.span("results_404_for", fleet.results_404_for);
    read_sites(top, fleet, problems);
    read_components(top, fleet, problems);
    read_filters(top, fleet, problems);
    read_faults(top, fleet, problems);
    refuse_later_keys(top);
    top.finish();
    return fleet;
}

}  // namespace

Result<Fleet> parse_fleet(const std::string& text, const std::string& name) {
    Problems problems(name);
    Fleet fleet;
    try {
        const auto document = YAML::Load(text);
        fleet = read_fleet(document.IsNull() ? YAML::Node(YAML::NodeType::Map) : document, problems);
    } catch (const YAML::Exception& error) {
        problems.add(error.mark.line, "not valid YAML: " + error.msg);
    }
    if (!problems.none()) return fail(ErrorCode::invalid_input, problems.text());
    return fleet;
}

Result<Fleet> load_fleet(const std::filesystem::path& file) {
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(file, unreadable)) {
        return fail(ErrorCode::not_found,
                    file.string() + ": there is no such file; give a fleet file with --fleet");
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::unavailable, file.string() + ": cannot be read; check its permissions");
    return parse_fleet(std::string(std::istreambuf_iterator<char>(in), {}), file.string());
}

}  // namespace runbookd::sandbox
