#include "engine/waiting.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::seconds;

// A device that comes online gets its job within 60 s: the rest is for the reading and the create.
constexpr Millis kReadEvery = seconds{45};
// What is due so soon is read along with what is due now.
constexpr Millis kSoon = seconds{15};
constexpr std::int64_t kShare = 4;  // one read of so many is ours
constexpr std::size_t kReadsAtOnce = 4;

bool refuses(const ApiResult& result) {
    return !result &&
           (result.error().kind == FailureKind::not_found || result.error().kind == FailureKind::forbidden ||
            result.error().kind == FailureKind::rejected);
}

}  // namespace

Waiting::Waiting(Fleet& fleet, Line& line, Handlers handlers)
    : fleet_(fleet), line_(line), handlers_(std::move(handlers)) {}

void Waiting::add(const Who& who, const DeviceUid& device) {
    const auto [place_of, is_new] = devices_.try_emplace(device);
    auto& waiting = place_of->second;
    if (std::find(waiting.targets.begin(), waiting.targets.end(), who) == waiting.targets.end())
        waiting.targets.push_back(who);
    if (!is_new) return;
    const auto* const seen = fleet_.find(device);
    if (seen != nullptr) waiting.site_uid = seen->device.site_uid;
    waiting.site = &sites_[waiting.site_uid];
    waiting.age = {seen == nullptr ? SteadyTime{} : seen->read_at, ++last_number_};
    waiting.site->by_age.emplace(waiting.age, device);
    place(waiting.site_uid, *waiting.site);
}

void Waiting::remove(const Who& who, const DeviceUid& device) {
    const auto found = devices_.find(device);
    if (found == devices_.end()) return;
    std::erase(found->second.targets, who);
    if (found->second.targets.empty()) (void)take_out(found);
}

std::vector<Waiting::Who> Waiting::take_out(Devices::iterator place_of) {
    auto& waiting = place_of->second;
    waiting.site->by_age.erase(waiting.age);
    place(waiting.site_uid, *waiting.site);
    auto targets = std::move(waiting.targets);
    devices_.erase(place_of);
    return targets;
}

void Waiting::place(const SiteUid& uid, Site& site) {
    if (site.due) due_.erase({*site.due, uid});
    site.due.reset();
    if (site.is_reading) return;
    if (site.by_age.empty()) {
        sites_.erase(sites_.find(uid));
        return;
    }
    site.due = site.by_age.begin()->first.first + kReadEvery;
    due_.emplace(*site.due, uid);
}

void Waiting::take_in(Instant now) {
    std::vector<DeviceUid> devices;  // in their order, for handing on must not depend on hashes
    devices.reserve(devices_.size());
    for (const auto& [uid, site] : sites_)
        for (const auto& [age, device] : site.by_age) devices.push_back(device);
    for (const auto& device : devices)
        if (const auto found = devices_.find(device); found != devices_.end()) look_at(found, now);
}

void Waiting::look_at(Devices::iterator place_of, Instant now) {
    const auto* const seen = fleet_.find(place_of->first);
    auto& waiting = place_of->second;
    if (seen == nullptr || seen->read_at <= waiting.age.first) return;
    const auto& device = seen->device;
    if (device.online || device.site_uid != waiting.site_uid || !exclusion_rule(device, fleet_).empty()) {
        for (const auto& who : take_out(place_of)) handlers_.on_seen(who, now);
        return;
    }
    auto entry = waiting.site->by_age.extract(waiting.age);
    waiting.age.first = seen->read_at;
    entry.key() = waiting.age;
    waiting.site->by_age.insert(std::move(entry));
    place(waiting.site_uid, *waiting.site);
}

bool Waiting::is_wanted(const DeviceUid& device, Instant now) {
    for (;;) {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return false;
        const auto who = found->second.targets.front();
        if (handlers_.is_wanted(who, now)) return true;
        remove(who, device);
    }
}

void Waiting::pump(Instant now) {
    while (!due_.empty() && due_.begin()->first <= now.steady && has_room(now)) {
        const auto uid = due_.begin()->second;
        auto& site = sites_.at(uid);
        const auto [age, device] = *site.by_age.begin();
        const auto* const seen = fleet_.find(device);
        if (seen != nullptr && seen->read_at > age.first)
            look_at(devices_.find(device), now);  // somebody else has read it meanwhile
        else if (is_wanted(device, now))
            read_next(uid, site, now);
    }
}

