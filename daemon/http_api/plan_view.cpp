#include "http_api/plan_view.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "http_api/or_null.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

/// What the component gets: what the runbook sets, else the component's own value.
Json variable_view(const engine::InputValue& input) {
    Json view;
    view["name"] = input.name;
    view["type"] = input.type;
    view["value"] = input.set ? Json(*input.set) : text_or_null(input.default_value);
    view["from"] = input.set ? "runbook" : input.default_value.empty() ? "none" : "default";
    view["default_value"] = input.default_value;
    return view;
}

Json return_view(const runbook::ExpectedReturn& expect) {
    Json view;
    if (expect.online) view["online"] = true;
    if (expect.rebooted) view["rebooted"] = true;
    view["within"] = format_duration(expect.within);
    return view;
}

Json steps_view(const engine::Preview& preview) {
    auto list = Json::array();
    for (const auto& step : preview.steps) {
        Json view;
        view["step"] = step.name;
        view["component_uid"] = text_or_null(step.component.str());
        view["component_name"] = text_or_null(step.component_name);
        view["when"] = step.when;
        view["on_failure"] = step.goes_on_after_failure ? "continue" : "stop";
        view["timeout"] = step.expect ? Json(nullptr) : Json(format_duration(step.timeout));
        view["expect"] = step.expect ? return_view(*step.expect) : Json(nullptr);
        view["variables"] = Json::array();
        for (const auto& input : step.inputs) view["variables"].push_back(variable_view(input));
        list.push_back(std::move(view));
    }
    return list;
}

Json waves_view(const engine::Preview& preview) {
    std::map<std::int64_t, std::int64_t> sizes;
    for (const auto& target : preview.targets) ++sizes[target.row.wave];
    auto list = Json::array();
    for (const auto& [wave, targets] : sizes) {
        Json view;
        view["wave"] = wave;
        view["targets"] = targets;
        list.push_back(std::move(view));
    }
    return list;
}

void add_drained(Json& view, const engine::Drained& drained) {
    view["first_create_at"] = time_or_null(drained.first);
    view["last_create_at"] = time_or_null(drained.last);
    view["would_expire"] = drained.left;
}

}  // namespace

Json target_view(const engine::PreviewedTarget& target) {
    const auto& row = target.row;
    Json view;
    view["device_uid"] = row.device.str();
    view["hostname"] = row.hostname;
    view["customer"] = text_or_null(row.customer.str());
    view["site_uid"] = row.site_uid.str();
    view["site_name"] = row.site_name.str();
    view["online"] = row.online;
    view["last_seen_at"] = time_or_null(row.last_seen);
    view["wave"] = row.wave;
    view["disposition"] = to_text(target.disposition);
    view["reason"] = text_or_null(target.reason);
    view["message"] = text_or_null(target.message);
    return view;
}

Json exclusion_view(const engine::ExclusionRow& row) {
    Json view;
    view["device_uid"] = row.device.str();
    view["hostname"] = row.hostname;
    view["site_name"] = row.site_name.str();
    view["rule"] = row.rule;
    view["reason"] = text_or_null(row.reason.str());
    return view;
}

Json plan_view(const engine::Preview& preview) {
    Json view;
    view["runbook"] = preview.runbook;
    view["revision"] = preview.revision;
    view["customer"] = text_or_null(preview.customer);
    view["zone"] = text_or_null(preview.zone);
    view["at"] = format_utc(preview.at);
    view["window_end"] = format_utc(preview.window_end);
    view["refusal"] = text_or_null(preview.refusal);
    view["warnings"] = text_or_null(preview.warnings);
    view["component_uid"] = text_or_null(preview.component.str());
    view["component_name"] = preview.component_name;
    view["fleet_read_at"] = format_utc(preview.fleet_read_at);
    view["creates"] = preview.wanted;
    view["offline"] = preview.offline;
    view["reads"] = preview.reads;
    add_drained(view, preview.creates);
    view["variables"] = Json::array();
    for (const auto& input : preview.inputs) view["variables"].push_back(variable_view(input));
    view["steps"] = steps_view(preview);
    view["waves"] = waves_view(preview);
    view["targets"] = Json::array();
    for (const auto& target : preview.targets) view["targets"].push_back(target_view(target));
    view["exclusions"] = Json::array();
    for (const auto& row : preview.exclusions) view["exclusions"].push_back(exclusion_view(row));
    return view;
}

Json check_view(const std::vector<ports::CheckFinding>& findings) {
    auto list = Json::array();
    for (const auto& finding : findings) {
        Json view;
        view["path"] = finding.path;
        view["severity"] = finding.is_error ? "error" : "warning";
        view["code"] = finding.code;
        view["message"] = finding.message;
        view["suggestion"] = finding.suggestion;
        list.push_back(std::move(view));
    }
    return list;
}

Json forecast_view(const std::vector<ports::ForecastRun>& runs) {
    auto list = Json::array();
    for (const auto& one : runs) {
        Json view;
        view["runbook"] = one.run.runbook;
        view["revision"] = one.run.revision;
        view["customer"] = text_or_null(one.run.customer);
        view["zone"] = text_or_null(one.run.zone);
        view["run_uid"] = one.run.run ? Json(one.run.run->str()) : Json(nullptr);
        view["nominal_at"] = time_or_null(one.run.nominal);
        view["starts_at"] = format_utc(one.run.starts);
        view["window_end"] = format_utc(one.run.window_end);
        view["targets"] = one.targets;
        view["creates"] = one.creates;
        view["offline"] = one.offline;
        add_drained(view, one.drained);
        view["suppressed_by"] = text_or_null(one.run.suppressed_by);
        view["problem"] = text_or_null(one.problem);
        list.push_back(std::move(view));
    }
    return list;
}

}  // namespace runbookd::http_api
