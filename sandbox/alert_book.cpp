#include "sandbox/alert_book.hpp"

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {

AlertBook::AlertBook(const Fleet& fleet, const DeviceStates& devices, Instant start)
    : fleet_(fleet), devices_(devices), start_(start) {
    for (std::size_t rule = 0; rule < fleet.alerts.size(); ++rule)
        due_.push({start.steady + fleet.alerts[rule].after, false, rule});
}

void AlertBook::advance(Instant now) {
    while (!due_.empty() && due_.top().at <= now.steady) {
        const auto due = due_.top();
        due_.pop();
        const Instant at{now.utc - (now.steady - due.at), due.at};
        if (!due.resolves) {
            raise(due.index, at);
            continue;
        }
        auto& alert = alerts_[due.index];
        if (alert.resolved_at) continue;
        alert.resolved_at = at.utc;
        alert.resolved_by_itself = true;
    }
}

void AlertBook::raise(std::size_t rule, Instant at) {
    const auto& traits = fleet_.alerts[rule];
    for (const auto device : traits.devices) {
        if (!devices_.exists(fleet_.devices[device], at.steady)) continue;
        const auto index = alerts_.size();
        auto& alert = alerts_.emplace_back();
        // The start is part of it, so that a sandbox started again does not give a uid twice.
        alert.uid = guid_of("alert", std::to_string(to_unix_ms(start_.utc)) + ' ' + std::to_string(index));
        alert.rule = static_cast<std::uint32_t>(rule);
        alert.device = device;
        alert.raised_at = at.utc;
        by_uid_.emplace(alert.uid, index);
        if (traits.resolves) due_.push({at.steady + *traits.resolves, true, index});
    }
    if (traits.every) due_.push({at.steady + *traits.every, false, rule});
}

const Alert* AlertBook::find(std::string_view uid) const {
    const auto found = by_uid_.find(uid);
    return found == by_uid_.end() ? nullptr : &alerts_[found->second];
}

bool AlertBook::resolve(std::string_view uid, UtcTime at) {
    const auto found = by_uid_.find(uid);
    if (found == by_uid_.end()) return false;
    auto& alert = alerts_[found->second];
    if (!alert.resolved_at) alert.resolved_at = at;
    return true;
}

}  // namespace runbookd::sandbox
