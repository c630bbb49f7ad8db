#include "engine/fleet_reader.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runbookd::engine {
namespace {

constexpr Millis kRetry = std::chrono::seconds{10};  // on top of the line's own backing off
// A refresh gives way to everything else, but not for ever.
constexpr int kIntervalsAtMost = 3;

}  // namespace

FleetReader::FleetReader(Fleet& fleet, Line& line, AlarmClock& clock, Millis refresh,
                         std::function<void(Instant)> on_fresh)
    : fleet_(fleet),
      line_(line),
      refresh_(refresh),
      on_fresh_(std::move(on_fresh)),
      regular_(clock, [this](Instant now) { start(now); }) {}

void FleetReader::start(Instant now) {
    devices_.by_refresh = now.steady;
    components_.by_refresh = now.steady;
    regular_.set(now.steady + refresh_);
}

void FleetReader::need_devices(SteadyTime since) {
    devices_.by_somebody = std::max(devices_.by_somebody.value_or(since), since);
}

void FleetReader::need_components(SteadyTime since) {
    components_.by_somebody = std::max(components_.by_somebody.value_or(since), since);
}

bool FleetReader::is_lacking(const std::optional<SteadyTime>& since, const ReadAt& read_at) {
    return since && (!read_at || *read_at < *since);
}

bool FleetReader::is_urgent(const Wanted& wanted, const ReadAt& read_at, Instant now) const {
    if (is_lacking(wanted.by_somebody, read_at)) return true;
    return is_lacking(wanted.by_refresh, read_at) &&
           (!read_at || now.steady - *read_at >= kIntervalsAtMost * refresh_);
}

bool FleetReader::wants_to_read() const {
    const auto wants = [](const Wanted& wanted, const ReadAt& read_at) {
        return is_lacking(wanted.by_somebody, read_at) || is_lacking(wanted.by_refresh, read_at);
    };
    return (!device_page_under_way_ && wants(devices_, fleet_.devices_read_at())) ||
           (!component_page_under_way_ && wants(components_, fleet_.components_read_at()));
}

bool FleetReader::may_read(Instant now) {
    if (retry_at_ && now.steady < *retry_at_) return false;
    retry_at_.reset();
    return true;
}

void FleetReader::pump(Instant now) {
    if (!may_read(now)) return;
    if (is_urgent(devices_, fleet_.devices_read_at(), now)) read_device_page(now);
    if (is_urgent(components_, fleet_.components_read_at(), now)) read_component_page(now);
}

void FleetReader::pump_refresh(Instant now) {
    if (!may_read(now)) return;
    if (is_lacking(devices_.by_refresh, fleet_.devices_read_at())) read_device_page(now);
    if (is_lacking(components_.by_refresh, fleet_.components_read_at())) read_component_page(now);
}

void FleetReader::read_device_page(Instant now) {
    if (device_page_under_way_ || !line_.is_open(Budget::Kind::read, now)) return;
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
        if (device_tries_.is_worth_asking_again(result.error())) return;
        fleet_.abandon_devices();
        retry_at_ = now.steady + kRetry;
        return;
    }
    device_tries_.restart();
    if (const auto* sites = std::get_if<Page<Site>>(&*result)) fleet_.add(*sites, sent_at);
    if (const auto* devices = std::get_if<Page<Device>>(&*result)) {
        fleet_.add(*devices, sent_at);
        if (!fleet_.is_reading_devices()) on_fresh_(now);
    }
}

void FleetReader::read_component_page(Instant now) {
    if (component_page_under_way_ || !line_.is_open(Budget::Kind::read, now)) return;
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
        if (component_tries_.is_worth_asking_again(result.error())) return;
        fleet_.abandon_components();
        retry_at_ = now.steady + kRetry;
        return;
    }
    component_tries_.restart();
    if (const auto* components = std::get_if<Page<Component>>(&*result)) {
        fleet_.add(*components);
        if (!fleet_.is_reading_components()) on_fresh_(now);
    }
}

}  // namespace runbookd::engine
