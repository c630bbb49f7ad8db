#include "config/account_reader.hpp"

#include <array>
#include <cmath>

#include "config/base_url.hpp"
#include "config/blackout_reader.hpp"
#include "config/secret_reference.hpp"
#include "config/secrets_reader.hpp"
#include "config/zone_reader.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Range<Millis> kRefreshRange{seconds{1}, hours{24}};
constexpr Range<std::int64_t> kLimitRange{1, 1'000'000'000};

const Vocabulary& account_keys() {
    static const Vocabulary keys{{"api", "url", "key", "secret", "token", "ca", "proxy", "timezone", "limits",
                                  "budget", "follow", "fleet", "not_during"},
                                 {}};
    return keys;
}

std::int64_t read_limit(const MapReader& map, std::string_view key, std::int64_t unset) {
    const auto field = map.get(key);
    return field ? read_integer(*field, kLimitRange).value_or(unset) : unset;
}

Limits read_limits(const Field& field) {
    Limits limits;
    if (field.is_scalar()) {
        if (field.node->text == "auto") return limits;
        limits.mode = Limits::Mode::off;
        if (field.node->text == "off") return limits;
        field.error({.code = "bad_value",
                     .message = shown(field.node->text) + " is not a choice here",
                     .expected = "auto, off, or a map with reads, writes, creates",
                     .suggestion = nearest_of(field.node->text, {"auto", "off"})});
        return limits;
    }
    static const Vocabulary keys{{"reads", "writes", "creates"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return limits;
    if (map->is_empty())
        field.error({.code = "bad_value", .message = "no limit is given", .expected = join(keys.known)});
    limits.mode = Limits::Mode::fixed;
    limits.reads = read_limit(*map, "reads", limits.reads);
    limits.writes = read_limit(*map, "writes", limits.writes);
    limits.creates = read_limit(*map, "creates", limits.creates);
    return limits;
}

double read_budget(const Field& field, double unset) {
    const std::string expected = "a share such as 80%, from 1% to 100%";
    if (!field.is_scalar()) {
        field.wrong_type(expected);
        return unset;
    }
    auto text = field.node->text;
    const bool is_share = text.ends_with('%');
    if (is_share) text.pop_back();
    const bool is_number =
        !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
    const int percent = is_number ? std::stoi(text) : 0;
    if (is_share && percent >= 1 && percent <= 100) return percent / 100.0;
    field.error(
        {.code = "bad_value", .message = shown(field.node->text) + " is not a share", .expected = expected});
    return unset;
}

Follow read_follow(const Field& field) {
    constexpr std::array kModes{Follow::automatic, Follow::results, Follow::activity_log};
    const auto word = read_word(field, {{"auto"}, {"results"}, {"activity_log"}});
    return kModes[word.value_or(0)];
}

Millis read_fleet_refresh(const Field& field, Millis unset) {
    static const Vocabulary keys{{"refresh"}, {}};
    const auto map = MapReader::open(field, keys);
    const auto refresh = map ? map->get("refresh") : std::nullopt;
    return refresh ? read_duration(*refresh, kRefreshRange).value_or(unset) : unset;
}

Api read_api(const MapReader& map) {
    const auto field = map.get("api");
    if (!field) {
        map.missing("api", "api: datto");
        return Api::datto;
    }
    const auto word = read_word(*field, {{"datto", true}, {"seed", true}});
    return word == std::size_t{1} ? Api::seed : Api::datto;
}

std::string read_url(const MapReader& map) {
    const auto field = map.get("url");
    if (!field) {
        map.missing("url",
                    "the API address that Datto RMM shows, such as https://merlot-api.centrastage.net");
        return {};
    }
    const auto text = read_text(*field);
    if (!text) return {};
    auto url = check_base_url(*text);
    if (url) return *url;
    field->error({.code = "bad_value",
                  .message = url.error().message,
                  .expected = "such as https://merlot-api.centrastage.net"});
    return {};
}

Secret read_needed_secret(const MapReader& map, const std::string& key, const Surroundings& around) {
    const auto field = map.get(key);
    if (field) return read_secret(*field, around);
    map.missing(key, key + ": ${credential:NAME}, ${file:/path} or ${env:NAME}");
    return {};
}

/// Reports a key of the other API.
void refuse_other(const MapReader& map, const char* key, const char* api, const char* instead) {
    if (const auto field = map.get(key))
        field->error({.code = "bad_value",
                      .message = std::string("'") + key + "' is not for api: " + api,
                      .expected = instead});
}

/// The two APIs prove who is asking in different ways.
void read_proof(const MapReader& map, const Surroundings& around, AccountSettings& account) {
    if (account.api == Api::datto) {
        account.key = read_needed_secret(map, "key", around);
        account.secret = read_needed_secret(map, "secret", around);
        return refuse_other(map, "token", "datto", "key and secret");
    }
    account.token = read_needed_secret(map, "token", around);
    refuse_other(map, "key", "seed", "token");
    refuse_other(map, "secret", "seed", "token");
}

/// An address may stand here as it is. One with a password is a secret like any other.
Secret read_proxy(const Field& field, const Surroundings& around, const std::string& account_url) {
    const std::string expected = "such as http://proxy:3128, or ${credential:NAME} with user and password";
    if (!field.is_scalar() || field.node->text.empty()) {
        field.wrong_type(expected);
        return {};
    }
    const bool is_secret =
        is_secret_reference(field.node->text) || field.node->text.find('@') != std::string::npos;
    auto proxy = is_secret ? read_secret(field, around) : Secret(field.node->text);
    if (account_url.starts_with("http://"))
        field.error({.code = "bad_value",
                     .message = "a proxy is for https; plain http stays on this machine",
                     .expected = "no proxy here"});
    if (proxy.empty()) return proxy;
    const auto checked = check_proxy_url(proxy.reveal());
    if (!checked)
        field.error({.code = "bad_value", .message = checked.error().message, .expected = expected});
    return proxy;
}

schedule::Blackouts read_not_during(const Field& field, const AccountSettings& account,
                                    const Surroundings& around) {
    const auto zone = [&]() -> std::shared_ptr<const cron::Zone> {
        return around.zones == nullptr ? nullptr : find_account_zone(field, account.timezone, *around.zones);
    };
    return read_blackouts(field, account.name, zone);
}

void read_timezone(const Field& field, const Surroundings& around, AccountSettings& account) {
    account.timezone_is_written = true;
    if (around.zones != nullptr) {
        const auto zone = read_zone(field, *around.zones);
        if (zone) account.timezone = zone->name();
        return;
    }
    const auto name = read_text(field);
    if (name) account.timezone = *name;
}

}  // namespace

AccountSettings read_account(const std::string& name, const Field& field, const Surroundings& around) {
    AccountSettings account;
    account.name = name;
    const auto map = MapReader::open(field, account_keys());
    if (!map) return account;
    account.api = read_api(*map);
    account.url = read_url(*map);
    read_proof(*map, around, account);
    if (const auto proxy = map->get("proxy")) account.proxy = read_proxy(*proxy, around, account.url);
    if (const auto ca = map->get("ca")) {
        const auto path = read_text(*ca);
        if (path) account.ca_file = (around.folder / *path).lexically_normal();
    }
    if (const auto zone = map->get("timezone")) read_timezone(*zone, around, account);
    if (const auto limits = map->get("limits")) account.limits = read_limits(*limits);
    if (const auto budget = map->get("budget"))
        account.budget_share = read_budget(*budget, account.budget_share);
    if (const auto follow = map->get("follow")) account.follow = read_follow(*follow);
    if (const auto fleet = map->get("fleet"))
        account.fleet_refresh = read_fleet_refresh(*fleet, account.fleet_refresh);
    if (const auto blackouts = map->get("not_during"))
        account.not_during = read_not_during(*blackouts, account, around);
    return account;
}

}  // namespace runbookd::config
