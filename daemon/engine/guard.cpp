#include "engine/guard.hpp"

#include <algorithm>
#include <utility>

#include "engine/start_rules.hpp"

namespace runbookd::engine {
namespace {

/// How one set of devices differs from the one before.
struct Change {
    std::int64_t added = 0, removed = 0;
};

Change change_of(const DeviceHashes& before, const DeviceHashes& now) {
    Change change;
    auto old = before.begin();
    auto fresh = now.begin();
    while (old != before.end() || fresh != now.end()) {
        if (fresh == now.end() || (old != before.end() && *old < *fresh)) {
            ++change.removed;
            ++old;
        } else if (old == before.end() || *fresh < *old) {
            ++change.added;
            ++fresh;
        } else {
            ++old;
            ++fresh;
        }
    }
    return change;
}

DeviceHashes hashes_of(const Run& run, DeviceHashes hashes) {
    hashes.reserve(hashes.size() + run.targets.size());
    for (const auto& target : run.targets) hashes.push_back(hash_of(target.row.device));
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

std::string devices(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " device" : " devices");
}

/// Gathers what does not hold.
class Findings {
public:
    explicit Findings(std::int64_t selected) { number("selected", selected); }

    void number(const std::string& name, std::int64_t value) { data_[name] = std::to_string(value); }
    void refuse(const std::string& rule, const std::string& why) {
        data_["rules"] += (data_["rules"].empty() ? "" : ", ") + rule;
        message_ += (message_.empty() ? "" : "; ") + why;
    }
    [[nodiscard]] std::optional<Guard::Finding> take() {
        if (message_.empty()) return std::nullopt;
        data_["message"] = message_;
        return Guard::Finding{std::move(message_), std::move(data_)};
    }

private:
    std::string message_;
    std::map<std::string, std::string> data_;
};

}  // namespace

std::uint64_t hash_of(const DeviceUid& device) {
    // FNV-1a, and a last stir so that uids that differ at their ends only lie far apart.
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : device.str()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    hash ^= hash >> 32U;
    return hash * 0x9E3779B97F4A7C15U;
}

DeviceHashes left_out_for_now(const std::vector<ExclusionRow>& exclusions) {
    DeviceHashes hashes;
    for (const auto& row : exclusions)
        if (is_start_rule(row.rule)) hashes.push_back(hash_of(row.device));
    return hashes;
}

void Guard::restore(const std::vector<LastTargets>& lanes) {
    for (const auto& lane : lanes) {
        DeviceHashes hashes;
        hashes.reserve(lane.devices.size());
        for (const auto& device : lane.devices) hashes.push_back(hash_of(device));
        std::sort(hashes.begin(), hashes.end());
        last_.try_emplace({lane.runbook, lane.zone, lane.customer}, std::move(hashes));
    }
}

std::optional<Guard::Finding> Guard::judge(const Run& run, const DeviceHashes& left_out) const {
    const auto& guard = run.book->guard;
    const auto selected = std::ssize(run.targets);
    Findings findings(selected);
    if (guard.max) findings.number("max", *guard.max);
    findings.number("min", guard.min);
    if (guard.max && selected > *guard.max)
        findings.refuse("max",
                        devices(selected) + " selected, and guard.max is " + std::to_string(*guard.max));
    const auto taken = selected + std::ssize(left_out);
    if (taken < guard.min)
        findings.refuse("min", devices(taken) + " selected, and guard.min is " + std::to_string(guard.min));
    const auto last = last_.find(lane_of(run.plan));
    if (!guard.max_change || run.plan.scope.narrows() || last == last_.end()) return findings.take();
    const auto& limit = *guard.max_change;
    const auto previous = std::ssize(last->second);
    const auto change = change_of(last->second, hashes_of(run, left_out));
    const auto changed = change.added + change.removed;
    findings.number("previous", previous);
    findings.number("added", change.added);
    findings.number("removed", change.removed);
    if (changed >= limit.at_least && changed * 100 > previous * limit.share)
        findings.refuse("max_change", devices(changed) + " changed since the last run, which had " +
                                          std::to_string(previous) + " (" + std::to_string(change.added) +
                                          " came, " + std::to_string(change.removed) +
                                          " went), and guard.max_change is " + std::to_string(limit.share) +
                                          "% of them, and at least " + std::to_string(limit.at_least));
    return findings.take();
}

void Guard::remember(const Run& run, const DeviceHashes& left_out) {
    if (!run.book->guard.max_change || run.plan.scope.narrows()) return;
    last_[lane_of(run.plan)] = hashes_of(run, left_out);
}

}  // namespace runbookd::engine
