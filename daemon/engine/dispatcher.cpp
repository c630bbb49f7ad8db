#include "engine/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

// The promise is 60 s between reading that a device is online and its create; the rest is for the way.
constexpr Millis kDeviceStateGood = std::chrono::seconds{50};

}  // namespace

Dispatcher::Dispatcher(Books& books, AlarmClock& clock, Line& line, Fleet& fleet, FleetReader& reader,
                       Sender& sender, const Holds& holds)
    : books_(books),
      line_(line),
      fleet_(fleet),
      reader_(reader),
      sender_(sender),
      holds_(holds),
      waiting_(fleet, line,
               {[this](const Waiting::Who& who, Instant now) { return may_wait_on(who, now); },
                [this](const Waiting::Who& who, Instant now) { come_back(who, now); },
                [this](const Waiting::Who& who, const ApiFailure& failure, Instant now) {
                    if (auto* const run = books_.find_run(who.run); run != nullptr)
                        refuse(*run, run->targets[who.index], failure, now);
                }}),
      limits_(books, fleet),
      unpark_(clock, [this](Instant now) { wake(now); }) {}

void Dispatcher::make_ready(const Run& run, std::size_t index) {
    auto& ready = ready_[run.order];
    if (ready.targets.empty()) {
        ready.run = run.plan.run;
        turns_.add({run.order, rank_of(run.book.get()), run.create_end, run.plan.runbook});
    }
    if (ready.targets.insert(index).second) ++ready_targets_;
}

void Dispatcher::take_out(std::uint64_t order, std::size_t index) {
    const auto found = ready_.find(order);
    if (found == ready_.end()) return;
    ready_targets_ -= found->second.targets.erase(index);
    if (found->second.targets.empty()) take_out_all(order);
}

void Dispatcher::take_out_all(std::uint64_t order) {
    const auto found = ready_.find(order);
    if (found == ready_.end()) return;
    ready_targets_ -= found->second.targets.size();
    ready_.erase(found);
    turns_.remove(order);
}

void Dispatcher::enqueue(Run& run, Instant now) {
    for (std::size_t i = 0; i < run.targets.size() && !is_terminal(run.status); ++i) {
        const auto& target = run.targets[i];
        if (target.disposition == Disposition::pending && !target.job &&
            books_.is_overtaken(run, target.row.device)) {
            stop(run, i, now);
            continue;
        }
        if (target.disposition == Disposition::pending && !target.job && !target.is_away &&
            !run.expects_return_of(target) && !books_.is_queued(run, target.row.device))
            admit(run, i);
    }
}

void Dispatcher::admit(Run& run, std::size_t index) {
    auto& target = run.targets[index];
    if (run.status == RunStatus::waiting || target.row.wave > run.wave) return;
    const auto* const seen = run.waits_for_devices() ? fleet_.find(target.row.device) : nullptr;
    if (seen != nullptr && !seen->device.online && excluded_since(target.row, seen->device, fleet_).empty())
        return send_away(run, index);
    target.is_away = false;
    make_ready(run, index);
}

void Dispatcher::send_away(Run& run, std::size_t index) {
    auto& target = run.targets[index];
    target.is_away = true;
    waiting_.add({run.plan.run, index}, target.row.device);
    books_.touch(run);
}

void Dispatcher::come_back(const Waiting::Who& who, Instant now) {
    auto* const run = books_.find_run(who.run);
    if (run == nullptr) return;
    auto& target = run->targets[who.index];
    target.is_away = false;
    const bool is_between = run->status == RunStatus::waiting;
    if (target.disposition == Disposition::pending && !target.is_halfway())
        books_.move(*run, target, is_between ? run->next_wave : run->wave, now);
    if (!is_between) make_ready(*run, who.index);
}

void Dispatcher::put_back(Run& run, Target& target, Instant now) {
    if (run.is_called_off) return books_.decide(run, target, Disposition::cancelled, "by_person", "", now);
    if (run.is_halted_at(target.row.site_uid))
        return books_.decide(run, target, Disposition::halted, "abort_when", "", now);
    if (books_.is_overtaken(run, target.row.device))
        return stop(run, run.by_device.at(target.row.device), now);
    if (now.utc >= run.create_end) return sender_.close(run, target, now);
    admit(run, run.by_device.at(target.row.device));
}

