#include "engine/breaker.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace runbookd::engine {
namespace {

constexpr std::int64_t kWhole = 100;  // percent
// Groups of which nobody knows whether another run comes: the oldest go first, as their uids do.
constexpr std::size_t kGroupsAtMost = 10'000;

bool is_failure(Disposition disposition) {
    constexpr std::array kFailures{Disposition::failed, Disposition::timeout, Disposition::unknown};
    return std::find(kFailures.begin(), kFailures.end(), disposition) != kFailures.end();
}

const runbook::AbortWhen* rule_of(const Run& run) {
    const bool has_one = run.book != nullptr && run.book->rollout && run.book->rollout->abort_when;
    return has_one ? &*run.book->rollout->abort_when : nullptr;
}

}  // namespace

Breaker::Tally& Breaker::Tally::operator+=(const Tally& other) {
    failed += other.failed;
    decided += other.decided;
    return *this;
}

Breaker::Tally Breaker::tally_of(const Run& run) {
    Tally tally;
    for (std::size_t i = 0; i < kDispositions; ++i) {
        const auto disposition = static_cast<Disposition>(i);
        if (disposition != Disposition::pending) tally.decided += run.counts.at(i);
        if (is_failure(disposition)) tally.failed += run.counts.at(i);
    }
    return tally;
}

bool Breaker::is_reached(const runbook::AbortWhen& when, const Tally& tally) {
    if (when.failed && tally.failed >= *when.failed) return true;
    return when.failed_share && tally.failed > 0 && tally.decided >= when.min_finished &&
           tally.failed * kWhole >= *when.failed_share * tally.decided;
}

void Breaker::restore(const std::vector<GroupTally>& groups) {
    for (const auto& one : groups) ended_[one.group] += Tally{one.failed, one.decided};
}

void Breaker::judge(Run& run, Instant now) {
    const auto* const when = rule_of(run);
    if (when == nullptr || run.status == RunStatus::planned) return;
    const bool has_finished = is_terminal(run.status);
    if (when->scope == runbook::AbortScope::group && !run.plan.group.empty()) {
        if (has_finished) {
            ended_[run.plan.group] += tally_of(run);
            if (ended_.size() > kGroupsAtMost) ended_.erase(ended_.begin());
        }
        return judge_group(run, *when, now);
    }
    if (has_finished) return;
    if (when->scope == runbook::AbortScope::site) return judge_sites(run, *when, now);
    if (const auto tally = tally_of(run); is_reached(*when, tally)) halt(run, nullptr, "run", tally, now);
}

void Breaker::judge_sites(Run& run, const runbook::AbortWhen& when, Instant now) {
    std::unordered_map<SiteUid, Tally> sites;
    for (const auto& target : run.targets)
        if (target.disposition != Disposition::pending)
            sites[target.row.site_uid] += Tally{is_failure(target.disposition) ? 1 : 0, 1};
    for (const auto& [site, tally] : sites) {
        if (is_terminal(run.status)) return;
        if (is_reached(when, tally)) halt(run, &site, "site", tally, now);
    }
}

void Breaker::judge_group(const Run& run, const runbook::AbortWhen& when, Instant now) {
    Tally tally;
    if (const auto ended = ended_.find(run.plan.group); ended != ended_.end()) tally = ended->second;
    std::vector<Run*> open;
    for (const auto& other : books_.runs()) {
        if (other->plan.group != run.plan.group || other->plan.runbook != run.plan.runbook ||
            other->status == RunStatus::planned || is_terminal(other->status))
            continue;
        tally += tally_of(*other);
        open.push_back(other.get());
    }
    if (!is_reached(when, tally)) return;
    for (auto* const other : open) halt(*other, nullptr, "group", tally, now);
}

void Breaker::halt(Run& run, const SiteUid* site, const std::string& scope, const Tally& tally, Instant now) {
    const bool is_known = site == nullptr ? run.is_halted : run.halted_sites.contains(*site);
    const auto left = std::count_if(run.targets.begin(), run.targets.end(), [&](const Target& target) {
        return target.disposition == Disposition::pending && !target.job &&
               (site == nullptr || target.row.site_uid == *site);
    });
    // After a restart something may be left of what was halted: its job had not been sent.
    if (is_known && left == 0) return;
    const auto counted = std::to_string(tally.failed) + " of " + std::to_string(tally.decided) +
                         " decided targets of the " + scope + " have failed";
    std::map<std::string, std::string> data{{"scope", scope},
                                            {"failed", std::to_string(tally.failed)},
                                            {"decided", std::to_string(tally.decided)}};
    if (site != nullptr) data["site_uid"] = site->str();
    data["halted"] = std::to_string(left);
    if (left > 0 && !is_known)
        outbox_.write(Noted{"run", run.plan.run.str(), "run.halted", "", std::move(data), now.utc});
    (void)books_.halt(run, site, counted, now);
}

}  // namespace runbookd::engine
