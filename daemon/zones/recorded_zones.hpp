#pragma once
// Zones as a revision was resolved with them: from rules that were kept, so that an instant of last year is
// computed as it was then, whatever the system's files say now.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zones/zone_source.hpp"

namespace runbookd::zones {

/// Takes the place of Zones. For one thread; the zones themselves may be shared and outlive this.
class RecordedZones final : public ZoneSource {
public:
    /// At most one set of rules per name; of several the last counts. What is not among them comes from
    /// `otherwise`, which must outlive this.
    RecordedZones(std::vector<std::shared_ptr<const ZoneRules>> recorded, ZoneSource& otherwise);

    /// Where `otherwise` has the very same rules, its object is handed out, so that equal zones are one.
    [[nodiscard]] Result<std::shared_ptr<const cron::Zone>> find(std::string_view name) override;
    [[nodiscard]] std::shared_ptr<const ZoneRules> rules(std::string_view name) const override;

private:
    struct Known {
        std::shared_ptr<const ZoneRules> rules;
        std::shared_ptr<const cron::Zone> zone;  ///< made when first asked for
    };
    std::map<std::string, Known, std::less<>> recorded_;
    ZoneSource& otherwise_;
};

}  // namespace runbookd::zones
