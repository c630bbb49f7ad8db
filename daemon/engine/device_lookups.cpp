#include "engine/device_lookups.hpp"

#include <chrono>
#include <utility>

namespace runbookd::engine {
namespace {

constexpr Millis kPatience = std::chrono::minutes{1};

}  // namespace

bool DeviceLookups::is_known(const std::string& device) const {
    return fleet_.find(DeviceUid{device}) != nullptr || !fleet_.find_by_hostname(device).empty();
}

bool DeviceLookups::try_to_answer(const Asked& asked) const {
    const bool is_there = is_known(asked.device);
    const bool is_sure = fleet_.devices_read_at() && *fleet_.devices_read_at() >= asked.at;
    if (is_there || is_sure) asked.answer(is_there);
    return is_there || is_sure;
}

void DeviceLookups::ask(std::string device, Answer answer, Instant now) {
    const auto number = ++last_number_;
    auto& asked =
        asked_.try_emplace(number, clock_, [this, number](Instant) { give_up(number); }).first->second;
    asked.device = std::move(device);
    asked.answer = std::move(answer);
    asked.at = now.steady;
    if (try_to_answer(asked)) {
        asked_.erase(number);
        return;
    }
    reader_.need_devices(asked.at);
    asked.gives_up.set(now.steady + kPatience);
}

void DeviceLookups::pump() {
    std::erase_if(asked_, [this](const auto& entry) { return try_to_answer(entry.second); });
}

void DeviceLookups::give_up(std::uint64_t number) {
    const auto found = asked_.extract(number);
    if (found.empty()) return;
    found.mapped().answer(fail(
        ErrorCode::unavailable,
        line_.problem().empty() ? std::string("its devices have not been read in time") : line_.problem()));
}

}  // namespace runbookd::engine
