// Alerts of the account, a site or a device; one alert, and its end.
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

json context_view(const AlertRule& rule) {
    auto context = json::parse(rule.context, nullptr, false);
    if (!context.is_object()) context = json::object();
    context["@class"] = rule.alert_class;
    return context;
}

json alert_view(const World& world, const Alert& alert) {
    const auto& fleet = world.fleet();
    const auto& rule = fleet.alerts[alert.rule];
    const auto& device = fleet.devices[alert.device];
    const auto& site = fleet.site_of(device);
    const auto form = fleet.unknowns.times.alerts;
    const bool by_user = alert.resolved_at && !alert.resolved_by_itself;
    json view = {{"alertUid", alert.uid},
                 {"priority", rule.priority},
                 {"diagnostics", text_or_null(rule.diagnostics)},
                 {"resolved", alert.resolved_at.has_value()},
                 {"resolvedBy", by_user ? json(kApiUser) : json()},
                 {"resolvedOn", time_or_null(alert.resolved_at, form)},
                 {"muted", rule.muted},
                 {"ticketNumber", nullptr},
                 {"timestamp", time_or_null(alert.raised_at, form)},
                 {"alertMonitorInfo", {{"sendsEmails", false}, {"createsTicket", false}}},
                 {"alertContext", context_view(rule)},
                 {"alertSourceInfo",
                  {{"deviceUid", device.uid},
                   {"deviceName", device.hostname},
                   {"siteUid", site.uid},
                   {"siteName", site.name}}},
                 {"responseActions", json::array()},
                 {"autoresolveMins", nullptr}};
    if (rule.resolves)
        view["autoresolveMins"] = std::chrono::ceil<std::chrono::minutes>(*rule.resolves).count();
    return blemished(fleet.blemishes, "alert", alert.uid, std::move(view));
}

/// The page of those that `test` lets through, newest first; whether open or resolved ones are asked for is
/// the path's last part.
template <class Test>
Reply alerts_page(const Call& call, const Test& test) {
    const auto& alerts = call.world.alerts().alerts();
    const auto muted = text_of(call.query, "muted");
    if (!muted.empty() && muted != "true" && muted != "false") return error_reply(400, call);
    const bool resolved = call.request.path.ends_with("/resolved");
    std::vector<std::size_t> found;
    for (auto i = alerts.size(); i > 0; --i) {
        const auto& alert = alerts[i - 1];
        const bool is_muted = call.world.fleet().alerts[alert.rule].muted;
        if (alert.resolved_at.has_value() != resolved || !test(alert)) continue;
        if (muted.empty() || is_muted == (muted == "true")) found.push_back(i - 1);
    }
    return page_reply(call, "alerts", found,
                      [&](std::size_t i) { return alert_view(call.world, alerts[i]); });
}

Reply empty_reply() {
    Reply reply;
    reply.content_type.clear();
    return reply;
}

}  // namespace

Reply get_account_alerts(const Call& call) {
    return alerts_page(call, [](const Alert&) { return true; });
}

Reply get_site_alerts(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    if (!site) return error_reply(404, call);
    const auto& fleet = call.world.fleet();
    return alerts_page(
        call, [&](const Alert& alert) { return &fleet.site_of(fleet.devices[alert.device]) == site; });
}

Reply get_device_alerts(const Call& call) {
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return error_reply(404, call);
    return alerts_page(
        call, [&](const Alert& alert) { return &call.world.fleet().devices[alert.device] == device; });
}

Reply get_alert(const Call& call) {
    const auto* alert = call.world.alerts().find(call.parts[0]);
    return alert ? json_reply(alert_view(call.world, *alert)) : error_reply(404, call);
}

Reply resolve_alert(const Call& call) {
    return call.world.alerts().resolve(call.parts[0], call.now.utc) ? empty_reply() : error_reply(404, call);
}

Reply mute_alert(const Call& call) {
    return call.world.alerts().find(call.parts[0]) ? empty_reply() : error_reply(404, call);
}

}  // namespace runbookd::sandbox
