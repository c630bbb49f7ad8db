// The API about itself: limits, page size.
#include <array>
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

/// Writes that the sandbox has no use for; live accounts list them with these limits.
constexpr std::array<std::pair<const char*, int>, 15> kOtherWrites = {{{"account-variable-create", 100},
                                                                       {"account-variable-update", 100},
                                                                       {"account-variable-delete", 100},
                                                                       {"site-variable-create", 100},
                                                                       {"site-variable-update", 100},
                                                                       {"site-variable-delete", 100},
                                                                       {"site-create", 100},
                                                                       {"site-update", 100},
                                                                       {"site-proxy-create", 100},
                                                                       {"site-proxy-delete", 100},
                                                                       {"device-move", 100},
                                                                       {"device-warranty-create", 100},
                                                                       {"device-udf-set", 600},
                                                                       {"alert-resolve", 100},
                                                                       {"user-reset-keys", 100}}};

void tell_writes(const Call& call, json& rate) {
    auto& limits = call.limits;
    json writes = json::object();
    for (const auto& [operation, limit] : kOtherWrites) writes[operation] = {{"limit", limit}, {"count", 0}};
    writes["device-job-create"] = {{"limit", limits.job_creates.reported_limit()},
                                   {"count", limits.job_creates.used(call.now.steady)}};
    rate["accountWriteRateLimit"] = limits.writes.reported_limit();
    rate["accountWriteCount"] = limits.writes.used(call.now.steady);
    rate["operationWriteStatus"] = std::move(writes);
}

}  // namespace

Reply get_status(const Call& call) {
    return json_reply(
        {{"version", "sandbox"}, {"status", "OK"}, {"started", to_unix_ms(call.world.start().utc)}});
}

Reply get_pagination(const Call& call) { return json_reply({{"max", call.world.fleet().paging.size}}); }

Reply get_request_rate(const Call& call) {
    auto& limits = call.limits;
    const auto& fleet = call.world.fleet();
    json rate = {{"slidingTimeWindowSizeSeconds", 60},
                 {"accountUid", account_uid()},
                 {"accountCount", limits.reads.used(call.now.steady)},
                 {"accountRateLimit", limits.reads.reported_limit()},
                 {"accountCutOffRatio", 0.9}};
    if (fleet.unknowns.write_fields) tell_writes(call, rate);
    return json_reply(blemished(fleet.blemishes, "request_rate", account_uid(), std::move(rate)));
}

}  // namespace runbookd::sandbox
