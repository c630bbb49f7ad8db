#pragma once
// A time zone for tests that look none up: one offset, or two with a change between them.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cron/zone.hpp"

namespace runbookd::fakes {

class SteppedZone final : public cron::Zone {
public:
    struct Change {
        UtcTime at{};
        std::chrono::seconds offset{};
    };
    SteppedZone(std::string name, std::chrono::seconds offset, std::optional<Change> change = {})
        : name_(std::move(name)), offset_(offset), change_(change) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] cron::ZoneInterval at(UtcTime at) const override {
        if (!change_) return {UtcTime::min(), UtcTime::max(), offset_};
        if (at < change_->at) return {UtcTime::min(), change_->at, offset_};
        return {change_->at, UtcTime::max(), change_->offset};
    }

private:
    std::string name_;
    std::chrono::seconds offset_;
    std::optional<Change> change_;
};

[[nodiscard]] inline std::shared_ptr<const cron::Zone> zone_of(
    const std::string& name, std::chrono::seconds offset, std::optional<SteppedZone::Change> change = {}) {
    return std::make_shared<SteppedZone>(name, offset, change);
}

}  // namespace runbookd::fakes
