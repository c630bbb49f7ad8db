#include "datto/timestamp.hpp"

#include <algorithm>
#include <array>
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

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<UtcTime> read_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
    const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    if (month == kMonths.end()) return std::nullopt;
    const auto number = std::to_string(month - kMonths.begin() + 1);
    const auto iso = std::string(text.substr(12, 4)) + "-" + (number.size() == 1 ? "0" : "") + number + "-" +
                     std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
    const auto at = parse_utc(iso);
    if (!at) return std::nullopt;
    return *at;
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

std::optional<Millis> read_retry_after(std::string_view header, UtcTime now) {
    constexpr Millis kLongest = std::chrono::hours{24};
    const auto text = trimmed(header);
    if (const auto seconds = whole_text_number(text)) {
        if (!std::isfinite(*seconds) || *seconds < 0) return std::nullopt;
        return Millis{std::llround(std::min(*seconds, 86'400.0) * 1000)};
    }
    const auto at = read_http_date(text);
    if (!at) return std::nullopt;
    return std::clamp(Millis{*at - now}, Millis{0}, kLongest);
}

}  // namespace runbookd::datto
