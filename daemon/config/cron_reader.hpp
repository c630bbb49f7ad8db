#pragma once
// Reads a cron expression; a mistake is reported at its very column.
#include <optional>

#include "config/fields.hpp"
#include "cron/expression.hpp"

namespace runbookd::config {

/// nullopt: reported as cron_syntax.
[[nodiscard]] std::optional<cron::Expression> read_cron(const Field& field, const cron::Options& options);

}  // namespace runbookd::config
