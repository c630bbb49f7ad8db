#pragma once
// Reads `retention:`, how long what of the record is kept.
#include "config/fields.hpp"
#include "config/settings.hpp"

namespace runbookd::config {

/// Reports every problem. A key that is not written: for ever.
void read_retention(const Field& field, Settings& settings);

}  // namespace runbookd::config
