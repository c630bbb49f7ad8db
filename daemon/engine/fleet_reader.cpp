#include "engine/fleet_reader.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runbookd::engine {
namespace {

constexpr Millis kRetry = std::chrono::seconds{10};  // on top of the line's own backing off

}  // namespace

FleetReader::FleetReader(Fleet& fleet, Line& line, AlarmClock& clock, Millis refresh,
                         std::function<void(Instant)> on_fresh)
    : fleet_(fleet),
      line_(line),
      refresh_(refresh),
      on_fresh_(std::move(on_fresh)),
      regular_(clock, [this](Instant now) { start(now); }) {}

void FleetReader::start(Instant now) {
    need_devices(now.steady);
    need_components(now.steady);
    regular_.set(now.steady + refresh_);
}

void FleetReader::need_devices(SteadyTime since) {
    devices_since_ = std::max(devices_since_.value_or(since), since);
}

void FleetReader::need_components(SteadyTime since) {
    components_since_ = std::max(components_since_.value_or(since), since);
}

bool FleetReader::lacks_devices() const {
    return devices_since_ && (!fleet_.devices_read_at() || *fleet_.devices_read_at() < *devices_since_);
}

bool FleetReader::lacks_components() const {
    return components_since_ &&
           (!fleet_.components_read_at() || *fleet_.components_read_at() < *components_since_);
}

bool FleetReader::wants_to_read() const {
    return (lacks_devices() && !device_page_under_way_) || (lacks_components() && !component_page_under_way_);
}

void FleetReader::pump(Instant now) {
    if (retry_at_ && now.steady < *retry_at_) return;
    retry_at_.reset();
    pump_devices(now);
    pump_components(now);
}

void FleetReader::pump_devices(Instant now) {
    if (device_page_under_way_ || !lacks_devices() || !line_.is_open(Budget::Kind::read, now)) return;
    if (!fleet_.is_reading_devices()) fleet_.begin_devices(now.steady);
    auto page = fleet_.next_device_page();
    if (!page) return;
    device_page_under_way_ = true;
    line_.send(std::move(*page), [this, sent_at = now.steady](const ApiResult& result, Instant at) {
        on_device_page(result, sent_at, at);
    });
}

void FleetReader::on_device_page(const ApiResult& result, SteadyTime sent_at, Instant now) {
    device_page_under_way_ = false;
    if (!result) {
        fleet_.abandon_devices();
        retry_at_ = now.steady + kRetry;
        return;
    }
    if (const auto* sites = std::get_if<Page<Site>>(&*result)) fleet_.add(*sites, sent_at);
    if (const auto* devices = std::get_if<Page<Device>>(&*result)) {
        fleet_.add(*devices, sent_at);
        if (!fleet_.is_reading_devices()) on_fresh_(now);
    }
}

void FleetReader::pump_components(Instant now) {
    if (component_page_under_way_ || !lacks_components() || !line_.is_open(Budget::Kind::read, now)) return;
    if (!fleet_.is_reading_components()) fleet_.begin_components(now.steady);
    auto page = fleet_.next_component_page();
    if (!page) return;
    component_page_under_way_ = true;
    line_.send(std::move(*page),
               [this](const ApiResult& result, Instant at) { on_component_page(result, at); });
}

void FleetReader::on_component_page(const ApiResult& result, Instant now) {
    component_page_under_way_ = false;
    if (!result) {
        fleet_.abandon_components();
        retry_at_ = now.steady + kRetry;
        return;
    }
    if (const auto* components = std::get_if<Page<Component>>(&*result)) {
        fleet_.add(*components);
        if (!fleet_.is_reading_components()) on_fresh_(now);
    }
}

}  // namespace runbookd::engine
