#include "datto/json_read.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/json_repair.hpp"

namespace runbookd::datto {
namespace {

using nlohmann::json;

std::optional<std::int64_t> whole_number(double value) {
    constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53: beyond it a double names no single integer
    if (!std::isfinite(value) || std::abs(value) > kExact) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<json> parse_json(const std::string& body) {
    if (!is_bounded_json(body)) return std::nullopt;
    auto value = json::parse(body, nullptr, false);
    if (value.is_discarded()) value = json::parse(repaired_json(body), nullptr, false);
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