bool Waiting::has_share(Instant now) const {
    const auto allowed = line_.budget().reads(now.steady).allowed;
    return allowed == 0 || reads_.used(now.steady) < std::max<std::int64_t>(1, allowed / kShare);
}

bool Waiting::has_room(Instant now) const {
    return under_way_ < kReadsAtOnce && has_share(now) && line_.is_open(Budget::Kind::read, now);
}

std::optional<SteadyTime> Waiting::wakes_at(Instant now) const {
    if (due_.empty()) return std::nullopt;
    if (due_.begin()->first > now.steady) return due_.begin()->first;
    if (under_way_ >= kReadsAtOnce) return std::nullopt;
    return has_share(now) ? line_.opens_at(Budget::Kind::read, now) : reads_.next_leaves();
}

bool Waiting::reads_pages(const SiteUid& uid, Site& site, Instant now) const {
    const auto oldest = site.by_age.begin()->first.first;
    if (site.cursor && oldest < site.pages_since) return true;  // goes on where it is
    site.cursor.reset();
    if (site.refuses_pages) return false;
    if (site.has_pages && oldest < site.pages_since) return false;  // its site's pages do not show it
    const auto pages = fleet_.pages_of(uid);
    if (pages > site.by_age.size()) return false;
    const auto last = std::next(site.by_age.begin(), static_cast<std::ptrdiff_t>(pages) - 1);
    return last->first.first + kReadEvery <= now.steady + kSoon;
}

void Waiting::read_next(const SiteUid& uid, Site& site, Instant now) {
    ApiCall call;
    Line::OnReply on_reply;
    if (reads_pages(uid, site, now)) {
        if (!site.cursor) {
            site.cursor.emplace();
            site.pages_since = now.steady;
            site.has_pages = false;
        }
        call = ReadSiteDevices{uid, *site.cursor};
        on_reply = [this, uid, sent_at = now.steady](const ApiResult& result, Instant at) {
            on_page(uid, result, sent_at, at);
        };
    } else {
        const auto device = site.by_age.begin()->second;
        call = ReadDevice{device};
        on_reply = [this, uid, device, sent_at = now.steady](const ApiResult& result, Instant at) {
            on_device(uid, device, result, sent_at, at);
        };
    }
    site.is_reading = true;
    place(uid, site);
    ++under_way_;
    reads_.begin();
    line_.send(std::move(call), std::move(on_reply));
}

void Waiting::end_read(const SiteUid& uid, const ApiResult& result, Instant now) {
    --under_way_;
    if (!result && result.error().kind == FailureKind::not_sent)
        reads_.end_unsent();
    else
        reads_.end(now.steady);
    auto& site = sites_.at(uid);
    site.is_reading = false;
    place(uid, site);
}

void Waiting::on_page(const SiteUid& uid, const ApiResult& result, SteadyTime sent_at, Instant now) {
    auto& site = sites_.at(uid);
    const auto* const page = result ? std::get_if<Page<engine::Device>>(&*result) : nullptr;
    if (refuses(result)) {
        site.refuses_pages = true;
        site.cursor.reset();
    } else if (page != nullptr) {
        site.cursor = page->next_cursor;
        if (page->next_cursor.empty()) {
            site.cursor.reset();
            site.has_pages = true;
        }
        for (const auto& device : page->items) fleet_.update(device, sent_at);
        for (const auto& device : page->items)
            if (const auto found = devices_.find(device.uid); found != devices_.end()) look_at(found, now);
    }
    end_read(uid, result, now);
}

void Waiting::on_device(const SiteUid& site, const DeviceUid& uid, const ApiResult& result,
                        SteadyTime sent_at, Instant now) {
    const auto* const device = result ? std::get_if<engine::Device>(&*result) : nullptr;
    if (device != nullptr) {
        auto fresh = *device;
        fresh.uid = uid;  // however its own page spells it
        fleet_.update(std::move(fresh), sent_at);
    }
    if (const auto found = devices_.find(uid); found != devices_.end()) {
        if (device != nullptr) look_at(found, now);
        if (refuses(result))
            for (const auto& who : take_out(found)) handlers_.on_refused(who, result.error(), now);
    }
    end_read(site, result, now);
}

}  // namespace runbookd::engine
