#pragma once
// JSON views: how rows and states look to clients. Keys are the columns of the store's views (design section
// 7).
#include <nlohmann/json_fwd.hpp>

#include "ports/control.hpp"
#include "ports/history.hpp"
#include "ports/reload.hpp"
#include "ports/verification.hpp"

namespace runbookd::http_api {

/// One row as an object, keys in the view's order; NULL is null. `variables` and `data`, JSON texts in the
/// view, are values here, and flags are booleans.
[[nodiscard]] nlohmann::ordered_json row_view(const ports::Rows& rows, std::size_t row);
[[nodiscard]] nlohmann::ordered_json rows_view(const ports::Rows& rows);

[[nodiscard]] nlohmann::ordered_json runbook_view(const ports::RunbookStatus& runbook);
/// An operation of a reload.
[[nodiscard]] nlohmann::ordered_json operation_view(const runbook::Operation& operation);
/// Keys as device_fleet; what is not known yet is null. `customer` may be empty: of none.
[[nodiscard]] nlohmann::ordered_json device_view(const ports::KnownDevice& device,
                                                 const std::string& customer,
                                                 std::optional<UtcTime> first_seen_at);
[[nodiscard]] nlohmann::ordered_json component_view(const ports::KnownComponent& component);
/// What an account that is held for the store knows of what was lost.
[[nodiscard]] nlohmann::ordered_json held_view(const ports::HeldStatus& held);
[[nodiscard]] nlohmann::ordered_json status_view(const ports::DaemonStatus& status);
/// What `verify` found; `complete` says that nothing is unexplained.
[[nodiscard]] nlohmann::ordered_json verify_view(const verify::Report& report);

/// The job of `GET /api/v2/job/{jobUid}` from a row of History::job_by_uid: what is not known is left out.
[[nodiscard]] nlohmann::ordered_json seed_job_view(const ports::Rows& rows);

}  // namespace runbookd::http_api
