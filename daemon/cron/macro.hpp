#pragma once
// What may stand in place of the fields: `@daily`, `@every 15m`. Private to this room.
#include <chrono>
#include <string>
#include <string_view>

#include "cron/expression.hpp"

namespace runbookd::cron {

/// The fields that a macro such as "@weekly" stands for. Errors name the nearest macro.
[[nodiscard]] tl::expected<std::string_view, SyntaxError> fields_of_macro(std::string_view name,
                                                                          std::size_t column);
[[nodiscard]] bool is_every(std::string_view macro);
/// The span of `@every`: whole seconds, 1 s to 400 d. An empty `text`: it is missing.
[[nodiscard]] tl::expected<std::chrono::seconds, SyntaxError> parse_every(std::string_view text,
                                                                          std::size_t column);

}  // namespace runbookd::cron
