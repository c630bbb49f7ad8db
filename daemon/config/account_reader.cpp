#include "config/account_reader.hpp"

#include <cmath>

#include "config/base_url.hpp"
#include "config/secret_reference.hpp"
#include "config/zone_reader.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Range<Millis> kRefreshRange{seconds{1}, hours{24}};
constexpr Range<std::int64_t> kLimitRange{1, 1'000'000'000};

const Vocabulary& account_keys() {
    static const Vocabulary keys{{"api", "url", "key", "secret", "ca", "timezone", "limits", "budget",
                                  "follow", "fleet", "not_during"},
                                 {"proxy", "token"}};
    return keys;
}

bool is_plaintext_refused(const Field& field, const AccountSurroundings& surroundings) {
    if (!surroundings.plaintext_allowed) {
        field.error(
            {.code = "plaintext_secret",
             .message =
                 "this secret stands here in clear text; put it into a systemd credential, a file or the "
                 "environment, or write allow_plaintext_secrets: true",
             .expected = "${credential:NAME}, ${file:/path} or ${env:NAME}"});
        return true;
    }
    if (surroundings.readable_by_others) {
        field.warning(
            {.code = "readable_by_others",
             .message =
                 "this secret stands in a file that every user of this machine can read; chmod o= it"});
    }
    return false;
}

Secret read_secret(const Field& field, const AccountSurroundings& surroundings) {
    if (!field.is_scalar() || field.node->text.empty()) {
        // What stands here may be a secret that slipped into the wrong place: never shown.
        field.error({.code = "wrong_type",
                     .message = "there is no text here",
                     .expected = "${credential:NAME}, ${file:/path} or ${env:NAME}"});
        return {};
    }
    const auto& text = field.node->text;
    const bool written_out = !is_secret_reference(text);
    if (written_out && is_plaintext_refused(field, surroundings)) return {};
    if (surroundings.secrets == SecretsPolicy::leave) return {};
    if (written_out) return Secret(text);
    auto found = resolve_secret(text);
    if (!found) {
        field.error({.code = found.error().code == ErrorCode::invalid_input ? "bad_value" : "unreadable",
                     .message = found.error().message,
                     .expected = "${credential:NAME}, ${file:/path} or ${env:NAME}"});
        return {};
    }
    if (!found->warning.empty()) field.warning({.code = "readable_by_others", .message = found->warning});
    return std::move(found->value);
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

Millis read_fleet_refresh(const Field& field, Millis unset) {
    static const Vocabulary keys{{"refresh"}, {}};
    const auto map = MapReader::open(field, keys);
    const auto refresh = map ? map->get("refresh") : std::nullopt;
    return refresh ? read_duration(*refresh, kRefreshRange).value_or(unset) : unset;
}

void read_api(const MapReader& map) {
    const auto field = map.get("api");
    if (!field) return map.missing("api", "api: datto");
    (void)read_word(*field, {{"datto", true}, {"seed", false}});
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

Secret read_needed_secret(const MapReader& map, const std::string& key,
                          const AccountSurroundings& surroundings) {
    const auto field = map.get(key);
    if (field) return read_secret(*field, surroundings);
    map.missing(key, key + ": ${credential:NAME}, ${file:/path} or ${env:NAME}");
    return {};
}

void read_not_during(const Field& field) {
    if (!field.is_list()) return field.wrong_type("a list");
    if (!field.node->items.empty()) field.not_supported("a blackout in 'not_during'");
}

void read_timezone(const Field& field, const AccountSurroundings& surroundings, AccountSettings& account) {
    account.timezone_is_written = true;
    if (surroundings.zones != nullptr) {
        const auto zone = read_zone(field, *surroundings.zones);
        if (zone) account.timezone = zone->name();
        return;
    }
    const auto name = read_text(field);
    if (name) account.timezone = *name;
}

}  // namespace

AccountSettings read_account(const std::string& name, const Field& field,
                             const AccountSurroundings& surroundings) {
    AccountSettings account;
    account.name = name;
    const auto map = MapReader::open(field, account_keys());
    if (!map) return account;
    read_api(*map);
    account.url = read_url(*map);
    account.key = read_needed_secret(*map, "key", surroundings);
    account.secret = read_needed_secret(*map, "secret", surroundings);
    if (const auto ca = map->get("ca")) {
        const auto path = read_text(*ca);
        if (path) account.ca_file = (surroundings.folder / *path).lexically_normal();
    }
    if (const auto zone = map->get("timezone")) read_timezone(*zone, surroundings, account);
    if (const auto limits = map->get("limits")) account.limits = read_limits(*limits);
    if (const auto budget = map->get("budget"))
        account.budget_share = read_budget(*budget, account.budget_share);
    if (const auto follow = map->get("follow")) {
        (void)read_word(*follow, {{"auto", true}, {"results", false}, {"activity_log", false}});
    }
    if (const auto fleet = map->get("fleet"))
        account.fleet_refresh = read_fleet_refresh(*fleet, account.fleet_refresh);
    if (const auto blackouts = map->get("not_during")) read_not_during(*blackouts);
    return account;
}

}  // namespace runbookd::config
