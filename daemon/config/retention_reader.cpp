#include "config/retention_reader.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace runbookd::config {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};
constexpr Millis kLongest = kDay * 365 * 100;
// A job that was given up is followed for 30 days more: until then its rows are written to.
constexpr Millis kFollowed = kDay * 35;

/// "3y", in years of 365 days, besides the units of all time spans.
std::optional<Millis> span_with_years(std::string_view text) {
    auto span = parse_duration(text);
    if (span) return *span;
    if (!text.ends_with('y')) return std::nullopt;
    text.remove_suffix(1);
    // Whatever stands before the y must be a number by itself.
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto days = parse_duration(std::string(text) + "d");
    constexpr int kDaysOfYear = 365;
    return days && *days <= kLongest ? std::optional(*days * kDaysOfYear) : std::nullopt;
}

std::optional<Millis> read_span(const Field& kept, Millis shortest, const std::string& expected) {
    const auto span = kept.is_scalar() ? span_with_years(kept.node->text) : std::nullopt;
    if (!kept.is_scalar())
        kept.wrong_type(expected);
    else if (!span || *span < shortest || *span > kLongest)
        kept.error({.code = "bad_value",
                    .message = shown(kept.node->text) + " cannot be used here",
                    .expected = expected});
    else
        return span;
    return std::nullopt;
}

}  // namespace

void read_retention(const Field& field, Settings& settings) {
    static const Vocabulary keys{{"outputs", "history", "events"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    const std::string from_35d =
        "a time span such as 400d or 3y, from 35d to 100y: jobs are followed for 30 days";
    if (const auto kept = map->get("outputs"))
        settings.retention.outputs =
            read_span(*kept, kDay, "a time span such as 400d or 3y, from 1d to 100y");
    if (const auto kept = map->get("history"))
        settings.retention.history = read_span(*kept, kFollowed, from_35d);
    if (const auto kept = map->get("events"))
        settings.retention.events = read_span(*kept, kFollowed, from_35d);
}

}  // namespace runbookd::config
