#pragma once
// One value of an answer.
#include <cstdint>
#include <string>
#include <variant>

namespace runbookd::audit {

/// NULL, a whole number, a fraction, or text (a BLOB is told in hex).
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

}  // namespace runbookd::audit
