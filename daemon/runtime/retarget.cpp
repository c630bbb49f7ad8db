#include "runtime/retarget.hpp"

#include <algorithm>
#include <array>

#include "base/spelling.hpp"

namespace runbookd::runtime {
namespace {

const std::vector<std::string> kLeft{"failed", "timeout",   "expired", "skipped",
                                     "halted", "cancelled", "unknown"};

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace

Result<void> check(const ports::RetargetRequest& request) {
    for (const auto& word : request.only) {
        if (word == "unknown" && !request.with_unknown)
            return fail(ErrorCode::invalid_input,
                        "a device whose job is unknown may have run it: say so with --include unknown");
        if (contains(kLeft, word)) continue;
        const auto close = nearest(word, kLeft, 1);
        return fail(ErrorCode::invalid_input,
                    "'" + word + "' is no disposition that leaves something to do: " + listed(kLeft) +
                        (close.empty() ? "" : " (did you mean " + close.front() + "?)"));
    }
    return {};
}

std::vector<std::string> devices_left(const ports::RunLeftovers& left, const ports::RetargetRequest& request,
                                      const std::set<DeviceUid>& may_still_run,
                                      ports::RetargetAccepted& accepted) {
    std::vector<std::string> devices;
    for (const auto& target : left.targets) {
        const bool is_unknown = target.disposition == "unknown";
        const bool is_wanted = request.only.empty() || contains(request.only, target.disposition);
        if (target.disposition == "pending" || may_still_run.contains(DeviceUid{target.device_uid}))
            ++accepted.may_still_run;
        else if (target.is_done_since)
            ++accepted.done_since;
        else if (is_unknown && !request.with_unknown)
            ++accepted.unknown;
        else if (is_wanted || (is_unknown && request.with_unknown))
            devices.push_back(target.device_uid);
    }
    return devices;
}

}  // namespace runbookd::runtime
