#pragma once
// Texts as RFC 8785 spells them in JSON.
#include <string>
#include <string_view>

namespace runbookd::store {

/// Whether the text is the same in JSON but for its quotes, and as people see it: printable ASCII without `"`
/// and `\`.
[[nodiscard]] bool is_plain(std::string_view text);

/// Adds `text` in quotes: what must be escaped in the short form where JSON knows one, else as \u00xx. It is
/// valid UTF-8.
void append_json_text(std::string& out, std::string_view text);

}  // namespace runbookd::store
