#pragma once
// The fields of an expression as they were typed: traps lie in the spelling. Private to this room.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::lint {

struct FieldTexts {
    std::optional<std::string> second;  ///< six fields
    std::string minute, hour, day, month, weekday;
};

/// nullopt: a macro.
[[nodiscard]] std::optional<FieldTexts> split_fields(std::string_view expression);
/// The expression again.
[[nodiscard]] std::string join_fields(const FieldTexts& fields);
/// The items of a list: "1,15" → 1 and 15.
[[nodiscard]] std::vector<std::string> items_of(std::string_view field);
/// The number that the text is; nullopt for anything else.
[[nodiscard]] std::optional<int> plain_number(std::string_view text);
/// Whether every item of the field is a number by itself, no range, step or word.
[[nodiscard]] bool is_plain(std::string_view field);
/// `*` or `?` or a step of one: any value.
[[nodiscard]] bool is_any(std::string_view field);

}  // namespace runbookd::lint
