#pragma once
// One YAML 1.2 document, read within limits: size, depth and number of nodes, aliases counted each time they
// are used.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"

namespace runbookd::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1}
                                             << 20;  ///< also of all texts, aliases written out
inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kMaxNodes = 50'000;

struct Document {
    NodePtr root;  ///< null when the text is not one whole document
    std::vector<Diagnostic> diagnostics;
};

/// Never throws for anything that `text` may hold. Codes: yaml_syntax, too_big.
/// Duplicate keys are kept in their map (Node::duplicates), for whoever reads the map to report with its
/// path.
[[nodiscard]] Document parse_document(std::string_view text, const std::string& file);

}  // namespace runbookd::config
