#include "http_api/views.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "http_api/or_null.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kJsonColumns{"variables", "data", "resolved"};
constexpr std::array<std::string_view, 7> kFlagColumns{
    "stdout_truncated", "stderr_truncated", "outputs_pruned", "online", "suspended", "deleted", "covered"};

bool is_one_of(std::string_view name, const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Json cell_view(const std::string& column, const ports::Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        if (is_one_of(column, kJsonColumns)) {
            auto value = Json::parse(*text, nullptr, false);
            if (!value.is_discarded()) return value;
        }
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        if (is_one_of(column, kFlagColumns)) return *number != 0;
        return *number;
    }
    if (const auto* real = std::get_if<double>(&cell)) return *real;
    return nullptr;
}

Json budget_view(const ports::BudgetUse& use) {
    Json view;
    view["used"] = use.used;
    view["allowed"] = use.allowed == 0 ? Json(nullptr) : Json(use.allowed);
    return view;
}

Json pause_view(const ports::PauseStatus& pause) {
    Json view;
    const auto name_if = [&](engine::PauseKind kind) {
        return pause.scope.kind == kind ? Json(pause.scope.name) : Json(nullptr);
    };
    view["runbook"] = name_if(engine::PauseKind::runbook);
    view["customer"] = name_if(engine::PauseKind::customer);
    view["device_uid"] = name_if(engine::PauseKind::device);
    view["component_uid"] = name_if(engine::PauseKind::component);
    view["since"] = format_utc(pause.since);
    view["until"] = format_utc(pause.until);
    view["reason"] = pause.reason;
    view["actor"] = pause.actor;
    return view;
}

Json account_view(const ports::AccountStatus& account) {
    Json view;
    view["account"] = account.account;
    view["state"] = account.state;
    view["problems"] = account.problems;
    view["runbooks"] = account.runbooks;
    view["open_runs"] = account.open_runs;
    view["open_jobs"] = account.open_jobs;
    view["reads"] = budget_view(account.reads);
    view["creates"] = budget_view(account.creates);
    view["fleet_devices"] = account.fleet_devices;
    view["fleet_read_at"] = time_or_null(account.fleet_read_at);
    return view;
}

Json verified_view(const ports::VerifyStatus& verified) {
    Json view;
    view["at"] = format_utc(verified.at);
    view["instants"] = verified.instants;
    view["unexplained"] = verified.unexplained;
    return view;
}

}  // namespace

Json row_view(const ports::Rows& rows, std::size_t row) {
    auto view = Json::object();
    const auto& cells = rows.rows.at(row);
    for (std::size_t i = 0; i < rows.columns.size() && i < cells.size(); ++i)
        view[rows.columns[i]] = cell_view(rows.columns[i], cells[i]);
    return view;
}

Json rows_view(const ports::Rows& rows) {
    auto list = Json::array();
    for (std::size_t i = 0; i < rows.rows.size(); ++i) list.push_back(row_view(rows, i));
    return list;
}

Json runbook_view(const ports::RunbookStatus& runbook) {
    Json view;
    view["runbook"] = runbook.name;
    view["description"] = runbook.description;
    view["enabled"] = runbook.enabled;
    view["revision"] = number_or_null(runbook.revision);
    view["identity"] = text_or_null(runbook.identity);
    view["account"] = runbook.account;
    view["component"] = runbook.component;
    view["schedule"] = text_or_null(runbook.schedule);
    view["zone"] = text_or_null(runbook.zone);
    view["next_at"] = time_or_null(runbook.next_at);
    view["next_window_end"] = time_or_null(runbook.next_window_end);
    view["paused_until"] = time_or_null(runbook.paused_until);
    view["file"] = runbook.file;
    view["problem"] = text_or_null(runbook.problem);
    view["lanes"] = Json::array();
    for (const auto& lane : runbook.lanes) {
        Json shown;
        shown["customer"] = text_or_null(lane.customer);
        shown["zone"] = lane.zone;
        shown["next_at"] = time_or_null(lane.next_at);
        shown["next_window_end"] = time_or_null(lane.next_window_end);
        view["lanes"].push_back(std::move(shown));
    }
    return view;
}

Json operation_view(const runbook::Operation& operation) {
    // JSON texts of our own making; none: the key is not there.
    const auto value = [](const std::string& text) {
        return text.empty() ? Json(nullptr) : Json::parse(text, nullptr, false);
    };
    Json view;
    view["operation"] = runbook::to_text(operation.kind);
    view["runbook"] = operation.runbook;
    view["revision"] = number_or_null(operation.revision);
    view["file"] = text_or_null(operation.file);
    view["changes"] = Json::array();
    for (const auto& [key, before, after] : operation.changes) {
        Json change;
        change["key"] = key;
        change["old"] = value(before);
        change["new"] = value(after);
        view["changes"].push_back(std::move(change));
    }
    view["problem"] = text_or_null(operation.problem);
    return view;
}

