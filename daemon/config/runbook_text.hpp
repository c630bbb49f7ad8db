#pragma once
// The tree of a runbook, with what it takes from the settings.
#include <string_view>

#include "config/node.hpp"
#include "config/settings.hpp"

namespace runbookd::config {

/// Null: the text is no document. What is wrong with it is not reported here.
[[nodiscard]] NodePtr runbook_tree(std::string_view text, const Settings& settings);

}  // namespace runbookd::config
