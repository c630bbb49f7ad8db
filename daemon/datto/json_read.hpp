#pragma once
// Reading JSON that keeps to no schema: any field may be null, absent, or of a neighbouring type
// (reference, 2.3).
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace runbookd::datto {

/// Parses a body; a byte order mark is skipped, of keys that come twice the last counts, and a single bad
/// value does not spoil the rest (see repaired_json), since outputs of scripts travel in these texts.
/// nullopt: not one JSON value (empty, HTML, cut), or one beyond all bounds (see is_bounded_json).
[[nodiscard]] std::optional<nlohmann::json> parse_json(const std::string& body);

/// The member, or a null where there is none (also where `object` is no object).
[[nodiscard]] const nlohmann::json& member(const nlohmann::json& object, std::string_view key);
/// A text; numbers and booleans in JSON's spelling; anything else "".
[[nodiscard]] std::string text_at(const nlohmann::json& object, std::string_view key);
/// A whole number, also out of a numeric text or a fraction (cut).
[[nodiscard]] std::optional<std::int64_t> integer_at(const nlohmann::json& object, std::string_view key);
/// true, "true" in any case, or a number that is not 0; nullopt where the member says neither.
[[nodiscard]] std::optional<bool> flag_at(const nlohmann::json& object, std::string_view key);

}  // namespace runbookd::datto