Json device_view(const ports::KnownDevice& device, const std::string& customer,
                 std::optional<UtcTime> first_seen_at) {
    Json view;
    view["device_uid"] = device.uid.str();
    view["hostname"] = device.hostname;
    view["customer"] = text_or_null(customer);
    view["site_uid"] = device.site_uid.str();
    view["site_name"] = device.site_name.str();
    view["os"] = device.os.str();
    view["device_type"] = device.device_type.str();
    view["class"] = device.device_class.str();
    view["online"] = device.online;
    view["suspended"] = device.suspended;
    view["deleted"] = device.deleted;
    view["first_seen_at"] = time_or_null(first_seen_at);
    view["last_seen_at"] = time_or_null(device.last_seen);
    view["gone_at"] = nullptr;
    view["account"] = text_or_null(device.account);
    return view;
}

Json component_view(const ports::KnownComponent& component) {
    Json view;
    view["component_uid"] = component.uid.str();
    view["component_name"] = component.name;
    view["category"] = component.category;
    view["description"] = component.description;
    view["variables"] = Json::array();
    for (const auto& variable : component.variables) {
        Json shown;
        shown["name"] = variable.name;
        shown["type"] = variable.type;
        shown["input"] = variable.input;
        shown["required"] = variable.input && variable.default_value.empty();
        shown["default_value"] = variable.default_value;
        shown["description"] = variable.description;
        view["variables"].push_back(std::move(shown));
    }
    view["account"] = text_or_null(component.account);
    return view;
}

Json held_view(const ports::HeldStatus& held) {
    Json view;
    view["account"] = held.account;
    view["why"] = held.why;
    view["held_at"] = format_utc(held.held_at);
    view["since"] = format_utc(held.since);
    view["searched_until"] = time_or_null(held.searched_until);
    view["searched_whole"] = held.is_searched_whole;
    view["pages"] = held.pages;
    view["known_jobs"] = held.known_jobs;
    view["found_jobs"] = held.found_jobs;
    view["problem"] = text_or_null(held.problem);
    view["accepted_by"] = text_or_null(held.accepted_by);
    return view;
}

Json status_view(const ports::DaemonStatus& status) {
    Json view;
    view["version"] = status.version;
    view["state"] = status.state;
    view["problems"] = status.problems;
    view["started_at"] = format_utc(status.started_at);
    view["now"] = format_utc(status.now);
    view["runbooks"] = status.runbooks;
    view["open_runs"] = status.open_runs;
    view["open_jobs"] = status.open_jobs;
    view["reads"] = budget_view(status.reads);
    view["creates"] = budget_view(status.creates);
    view["fleet_devices"] = status.fleet_devices;
    view["fleet_read_at"] = time_or_null(status.fleet_read_at);
    view["pauses"] = Json::array();
    for (const auto& pause : status.pauses) view["pauses"].push_back(pause_view(pause));
    view["clock_hold"] = text_or_null(status.clock_hold);
    view["verified"] = status.verified ? verified_view(*status.verified) : Json(nullptr);
    view["accounts"] = Json::array();
    for (const auto& account : status.accounts) view["accounts"].push_back(account_view(account));
    view["held"] = Json::array();
    for (const auto& held : status.held) view["held"].push_back(held_view(held));
    return view;
}

Json verify_view(const verify::Report& report) {
    Json view;
    view["since"] = format_utc(report.since);
    view["until"] = format_utc(report.until);
    view["runbooks"] = report.runbooks;
    view["instants"] = report.instants;
    view["pending"] = report.pending;
    view["complete"] = report.unexplained == 0;
    view["unexplained_instants"] = report.unexplained;
    view["unexplained"] = Json::array();
    for (const auto& finding : report.findings) {
        Json shown;
        shown["runbook"] = finding.runbook;
        shown["zone"] = finding.zone;
        shown["customer"] = text_or_null(finding.customer);
        shown["nominal_at"] = format_utc(finding.nominal);
        shown["nominal_until"] = format_utc(finding.until);
        shown["count"] = finding.count;
        shown["kind"] = verify::to_text(finding.kind);
        shown["message"] = finding.message;
        view["unexplained"].push_back(std::move(shown));
    }
    return view;
}

}  // namespace runbookd::http_api
