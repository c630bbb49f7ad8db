#include "http_api/coming_why.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http_api/plan_view.hpp"
#include "http_api/why_words.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;
using engine::Disposition;

struct Finding {
    std::string rule;
    std::string answer;
    Json row;  ///< of the plan; null: the device is not in it
    std::string says;
};

Finding of_target(const engine::PreviewedTarget& target, const std::string& who, const std::string& when) {
    const auto words = target.message.empty() ? reason_in_words(target.reason) : target.message;
    Finding finding{target.reason, {}, target_view(target), std::string(to_text(target.disposition))};
    if (target.disposition != Disposition::pending) {
        finding.answer = "No: " + who + " would be " + std::string(to_text(target.disposition)) + when +
                         ": " + words + ".";
        finding.says += " / " + target.reason;
    } else if (target.reason.empty()) {
        finding.rule = "selected";
        finding.answer = "Yes: " + who + " gets its job" + when + ".";
    } else {
        finding.answer = "Perhaps: " + who + " is offline now, and is " + words + when + ".";
    }
    return finding;
}

Finding find(const engine::Preview& preview, const ComingDevice& device) {
    const auto& who = device.hostname;
    const auto when = ", if " + preview.runbook + " starts at " + spoken_time(format_utc(preview.at));
    const auto is_it = [&](const DeviceUid& uid) { return uid.str() == device.uid; };
    const auto target = std::find_if(preview.targets.begin(), preview.targets.end(),
                                     [&](const auto& one) { return is_it(one.row.device); });
    const auto exclusion = std::find_if(preview.exclusions.begin(), preview.exclusions.end(),
                                        [&](const auto& one) { return is_it(one.device); });
    if (exclusion != preview.exclusions.end())
        return {exclusion->rule,
                "No: " + who + " is left out" + when + ", by the rule " + exclusion->rule + ": " +
                    exclusion->reason.str() + ".",
                exclusion_view(*exclusion), exclusion->rule};
    if (target == preview.targets.end() && preview.targets_problem.empty())
        return {
            "not_selected",
            "No: no include of revision " + std::to_string(preview.revision) + " matches " + who + when + ".",
            nullptr,
            {}};
    if (!preview.refusal.empty())
        return {"refused", "No: " + preview.runbook + " would not run" + when + ": " + preview.refusal + ".",
                target == preview.targets.end() ? Json(nullptr) : target_view(*target), "refused"};
    return of_target(*target, who, when);
}

}  // namespace

Json coming_why_view(const engine::Preview& preview, const ComingDevice& device) {
    auto finding = find(preview, device);
    Json view;
    view["runbook"] = preview.runbook;
    view["device_uid"] = device.uid;
    view["hostname"] = device.hostname;
    view["at"] = format_utc(preview.at);
    view["rule"] = finding.rule;
    view["answer"] =
        finding.answer + " (As the fleet was at " + spoken_time(format_utc(preview.fleet_read_at)) + ".)";
    view["evidence"] = Json::array();
    if (!finding.row.is_null()) {
        Json row;
        row["view"] = "plan";
        row["seq"] = nullptr;
        row["at"] = format_utc(preview.at);
        row["says"] = finding.says;
        row["row"] = std::move(finding.row);
        view["evidence"].push_back(std::move(row));
    }
    return view;
}

}  // namespace runbookd::http_api
