#include "config/start_rules_reader.hpp"

#include <map>

#include "config/local_time_reader.hpp"
#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr Range<Millis> kAheads{std::chrono::minutes{1}, days{31}};
constexpr Range<Millis> kMemories{hours{1}, days{3660}};
constexpr Range<Millis> kRampDays{Millis{0}, days{3660}};

/// The entries of a ramp in the order of their days.
using Shares = std::map<Millis, std::pair<Field, int>>;

void read_ramp_entry(const Field& field, const Entry& entry, Shares& shares) {
    const auto path = field.path + "." + clipped(entry.key);
    Node key;
    key.kind = Node::Kind::scalar;
    key.mark = entry.key_mark;
    key.text = entry.key;
    const auto span = read_duration(Field{&key, path, field.report}, kRampDays);
    const Field value{entry.value.get(), path, field.report};
    const auto share = read_share(value, 0);
    if (!span) return;
    const auto refuse = [&](const std::string& message, const std::string& expected) {
        field.report->error(entry.key_mark, path,
                            {.code = "bad_value", .message = message, .expected = expected});
    };
    if (std::chrono::floor<days>(*span) != *span)
        refuse(shown(entry.key) + " is not a number of whole days", "such as 7d");
    else if (shares.count(*span) > 0)
        refuse(shown(entry.key) + " is a day that stands here already", "each day once");
    else if (share)
        shares.emplace(*span, std::pair(value, share->percent));
}

std::vector<runbook::Ramp::Step> read_shares(const Field& field) {
    if (!field.is_map()) {
        field.wrong_type("a map such as {0d: 1%, 3d: 10%, 7d: 100%}");
        return {};
    }
    report_duplicates(field);
    if (field.node->entries.empty())
        field.error({.code = "bad_value",
                     .message = "this map is empty",
                     .expected = "such as {0d: 1%, 3d: 10%, 7d: 100%}"});
    Shares shares;
    for (const auto& entry : field.node->entries) read_ramp_entry(field, entry, shares);
    std::vector<runbook::Ramp::Step> steps;
    int before = 0;
    for (const auto& [day, share] : shares) {
        if (share.second < before)
            share.first.error(
                {.code = "bad_value",
                 .message = "the share falls: it is " + std::to_string(before) + "% before that day",
                 .expected = "at least " + std::to_string(before) + "%"});
        before = share.second;
        steps.push_back({std::chrono::duration_cast<days>(day), share.second});
    }
    return steps;
}

}  // namespace

std::optional<runbook::Approval> read_approval(const Field& field) {
    if (field.is_scalar()) {
        const auto word = read_word(field, {{"none"}, {"required"}});
        if (word != std::size_t{1}) return std::nullopt;
        return runbook::Approval{};
    }
    static const Vocabulary keys{{"ahead", "not_starter"}, {}};
    if (!field.is_map()) {
        field.wrong_type("none, required, or a map with " + join(keys.known));
        return std::nullopt;
    }
    const auto map = MapReader::open(field, keys);
    check_not_empty(*map, join(keys.known) + ", or the word required");
    runbook::Approval approval;
    if (const auto ahead = map->get("ahead")) approval.ahead = read_duration(*ahead, kAheads);
    if (const auto not_starter = map->get("not_starter"))
        approval.not_starter = read_bool(*not_starter).value_or(false);
    return approval;
}

Boxed<runbook::Once> read_once(const Field& field) {
    const std::string expected = "never, per_device, or a time span such as 30d";
    if (!field.is_scalar()) {
        field.wrong_type(expected);
        return {};
    }
    const auto& text = field.node->text;
    if (text == "never") return {};
    if (text == "per_device") return runbook::Once{};
    if (parse_duration(text)) {
        const auto span = read_duration(field, kMemories);
        return span ? Boxed<runbook::Once>(runbook::Once{*span}) : Boxed<runbook::Once>();
    }
    field.error({.code = "bad_value",
                 .message = shown(text) + " is not a choice here",
                 .expected = expected,
                 .suggestion = nearest_of(text, {"never", "per_device"})});
    return {};
}

Boxed<runbook::Ramp> read_ramp(const Field& field) {
    static const Vocabulary keys{{"from", "shares"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return {};
    const auto from_field = map->get("from");
    if (!from_field) map->missing("from", "the first day, such as from: 2026-12-01");
    const auto from = from_field ? read_local_date(*from_field) : std::nullopt;
    runbook::Ramp ramp;
    if (const auto shares = map->get("shares"))
        ramp.steps = read_shares(*shares);
    else
        map->missing("shares", "such as shares: {0d: 1%, 3d: 10%, 7d: 100%}");
    if (!from || ramp.steps.empty()) return {};
    ramp.from = *from;
    return ramp;
}

}  // namespace runbookd::config