void Dispatcher::take_in_fleet(Instant now) {
    waiting_.take_in(now);
    const auto freed = limits_.freed_by_fleet();
    if (freed.empty()) return;
    // Of jobs that were in flight before the start, nobody knew where they count.
    for (const auto& [uid, job] : books_.jobs())
        if (job->is_in_flight) restore_in_flight(*job);
    make_ready_again(freed);
}

void Dispatcher::restore_in_flight(Job& job) {
    const auto* const run = books_.find_run(job.run);
    const auto* const target = run == nullptr ? nullptr : books_.target_of(job);
    books_.take_in_flight(
        job, target == nullptr ? std::vector<InFlight::Place>{} : limits_.places_of(*run, *target));
}

void Dispatcher::make_ready_again(const std::vector<Waiting::Who>& freed) {
    for (const auto& who : freed) on_seen(who);
}

void Dispatcher::take_left() {
    for (const auto& left : books_.take_left()) {
        if (auto* const run = books_.find_run(left.run); run != nullptr && !limits_.is_full(*run))
            if (const auto found = ready_.find(run->order); found != ready_.end() && found->second.is_full) {
                found->second.is_full = false;
                turns_.add({run->order, rank_of(run->book.get()), run->create_end, run->plan.runbook});
            }
        make_ready_again(limits_.freed_by(left));
    }
}

bool Dispatcher::has_no_room(Run& run, const Place& place) {
    if (limits_.is_full(run)) {
        ready_.at(run.order).is_full = true;
        turns_.remove(run.order);
        return true;
    }
    const auto& target = run.targets[place.index];
    const auto limit = limits_.reached_by(run, target);
    if (!limit) return false;
    take_out(run.order, place.index);
    limits_.wait_at(*limit, place);
    make_ready_again(limits_.passed_on_by(run, target));
    return true;
}

bool Dispatcher::may_wait_on(const Waiting::Who& who, Instant now) {
    auto* const run = books_.find_run(who.run);
    if (run == nullptr || now.utc >= run->create_end) return false;
    const auto& target = run->targets[who.index];
    if (target.disposition != Disposition::pending || target.job) return false;
    if (const auto hold = holds_.at(*run, now.utc)) {
        park(*run, *hold, now);  // nothing is read for what may not be created
        return false;
    }
    return true;
}

void Dispatcher::on_seen(const Waiting::Who& who) {
    if (const auto* const run = books_.find_run(who.run)) make_ready(*run, who.index);
}

void Dispatcher::take_freed(Instant now) {
    for (const auto& [uid, device] : books_.take_freed()) {
        auto* const run = books_.find_run(uid);
        if (run == nullptr || run->status != RunStatus::running || parked_.contains(uid)) continue;
        const auto index = run->by_device.at(device);
        const auto& target = run->targets[index];
        if (run->book == nullptr || !run->book->queues()) continue;
        if (target.disposition != Disposition::pending || target.job || run->expects_return_of(target) ||
            books_.is_queued(*run, device))
            continue;
        if (now.utc < run->create_end) admit(*run, index);
    }
}

void Dispatcher::park(Run& run, const Hold& hold, Instant now) {
    take_out_all(run.order);
    if (run.waits_for_devices())
        for (std::size_t i = 0; i < run.targets.size(); ++i) {
            waiting_.remove({run.plan.run, i}, run.targets[i].row.device);
            run.targets[i].is_away = false;
        }
    forget(run.plan.run);
    parked_.insert(run.plan.run);
    wake_at(hold.recheck, now);
}

void Dispatcher::set_aside(const Place& place, const Hold& hold, Instant now) {
    const auto recheck = hold.recheck.value_or(now.utc + Millis{1});
    aside_.emplace(recheck, place);
    wake_at(recheck, now);
}

void Dispatcher::forget(const RunUid& run) {
    limits_.forget(run);
    std::erase_if(aside_, [&](const auto& one) { return one.second.run == run; });
}

void Dispatcher::wake_at(std::optional<UtcTime> at, Instant now) {
    if (!at || (unpark_at_ && *unpark_at_ <= *at)) return;
    unpark_at_ = at;
    unpark_.set(*unpark_at_, now);
}

