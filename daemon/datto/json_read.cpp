#include "datto/json_read.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"

namespace runbookd::datto {
namespace {

using nlohmann::json;

/// Length of the well-formed UTF-8 sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

std::string repaired_utf8(std::string_view text) {
    std::string repaired;
    repaired.reserve(text.size() + text.size() / 8);
    for (std::size_t at = 0; at < text.size();) {
        const auto length = sequence_length(text, at);
        if (length == 0)
            repaired += "\xEF\xBF\xBD";
        else
            repaired += text.substr(at, length);
        at += length == 0 ? 1 : length;
    }
    return repaired;
}

std::optional<std::int64_t> whole_number(double value) {
    constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53: beyond it a double names no single integer
    if (!std::isfinite(value) || std::abs(value) > kExact) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<json> parse_json(const std::string& body) {
    auto value = json::parse(body, nullptr, false);
    if (value.is_discarded()) value = json::parse(repaired_utf8(body), nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

const json& member(const json& object, std::string_view key) {
    static const json kNone;
    if (!object.is_object()) return kNone;
    const auto found = object.find(key);
    return found == object.end() ? kNone : *found;
}

std::string text_at(const json& object, std::string_view key) {
    const auto& value = member(object, key);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    return {};
}

std::optional<std::int64_t> integer_at(const json& object, std::string_view key) {
    const auto& value = member(object, key);
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number_float()) return whole_number(value.get<double>());
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<bool> flag_at(const json& object, std::string_view key) {
    const auto& value = member(object, key);
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number()) return value.get<double>() != 0.0;
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    if (equals_ignoring_case(text, "true") || text == "1") return true;
    if (equals_ignoring_case(text, "false") || text == "0") return false;
    return std::nullopt;
}

}  // namespace runbookd::datto
