#pragma once
// What would happen, as JSON.
#include <nlohmann/json_fwd.hpp>

#include "ports/planning.hpp"

namespace runbookd::http_api {

/// Targets and exclusions have the keys of target_ledger and target_exclusions; a target that gets its job is
/// `pending`.
[[nodiscard]] nlohmann::ordered_json plan_view(const engine::Preview& preview);
[[nodiscard]] nlohmann::ordered_json target_view(const engine::PreviewedTarget& target);
[[nodiscard]] nlohmann::ordered_json exclusion_view(const engine::ExclusionRow& row);
/// One object per finding, as `runbookctl validate` shows them but for the place.
[[nodiscard]] nlohmann::ordered_json check_view(const std::vector<ports::CheckFinding>& findings);
/// One object per run.
[[nodiscard]] nlohmann::ordered_json forecast_view(const std::vector<ports::ForecastRun>& runs);

}  // namespace runbookd::http_api
