#pragma once
// Where in a document a key stands.
#include <string_view>

#include "config/node.hpp"

namespace runbookd::config {

/// The place of the key that `path` ("targets.include[0].site") names, or of the nearest one above it that
/// stands in `text` itself: what it took from an alias or the settings has no place of its own. Line 0: the
/// text is no document.
[[nodiscard]] Mark place_of(std::string_view text, std::string_view path);

}  // namespace runbookd::config
