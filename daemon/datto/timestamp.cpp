#include "datto/timestamp.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "datto/json_read.hpp"

namespace runbookd::datto {
namespace {

constexpr double kLargestSeconds = 9'999'999'999.0;
constexpr double kYear1Ms = -62'135'596'800'000.0;
constexpr double kYear10000Ms = 253'402'300'800'000.0;

std::optional<UtcTime> from_number(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    // The year 1 in seconds is itself beyond the border between the two units.
    if (value == kYear1Ms || value == kYear1Ms / 1000) return std::nullopt;
    const auto ms = std::abs(value) > kLargestSeconds ? value : value * 1000;
    if (ms < kYear1Ms || ms >= kYear10000Ms) return std::nullopt;
    // A double holds 2026 in seconds to about a quarter of a microsecond: rounding restores the millisecond
    // meant.
    return from_unix_ms(std::llround(ms));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<double> whole_text_number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<UtcTime> read_timestamp(const nlohmann::json& value) {
    if (value.is_number()) return from_number(value.get<double>());
    if (!value.is_string()) return std::nullopt;
    const auto text = trimmed(value.get_ref<const std::string&>());
    if (const auto number = whole_text_number(text)) return from_number(*number);
    const auto at = parse_utc(text);
    if (!at || static_cast<double>(to_unix_ms(*at)) <= kYear1Ms) return std::nullopt;
    return *at;
}

std::optional<UtcTime> timestamp_at(const nlohmann::json& object, std::string_view key) {
    return read_timestamp(member(object, key));
}

}  // namespace runbookd::datto
