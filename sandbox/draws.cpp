#include "sandbox/draws.hpp"

#include <charconv>

namespace runbookd::sandbox {

Millis SpanRange::pick(std::uint64_t scrambled) const {
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
