#pragma once
// Reads `variables:`, the values that a component is given.
#include <map>
#include <string>

#include "config/fields.hpp"

namespace runbookd::config {

/// Values keep the text as typed: 007 stays 007, 1.50 stays 1.50.
[[nodiscard]] std::map<std::string, std::string> read_variables(const Field& field);

}  // namespace runbookd::config