void Dispatcher::wake(Instant now) {
    unpark_at_.reset();
    const auto due_until = aside_.upper_bound(now.utc);
    for (auto place = aside_.begin(); place != due_until; ++place) on_seen(place->second);
    aside_.erase(aside_.begin(), due_until);
    if (!aside_.empty()) wake_at(aside_.begin()->first, now);
    reconsider_parked(now);
}

void Dispatcher::release(Instant now) {
    for (const auto& [recheck, place] : std::exchange(aside_, {})) on_seen(place);
    wake(now);
}

void Dispatcher::reconsider_parked(Instant now) {
    for (const auto& uid : std::exchange(parked_, {})) {
        auto* const run = books_.find_run(uid);
        if (run == nullptr || now.utc >= run->create_end) continue;
        if (const auto hold = holds_.at(*run, now.utc))
            park(*run, *hold, now);
        else
            enqueue(*run, now);
    }
}

void Dispatcher::pump(Instant now) {
    take_freed(now);
    take_left();
    if (stopping_ || holds_.is_time_unknown()) return;
    waiting_.pump(now);
    sender_.send_again(now);
    while (!sender_.has_unsent() && !ready_.empty() && line_.is_open(Budget::Kind::create, now))
        if (take_next(now) == Step::must_wait) return;
}

Dispatcher::Step Dispatcher::take_next(Instant now) {
    const auto next = turns_.next(now.utc);
    if (!next) return Step::must_wait;  // every run that is ready is full
    const auto order = *next;
    const Place place{ready_.at(order).run, *ready_.at(order).targets.begin()};
    auto* const run = books_.find_run(place.run);
    if (run == nullptr || now.utc >= run->create_end) {
        take_out_all(order);  // decided meanwhile, or about to be by the window's end
        return Step::went_on;
    }
    auto& target = run->targets[place.index];
    if (target.disposition != Disposition::pending || target.job) {
        take_out(order, place.index);
        make_ready_again(limits_.passed_on_by(*run, target));
        return Step::went_on;
    }
    if (const auto hold = holds_.at(*run, now.utc)) {
        park(*run, *hold, now);
        return Step::went_on;
    }
    if (target.retry && now.utc < target.retry->next) {
        take_out(order, place.index);
        set_aside(place, {"", "", target.retry->next}, now);
        return Step::went_on;
    }
    if (has_no_room(*run, place)) return Step::went_on;
    const auto* const seen = fleet_.find(target.row.device);
    const auto& site = seen == nullptr ? target.row.site_uid : seen->device.site_uid;
    const auto& site_name = seen == nullptr ? target.row.site_name : seen->device.site_name;
    const auto hold = holds_.of_device(*run, target.row.device, site, site_name, now.utc);
    if (hold) {
        take_out(order, place.index);
        set_aside(place, *hold, now);
        make_ready_again(limits_.passed_on_by(*run, target));
        return Step::went_on;
    }
    if (run->component_of(target.step()).uid.empty()) {
        if (run->obstacle.empty()) return Step::must_wait;  // the component list is on its way
        take_out(order, place.index);
        books_.decide(*run, target, Disposition::failed, "rejected", run->obstacle, now);
        return Step::went_on;
    }
    const bool is_known = seen != nullptr && now.steady - seen->read_at <= kDeviceStateGood;
    if (!is_known && run->must_be_online()) return recheck(*run, place, now);
    turns_.took(order);
    take_out(order, place.index);
    take(*run, place.index, seen, now);
    if (!target.job) make_ready_again(limits_.passed_on_by(*run, target));
    return Step::went_on;
}

void Dispatcher::take(Run& run, std::size_t index, const Fleet::Seen* seen, Instant now) {
    auto& target = run.targets[index];
    auto excluded = seen == nullptr ? std::string() : excluded_since(target.row, seen->device, fleet_);
    if (run.book != nullptr && books_.is_pending_upstream(run.plan.runbook, target.row.device))
        books_.decide(run, target, Disposition::skipped, "pending_upstream",
                      "Datto still holds an earlier job of this runbook for this device", now);
    else if (!excluded.empty())
        books_.decide(run, target, Disposition::skipped, "excluded_state", std::move(excluded), now);
    else if (!run.must_be_online() || seen->device.online)
        sender_.intend(run, target, now);
    else if (run.waits_for_devices())
        send_away(run, index);
    else
        books_.decide(run, target, Disposition::skipped, "offline", "", now);
}

