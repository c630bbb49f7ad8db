#include "engine/successes.hpp"

#include <algorithm>

namespace runbookd::engine {
namespace {

void note(std::unordered_map<DeviceUid, UtcTime>& last, const DeviceUid& device, UtcTime at) {
    const auto [place, is_new] = last.try_emplace(device, at);
    if (!is_new) place->second = std::max(place->second, at);
}

}  // namespace

bool Successes::know(const std::string& runbook) {
    const auto [place, is_new] = runbooks_.try_emplace(runbook);
    auto& known = place->second;
    if (is_new) {
        known.asked = ++last_id_;
        outbox_.recall(*known.asked, runbook);
    }
    return !known.asked;
}

void Successes::take_in(RecallId id, const std::string& runbook, const std::vector<LastSuccess>& successes) {
    const auto found = runbooks_.find(runbook);
    if (found == runbooks_.end() || found->second.asked != id) return;
    auto& known = found->second;
    known.asked.reset();
    known.last.reserve(successes.size());
    for (const auto& one : successes) note(known.last, one.device, one.at);
}

void Successes::on_decided(const std::string& runbook, const DeviceUid& device, Disposition disposition,
                           UtcTime at) {
    if (disposition != Disposition::succeeded && disposition != Disposition::warning) return;
    // While the answer is on its way too: the record may have been read before this was written.
    if (const auto found = runbooks_.find(runbook); found != runbooks_.end())
        note(found->second.last, device, at);
}

std::optional<UtcTime> Successes::last(const std::string& runbook, const DeviceUid& device) const {
    const auto found = runbooks_.find(runbook);
    if (found == runbooks_.end()) return std::nullopt;
    const auto place = found->second.last.find(device);
    return place == found->second.last.end() ? std::nullopt : std::optional(place->second);
}

}  // namespace runbookd::engine
