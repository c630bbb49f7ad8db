#pragma once
// JSON objects from outside, read strictly and spelt in one way. For what is to be kept as it came and read
// by others: SQL, other programs.
#include <optional>
#include <string>
#include <string_view>

namespace runbookd::runbook {

/// Objects and arrays inside each other go no deeper than this.
inline constexpr int kDeepestJson = 32;

/// The object that `text` is: RFC 8259 to the letter, without white space, its keys in their order, its
/// numbers as they were written (but for -0), its strings with no more escapes than JSON asks for (so that a
/// value that was spelt with others is still found in it). nullopt: it is none, or goes deeper than
/// kDeepestJson, has a name twice in one object, bytes that are no UTF-8, half of a surrogate pair, or a
/// number that no double holds.
[[nodiscard]] std::optional<std::string> plain_json_object(std::string_view text);

}  // namespace runbookd::runbook
