// The API about itself: limits, page size.
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

void tell_writes(const Call& call, json& rate) {
    auto& limits = call.limits;
    json writes = json::object();
    for (auto& [operation, window] : limits.operations)
        writes[std::string(operation)] = {{"limit", window.reported_limit()},
                                          {"count", window.used(call.now.steady)}};
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
