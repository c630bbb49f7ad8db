#include "http_client/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace runbookd::http_client {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<double> whole_number(std::string_view text) {
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

std::optional<Millis> read_retry_after(std::string_view header, UtcTime now) {
    constexpr Millis kLongest = std::chrono::hours{24};
    const auto text = trimmed(header);
    if (const auto seconds = whole_number(text)) {
        if (!std::isfinite(*seconds) || *seconds < 0) return std::nullopt;
        return Millis{std::llround(std::min(*seconds, 86'400.0) * 1000)};
    }
    const auto at = read_http_date(text);
    if (!at) return std::nullopt;
    return std::clamp(Millis{*at - now}, Millis{0}, kLongest);
}

}  // namespace runbookd::http_client
