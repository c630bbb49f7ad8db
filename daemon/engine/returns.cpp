#include "engine/returns.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How often the list is read while somebody is waited for; a long one more seldom: 400 pages take a quarter
// of the usual budget.
constexpr Millis kPause = seconds{30};
constexpr Millis kPausePerPage = milliseconds{500};
// The end is judged by a list that was begun after it; without one for so long, by what there is.
constexpr Millis kGrace = minutes{5};

std::string not_returned(const runbook::ExpectedReturn& expect) {
    const std::string what = expect.online && expect.rebooted ? "seen online after a restart"
                             : expect.online                  ? "seen online"
                                                              : "seen to have restarted";
    return "the device was not " + what + " within " + format_duration(expect.within);
}

}  // namespace

Returns::Returns(Books& books, AlarmClock& clock, const Fleet& fleet, FleetReader& reader,
                 const ClockGuard& guard, OnEnd on_end)
    : books_(books),
      fleet_(fleet),
      reader_(reader),
      guard_(guard),
      on_end_(std::move(on_end)),
      look_again_(clock, [this](Instant now) { look_again(now); }) {}

void Returns::await(const Run& run, const Target& target, Instant now) {
    awaited_.push_back({run.plan.run, target.row.device, target.step(), now.steady});
    if (!look_again_.is_scheduled()) look_again_.set(now.steady + kPause);
}

void Returns::look_again(Instant now) {
    take_in_fleet(now);
    if (awaited_.empty()) return;
    if (!fleet_.is_reading_devices()) reader_.need_devices(now.steady);
    const auto pages = static_cast<std::int64_t>(fleet_.pages());
    look_again_.set(now.steady + std::max(kPause, pages * kPausePerPage));
}

void Returns::take_in_fleet(Instant now) {
    if (guard_.is_doubted()) return;
    // One that is over may have another such step next.
    for (auto& one : std::exchange(awaited_, {}))
        if (!is_over(one, now)) awaited_.push_back(std::move(one));
}

bool Returns::is_over(const Awaited& one, Instant now) {
    auto* const run = books_.find_run(one.run);
    if (run == nullptr) return true;
    auto& target = run->targets[run->by_device.at(one.device)];
    // With a job that was found after the store had been put back: that says how the step ends.
    if (target.disposition != Disposition::pending || target.step() != one.step || target.job) return true;
    if (has_returned(*run, target, one)) {
        on_end_(*run, target, true, "", now);
        return true;
    }
    const auto& expect = *run->step_of(target)->expect;
    if (!is_too_late(target.done->at + expect.within, now)) return false;
    on_end_(*run, target, false, not_returned(expect), now);
    return true;
}

bool Returns::has_returned(const Run& run, const Target& target, const Awaited& one) const {
    const auto* const seen = fleet_.find(one.device);
    if (seen == nullptr || seen->read_at < one.since) return false;
    const auto& expect = *run.step_of(target)->expect;
    if (expect.online && !seen->device.online) return false;
    if (!expect.rebooted) return true;
    const auto since = target.done->last_job_at.value_or(run.started_at);
    return seen->device.last_reboot && *seen->device.last_reboot >= since;
}

bool Returns::is_too_late(UtcTime deadline, Instant now) const {
    if (now.utc < deadline) return false;
    if (now.utc >= deadline + kGrace) return true;
    const auto read_at = fleet_.devices_read_at();
    return read_at && now.utc - (now.steady - *read_at) >= deadline;
}

}  // namespace runbookd::engine
