#include "config/rollout_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/quantities.hpp"
#include "config/selectors.hpp"

namespace runbookd::config {
namespace {

constexpr Range<std::int64_t> kDevices{1, 1'000'000};
constexpr Range<std::int64_t> kDevicesOrNone{0, 1'000'000};
constexpr Range<Millis> kSoaks{Millis{0}, std::chrono::hours{31 * 24}};
constexpr int kMostUdf = 300;

std::optional<runbook::Amount> as_amount(const std::optional<CountOrShare>& read) {
    if (!read) return std::nullopt;
    if (const auto* share = std::get_if<Share>(&*read)) return runbook::Amount{share->percent, true};
    return runbook::Amount{std::get<std::int64_t>(*read), false};
}

/// nullopt: reported.
std::optional<runbook::Wave> read_wave(const Field& field, const std::vector<std::string>* customers) {
    if (field.is_map()) return read_selector(field, customers);
    if (!field.is_scalar()) {
        field.wrong_type("a count, a share such as 10%, or a selector");
        return std::nullopt;
    }
    const auto amount = as_amount(read_count_or_share(field, kDevices));
    return amount ? std::optional<runbook::Wave>(*amount) : std::nullopt;
}

std::vector<runbook::Wave> read_waves(const Field& field, const std::vector<std::string>* customers) {
    std::vector<runbook::Wave> waves;
    std::int64_t before = 0;
    for (const auto& item : read_full_list(field, "[1, 10%, 100%]")) {
        auto wave = read_wave(item, customers);
        if (!wave) continue;
        if (const auto* const amount = std::get_if<runbook::Amount>(&*wave);
            amount != nullptr && amount->is_share) {
            if (amount->number <= before)
                item.error({.code = "bad_value",
                            .message = "this wave is empty: shares are of all targets and add up, and " +
                                       std::to_string(before) + "% stands before it",
                            .expected = "more than " + std::to_string(before) + "%"});
            before = std::max(before, amount->number);
        }
        waves.push_back(std::move(*wave));
    }
    return waves;
}

std::optional<runbook::AbortWhen> read_abort_when(const Field& field) {
    static const Vocabulary keys{{"failed", "failed_share", "min_finished", "scope"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return std::nullopt;
    check_not_empty(*map, "failed, failed_share, or both");
    runbook::AbortWhen when;
    const auto is_none = [](const Field& limit) { return limit.is_scalar() && limit.node->text == "none"; };
    if (const auto failed = map->get("failed"); failed && !is_none(*failed))
        when.failed = read_integer(*failed, kDevices);
    if (const auto share = map->get("failed_share"); share && !is_none(*share))
        if (const auto read = read_share(*share)) when.failed_share = read->percent;
    if (const auto least = map->get("min_finished"))
        when.min_finished = read_integer(*least, kDevicesOrNone).value_or(when.min_finished);
    if (const auto scope = map->get("scope"))
        if (const auto place = read_word(*scope, {{"run"}, {"site"}, {"group"}}))
            when.scope = static_cast<runbook::AbortScope>(*place);
    // Both may be switched off that a profile has set.
    return when.failed || when.failed_share ? std::optional(when) : std::nullopt;
}

/// The number of "udf.6"; 0: it is none.
int udf_of(std::string_view key) {
    constexpr std::string_view kPrefix = "udf.";
    if (!key.starts_with(kPrefix)) return 0;
    key.remove_prefix(kPrefix.size());
    int number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool is_number = error == std::errc{} && end == key.data() + key.size() && number >= 1 &&
                           number <= kMostUdf && key.front() != '0';
    return is_number ? number : 0;
}

/// Properties of a device by which jobs in flight are counted.
std::vector<runbook::InFlightLimit> read_max_in_flight_per(const Field& field) {
    using By = runbook::InFlightLimit::By;
    std::vector<runbook::InFlightLimit> limits;
    if (!field.is_map()) {
        field.wrong_type("a map such as {site: 10, \"udf.6\": 1}");
        return limits;
    }
    report_duplicates(field);
    if (field.node->entries.empty())
        field.error({.code = "bad_value", .message = "this map is empty", .expected = "such as {site: 10}"});
    for (const auto& entry : field.node->entries) {
        const auto path = field.path + "." + clipped(entry.key);
        const auto udf = udf_of(entry.key);
        if (entry.key != "site" && entry.key != "customer" && udf == 0)
            field.report->error(entry.key_mark, path,
                                {.code = "unknown_key",
                                 .message = "unknown key " + shown(entry.key),
                                 .expected = "site, customer, or udf.1 to udf.300",
                                 .suggestion = nearest_of(entry.key, {"site", "customer", "udf.1"})});
        const auto most = read_integer(Field{entry.value.get(), path, field.report}, kDevices);
        const auto by = udf > 0 ? By::udf : entry.key == "site" ? By::site : By::customer;
        if (most) limits.push_back({by, udf, *most});
    }
    return limits;
}

}  // namespace

void read_rollout(const Field& field, const std::vector<std::string>* customers, runbook::Meaning& book) {
    static const Vocabulary keys{
        {"waves", "soak", "promote", "abort_when", "max_in_flight", "max_in_flight_per"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, join(keys.known));
    runbook::Rollout rollout;
    if (const auto waves = map->get("waves")) rollout.waves = read_waves(*waves, customers);
    if (const auto soak = map->get("soak"))
        rollout.soak = read_duration(*soak, kSoaks).value_or(rollout.soak);
    if (const auto promote = map->get("promote"))
        rollout.is_promoted_by_hand = read_word(*promote, {{"auto"}, {"manual"}}) == std::size_t{1};
    if (const auto abort_when = map->get("abort_when")) rollout.abort_when = read_abort_when(*abort_when);
    if (const auto most = map->get("max_in_flight"))
        book.max_in_flight = read_integer(*most, kDevices).value_or(book.max_in_flight);
    if (const auto per = map->get("max_in_flight_per"))
        rollout.max_in_flight_per = read_max_in_flight_per(*per);
    book.rollout = std::move(rollout);
}

runbook::Amount read_tolerate(const Field& field) {
    return as_amount(read_count_or_share(field, kDevicesOrNone, 0)).value_or(runbook::Amount{});
}

}  // namespace runbookd::config
