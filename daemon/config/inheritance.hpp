#pragma once
// What a runbook takes from the settings: `defaults`, then the profiles that it names, in their order. Done
// on the trees, before anything is read: maps merge, everything else is replaced, and each part remembers
// where it stands.
#include <string>
#include <string_view>

#include "config/node.hpp"
#include "config/report.hpp"
#include "config/runbook_defaults.hpp"

namespace runbookd::config {

/// `lower` under `upper`. Where one key excludes another (`cron` and `at`, `component` and `steps`), the
/// upper one's choice displaces the lower one's. Either may be null: the other.
[[nodiscard]] NodePtr merged(const NodePtr& lower, const NodePtr& upper);

/// The part of `inherited` that `document` does not replace: what has to be kept so that the merge can be
/// repeated. A schedule that names no time of its own gives none to a runbook without one. Null: nothing is
/// left.
[[nodiscard]] NodePtr taken(const NodePtr& inherited, const NodePtr& document);

/// All that the settings hold for this document: the defaults, and the profiles of its `use`. Reports unknown
/// profiles. Null: nothing.
[[nodiscard]] NodePtr inherited_by(const NodePtr& document, const RunbookDefaults& defaults, Report& report);

/// The same tree, as one that stands in the settings.
[[nodiscard]] NodePtr marked_as_settings(const Node& tree);

/// A tree as JSON and back, without its marks. Keys are sorted: equal trees are equal texts. Numbers are
/// texts; true, false and null are JSON's. Null: the text is no such object.
[[nodiscard]] std::string to_json(const Node& tree);
[[nodiscard]] NodePtr tree_from_json(std::string_view text);

}  // namespace runbookd::config
