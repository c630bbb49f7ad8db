#include "sandbox/draws.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace runbookd::sandbox {

Millis SpanRange::pick(std::uint64_t scrambled) const {
    if (is_log_normal && least > Millis{0} && most > least) {
        // Two evenly drawn numbers become a normal one (G. Box and M. Muller, Ann. Math. Stat. 29, 1958).
        constexpr double kRange = 4294967296.0;
        const auto one = (static_cast<double>(scrambled >> 32) + 1) / kRange;
        const auto other = static_cast<double>(scrambled & 0xffffffffU) / kRange;
        const auto normal = std::sqrt(-2 * std::log(one)) * std::cos(2 * std::numbers::pi * other);
        const auto low = std::log(static_cast<double>(least.count()));
        const auto high = std::log(static_cast<double>(most.count()));
        const auto drawn = std::exp((low + high) / 2 + normal * (high - low) / 4);
        return std::clamp(Millis{static_cast<Millis::rep>(drawn)}, least, most);
    }
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Millis{static_cast<Millis::rep>(scrambled % width)};
}

std::optional<double> parse_share(std::string_view text) {
    if (text.size() < 2 || text.back() != '%') return std::nullopt;
    text.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 100))
        return std::nullopt;
    return value / 100;
}

}  // namespace runbookd::sandbox
