#include "base/time.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace runbookd {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::year_month_day;

std::string format_civil(UtcTime t, const char* suffix) {
    const auto day = floor<days>(t);
    const year_month_day date{day};
    const auto ms = (t - day).count();
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03d%s",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(ms / 3'600'000),
                  static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                  static_cast<int>(ms % 1000), suffix);
    return text.data();
}

/// Reads forward through an ISO text; every step says whether it matched.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] bool accept(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    [[nodiscard]] std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    /// Milliseconds of a fraction of any length; what lies beyond is cut.
    [[nodiscard]] std::optional<int> fraction() {
        int value = 0, scale = 100;
        bool any = false;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value += (rest_.front() - '0') * scale;
            scale /= 10;
            any = true;
            rest_.remove_prefix(1);
        }
        if (!any) return std::nullopt;
        return value;
    }

private:
    std::string_view rest_;
};

/// What follows "hh:".
std::optional<Millis> read_minutes(Reader& in) {
    const auto minute = in.digits(2);
    if (!minute || *minute > 59) return std::nullopt;
    Millis span = std::chrono::minutes{*minute};
    if (!in.accept(':')) return span;
    const auto second = in.digits(2);
    if (!second || *second > 59) return std::nullopt;
    span += seconds{*second};
    if (!in.accept('.') && !in.accept(',')) return span;
    const auto ms = in.fraction();
    if (!ms) return std::nullopt;
    return span + Millis{*ms};
}

std::optional<UtcTime> read_iso(std::string_view text) {
    Reader in(text);
    const auto year = in.digits(4);
    if (!year || !in.accept('-')) return std::nullopt;
    const auto month = in.digits(2);
    if (!month || !in.accept('-')) return std::nullopt;
    const auto day = in.digits(2);
    if (!day) return std::nullopt;
    const year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    UtcTime at{std::chrono::sys_days{date}};
    if (in.at_end()) return at;
    if (!in.accept('T') && !in.accept('t') && !in.accept(' ')) return std::nullopt;
    const auto hour = in.digits(2);
    if (!hour || *hour > 23) return std::nullopt;
    at += std::chrono::hours{*hour};
    if (in.accept(':')) {
        const auto rest = read_minutes(in);
        if (!rest) return std::nullopt;
        at += *rest;
    }
    if (in.at_end()) return at;
    if (in.accept('Z') || in.accept('z')) return in.at_end() ? std::optional{at} : std::nullopt;
    const bool ahead = in.accept('+');
    if (!ahead && !in.accept('-')) return std::nullopt;
    const auto zone_hours = in.digits(2);
    if (!zone_hours || *zone_hours > 23) return std::nullopt;
    const bool colon = in.accept(':');
    const auto zone_minutes = colon || !in.at_end() ? in.digits(2) : std::optional{0};
    if (!zone_minutes || *zone_minutes > 59 || !in.at_end()) return std::nullopt;
    const auto offset = std::chrono::hours{*zone_hours} + std::chrono::minutes{*zone_minutes};
    return ahead ? at - offset : at + offset;
}

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array<Unit, 6> kUnits{
    {{"w", 7 * 86'400'000LL}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t kLongestSpanMs = 100LL * 366 * 86'400'000;

}  // namespace

std::string format_utc(UtcTime t) { return format_civil(t, "Z"); }

std::string format_local(UtcTime t, seconds offset) {
    const auto total = offset.count();
    const auto size = total < 0 ? -total : total;
    std::array<char, 16> suffix{};
    // Local mean times are whole seconds from UTC: without them the text would name another instant.
    std::snprintf(suffix.data(), suffix.size(), size % 60 == 0 ? "%c%02d:%02d" : "%c%02d:%02d:%02d",
                  total < 0 ? '-' : '+', static_cast<int>(size / 3600 % 100),
                  static_cast<int>(size / 60 % 60), static_cast<int>(size % 60));
    return format_civil(t + offset, suffix.data());
}

Result<UtcTime> parse_utc(std::string_view text) {
    if (const auto at = read_iso(text)) return *at;
    return fail(ErrorCode::invalid_input,
                "'" + std::string(text) + "' is not a time; expected something like 2026-12-01T02:00:00Z");
}

Result<Millis> parse_duration(std::string_view text) {
    const auto bad = [&] {
        return fail(ErrorCode::invalid_input,
                    "'" + std::string(text) +
                        "' is not a span of time; expected something like 90s, 15m, "
                        "1h30m or 7d");
    };
    std::int64_t total = 0;
    auto rest = text;
    if (rest.empty()) return bad();
    while (!rest.empty()) {
        std::int64_t number = 0;
        std::size_t used = 0;
        while (used < rest.size() && rest[used] >= '0' && rest[used] <= '9') {
            number = number * 10 + (rest[used++] - '0');
            if (number > kLongestSpanMs) return bad();
        }
        if (used == 0) return bad();
        rest.remove_prefix(used);
        std::size_t letters = 0;
        while (letters < rest.size() && (rest[letters] < '0' || rest[letters] > '9')) ++letters;
        const auto name = rest.substr(0, letters);
        rest.remove_prefix(letters);
        const Unit* unit = nullptr;
        for (const auto& candidate : kUnits)
            if (candidate.name == name) unit = &candidate;
        if (unit == nullptr || number > kLongestSpanMs / unit->ms) return bad();
        total += number * unit->ms;
        if (total > kLongestSpanMs) return bad();
    }
    return Millis{total};
}

std::string format_duration(Millis span) {
    if (span == Millis::zero()) return "0s";
    std::string text = span < Millis::zero() ? "-" : "";
    // Unsigned, since the least span has no positive twin.
    auto rest = static_cast<std::uint64_t>(span.count());
    if (span < Millis::zero()) rest = 0 - rest;
    for (const auto& [name, size] : kUnits) {
        const auto ms = static_cast<std::uint64_t>(size);
        if (name == "w" || rest < ms) continue;  // "7d" reads better than "1w"
        text += std::to_string(rest / ms);
        text += name;
        rest %= ms;
    }
    return text;
}

}  // namespace runbookd