Dispatcher::Step Dispatcher::recheck(const Run& run, const Place& place, Instant now) {
    // One page tells of 250 devices: for many of them the list is cheaper, for a few their own pages are. A
    // list that takes long is old when it is whole, and would be read again and again.
    const auto soon =
        std::min<std::int64_t>(static_cast<std::int64_t>(ready_targets_), line_.budget().allowed_creates());
    const auto& device = run.targets[place.index].row.device;
    const bool is_listed = fleet_.find(device) != nullptr || !fleet_.devices_read_at();
    const bool is_quick = fleet_.devices_took() < kDeviceStateGood / 2;
    if (is_listed && is_quick && soon > static_cast<std::int64_t>(fleet_.pages())) {
        // One that is being read already is enough, and is waited for now, were it only to be refreshed.
        reader_.need_devices(fleet_.is_reading_devices() ? fleet_.devices_begun_at()
                                                         : now.steady - kDeviceStateGood / 2);
        return Step::must_wait;
    }
    if (!line_.is_open(Budget::Kind::read, now)) return Step::must_wait;
    turns_.took(run.order);
    take_out(run.order, place.index);
    line_.send(ReadDevice{device}, [this, place, sent_at = now.steady](const ApiResult& result, Instant at) {
        on_device(place, result, sent_at, at);
    });
    return Step::went_on;
}

void Dispatcher::on_device(const Place& place, const ApiResult& result, SteadyTime sent_at, Instant now) {
    auto* const run = books_.find_run(place.run);
    if (run == nullptr) return;
    auto& target = run->targets[place.index];
    if (target.disposition != Disposition::pending || target.job) return;
    if (!result) {
        const auto kind = result.error().kind;
        if (kind == FailureKind::not_found || kind == FailureKind::forbidden || kind == FailureKind::rejected)
            return refuse(*run, target, result.error(), now);
    } else if (const auto* device = std::get_if<Device>(&*result)) {
        auto fresh = *device;
        fresh.uid = target.row.device;  // however its own page spells it
        fleet_.update(std::move(fresh), sent_at);
    }
    make_ready(*run, place.index);
}

void Dispatcher::refuse(Run& run, Target& target, const ApiFailure& failure, Instant now) {
    if (target.disposition != Disposition::pending || target.job) return;
    if (failure.kind == FailureKind::not_found)
        books_.decide(run, target, Disposition::skipped, "excluded_state", "Datto knows the device no more",
                      now);
    else
        books_.decide(run, target, Disposition::failed, "rejected", failure.message, now);
    make_ready_again(limits_.passed_on_by(run, target));
}

void Dispatcher::forget(const Run& run) {
    parked_.erase(run.plan.run);
    forget(run.plan.run);
    take_out_all(run.order);
    if (!run.waits_for_devices()) return;
    for (std::size_t i = 0; i < run.targets.size(); ++i)
        if (run.targets[i].disposition == Disposition::pending)
            waiting_.remove({run.plan.run, i}, run.targets[i].row.device);
}

void Dispatcher::close_window(Run& run, Instant now) {
    forget(run);
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending) sender_.close(run, target, now);
}

void Dispatcher::call_off(Run& run, const Sender::Ending& ending, Instant now) {
    forget(run);
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending) sender_.call_off(run, target, ending, now);
}

void Dispatcher::stop_earlier(const Run& run, Instant now) {
    if (run.book == nullptr || run.book->overlap != runbook::OverlapPolicy::stop_previous) return;
    for (const auto& target : run.targets) {
        if (target.disposition != Disposition::pending) continue;
        for (auto* const earlier : books_.earlier_on(run, target.row.device))
            stop(*earlier, earlier->by_device.at(target.row.device), now);
    }
}

void Dispatcher::stop(Run& run, std::size_t index, Instant now) {
    auto& target = run.targets[index];
    take_out(run.order, index);
    if (run.waits_for_devices()) waiting_.remove({run.plan.run, index}, target.row.device);
    sender_.stop_for_later(run, target, now);
    make_ready_again(limits_.passed_on_by(run, target));
}

}  // namespace runbookd::engine
