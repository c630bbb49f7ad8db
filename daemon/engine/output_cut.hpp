#pragma once
// Long outputs keep their head and their tail; the cut is marked in the text.
#include <cstddef>
#include <string>

#include "engine/records.hpp"

namespace runbookd::engine {

/// `text` itself up to `max_bytes`; beyond, the first and last halves around a marker line that says how many
/// bytes are missing. Never cuts inside a UTF-8 sequence.
[[nodiscard]] OutputText cut_output(std::string text, std::size_t max_bytes);

}  // namespace runbookd::engine
