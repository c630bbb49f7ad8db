#include "cron/zone.hpp"

namespace runbookd::cron {
namespace {

class Utc final : public Zone {
public:
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] ZoneInterval at(UtcTime) const override {
        return {UtcTime::min(), UtcTime::max(), std::chrono::seconds{0}};
    }

private:
    const std::string name_ = "UTC";
};

}  // namespace

const std::string& Zone::digest() const {
    static const std::string none;
    return none;
}

const Zone& utc_zone() {
    static const Utc utc;
    return utc;
}

}  // namespace runbookd::cron
