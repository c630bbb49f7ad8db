#pragma once
// Reads one account of runbookd.yaml.
#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read.
[[nodiscard]] AccountSettings read_account(const std::string& name, const Field& field,
                                           const Surroundings& around);

}  // namespace runbookd::config
