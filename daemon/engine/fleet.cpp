#include "engine/fleet.hpp"

#include <algorithm>
#include <utility>

#include "base/glob.hpp"

namespace runbookd::engine {
namespace {

constexpr std::size_t kPageSize = 250;  // the API's largest page

std::size_t pages_for(std::size_t devices) {
    return std::max<std::size_t>(1, (devices + kPageSize - 1) / kPageSize);
}

}  // namespace

void Fleet::begin_devices(SteadyTime now) {
    sites_.begin(now);
    devices_.abandon();
    gathered_at_.clear();
    read_meanwhile_.clear();
}

void Fleet::begin_components(SteadyTime now) { components_.begin(now); }

std::optional<ApiCall> Fleet::next_device_page() const {
    if (sites_.is_reading()) return ReadSites{sites_.cursor()};
    if (devices_.is_reading()) return ReadDevices{devices_.cursor()};
    return std::nullopt;
}

std::optional<ApiCall> Fleet::next_component_page() const {
    if (components_.is_reading()) return ReadComponents{components_.cursor()};
    return std::nullopt;
}

void Fleet::add(Page<Site> page, SteadyTime sent_at) {
    if (!sites_.is_reading()) return;
    if (!sites_.add(std::move(page))) return;
    known_sites_.clear();
    for (auto& site : sites_.take()) known_sites_.insert_or_assign(site.uid, site);
    devices_.begin(sent_at, known_.size() + kPageSize);
}

void Fleet::add(Page<Device> page, SteadyTime sent_at) {
    if (!devices_.is_reading()) return;
    for (auto& device : page.items) share_texts(device);
    gathered_at_.insert(gathered_at_.end(), page.items.size(), sent_at);
    if (!devices_.add(std::move(page))) return;
    devices_took_ = sent_at - *devices_.read_at();
    take_in(devices_.take());
    gathered_at_ = {};
    texts_.sweep();
}

void Fleet::take_in(std::vector<Device> devices) {
    known_.clear();
    known_.reserve(devices.size());
    by_uid_.clear();
    devices_at_.clear();
    // A device that moved between two pages comes twice; the later page knows better.
    for (std::size_t i = 0; i < devices.size(); ++i) keep(std::move(devices[i]), gathered_at_[i]);
    for (auto& seen : std::exchange(read_meanwhile_, {})) {
        const auto* const listed = find(seen.device.uid);
        if (listed != nullptr && listed->read_at < seen.read_at) keep(std::move(seen.device), seen.read_at);
    }
}

void Fleet::keep(Device device, SteadyTime read_at) {
    ++devices_at_[device.site_uid];
    const auto [place, is_new] = by_uid_.try_emplace(device.uid, known_.size());
    if (is_new) {
        known_.push_back({std::move(device), read_at});
        return;
    }
    auto& known = known_[place->second];
    --devices_at_[known.device.site_uid];
    known = {std::move(device), read_at};
}

void Fleet::share_texts(Device& device) {
    if (const auto known = by_uid_.find(device.uid); known != by_uid_.end()) device.uid = known->first;
    device.site_uid.share(texts_);
    for (auto* const text : {&device.site_name, &device.os, &device.device_type, &device.device_class,
                             &device.domain, &device.patch_status})
        texts_.share(*text);
}

void Fleet::add(Page<Component> page) {
    if (!components_.is_reading()) return;
    if (components_.add(std::move(page))) known_components_ = components_.take();
}

void Fleet::update(Device device, SteadyTime sent_at) {
    share_texts(device);
    if (is_reading_devices()) read_meanwhile_.push_back({device, sent_at});
    keep(std::move(device), sent_at);
}

void Fleet::abandon_devices() {
    sites_.abandon();
    devices_.abandon();
    gathered_at_.clear();
    read_meanwhile_.clear();
}

void Fleet::abandon_components() { components_.abandon(); }

const Fleet::Seen* Fleet::find(const DeviceUid& uid) const {
    const auto found = by_uid_.find(uid);
    return found == by_uid_.end() ? nullptr : &known_[found->second];
}

std::vector<const Fleet::Seen*> Fleet::find_by_hostname(std::string_view hostname) const {
    std::vector<const Seen*> found;
    for (const auto& seen : known_)
        if (equals_ignoring_case(seen.device.hostname, hostname)) found.push_back(&seen);
    return found;
}

bool Fleet::is_on_demand(const SiteUid& site) const {
    const auto found = known_sites_.find(site);
    return found != known_sites_.end() && found->second.on_demand;
}

const Component* Fleet::find_component(std::string_view name_or_uid) const {
    const Component* by_name = nullptr;
    for (const auto& component : known_components_) {
        if (equals_ignoring_case(component.uid.str(), name_or_uid)) return &component;
        if (!equals_ignoring_case(component.name, name_or_uid)) continue;
        if (by_name != nullptr) return nullptr;
        by_name = &component;
    }
    return by_name;
}

std::string several_of(std::string_view hostname, const std::vector<const Fleet::Seen*>& named) {
    std::string message = "hostname '" + std::string(hostname) + "' fits " + std::to_string(named.size()) +
                          " devices; give a uid:";
    for (const auto* seen : named)
        message += " " + seen->device.uid.str() + " (" + seen->device.site_name.str() + ")";
    return message;
}

std::size_t Fleet::pages() const { return pages_for(known_.size()) + 1; }

std::size_t Fleet::pages_of(const SiteUid& site) const {
    const auto found = devices_at_.find(site);
    return pages_for(found == devices_at_.end() ? 0 : found->second);
}

}  // namespace runbookd::engine
