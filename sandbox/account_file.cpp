#include "sandbox/account_file.hpp"

#include <algorithm>

#include "base/spelling.hpp"

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

SeedTraits read_seed(YamlMap& top) {
    SeedTraits traits;
    traits.token = top.text("token", traits.token);
    auto map = top.inner("seed");
    if (!map) return traits;
    traits.idempotency =
        map->one_of<bool>("idempotency", {{"honoured", true}, {"ignored", false}}, traits.idempotency);
    traits.refuses_offline =
        map->one_of<bool>("offline", {{"refuse", true}, {"accept", false}}, traits.refuses_offline);
    traits.failures_complete =
        map->one_of<bool>("failures", {{"completed", true}, {"failed", false}}, traits.failures_complete);
    map->finish();
    return traits;
}

}  // namespace

std::vector<AccountVariable> read_variables(YamlMap& owner, Problems& problems) {
    std::vector<AccountVariable> variables;
    for (const auto& node : owner.list("variables")) {
        YamlMap map(node, owner.path_of("variables[" + std::to_string(variables.size()) + "]"), problems);
        AccountVariable variable;
        variable.name = map.required_text("name");
        variable.value = map.text("value", "");
        variable.masked = map.flag("masked", false);
        map.finish();
        variables.push_back(std::move(variable));
    }
    return variables;
}

void read_account(YamlMap& top, Fleet& fleet, Problems& problems) {
    fleet.dialects = top.one_of<Dialects>(
        "dialect", {{"datto", Dialects::datto}, {"seed", Dialects::seed}, {"both", Dialects::both}},
        fleet.dialects);
    fleet.key = top.text("key", fleet.key);
    fleet.secret = top.text("secret", fleet.secret);
    fleet.seed = read_seed(top);
    fleet.limits = read_limits(top, problems);
    fleet.pickup = top.range("pickup", fleet.pickup);
    fleet.expiry = top.span("expiry", fleet.expiry);
    fleet.token_life = top.span("token_life", fleet.token_life);
    fleet.activity_log = read_activity_log(top);
    fleet.paging = read_paging(top);
    fleet.blemishes.nulls = read_shares(top, "nulls");
    fleet.blemishes.words = read_shares(top, "new_words");
    fleet.results_404_for = top.span("results_404_for", fleet.results_404_for);
    fleet.variables = read_variables(top, problems);
}

}  // namespace runbookd::sandbox
