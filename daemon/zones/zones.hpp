#pragma once
// From an IANA name to the zone's rules, read from the system's TZif files (package tzdata).
// Why not by a library: docs/decisions/0006-time-zones.md.
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cron/zone.hpp"
#include "zones/tzif_zone.hpp"
#include "zones/zone_folder.hpp"
#include "zones/zone_source.hpp"

namespace runbookd::zones {

inline constexpr const char* kSystemFolder = "/usr/share/zoneinfo";
/// Where the environment variable TZDIR says, as for the C library (tzset(3)); else kSystemFolder.
[[nodiscard]] std::filesystem::path system_folder();

/// Hands out zones, each made once. For one thread; the zones themselves may be shared and outlive this.
class Zones final : public ZoneSource {
public:
    explicit Zones(std::filesystem::path folder = system_folder()) : folder_(std::move(folder)) {}

    /// Exact IANA names, such as "Europe/Berlin"; links ("Europe/Kiev") keep the name they were asked by.
    /// "UTC" needs no data. Errors: not_found, with the nearest names; unavailable, when the zone's file
    /// cannot be read or is damaged.
    [[nodiscard]] Result<std::shared_ptr<const cron::Zone>> find(std::string_view name) override;
    /// From now on find() looks at the files again. Where the bytes are the same it still gives the same
    /// object; else a new one, and the old stays as it is for whoever has it. Called on reload.
    void reread();
    [[nodiscard]] std::shared_ptr<const ZoneRules> rules(std::string_view name) const override;

private:
    struct Known {
        std::shared_ptr<const cron::Zone> zone;
        std::shared_ptr<const ZoneRules> rules;
        bool is_current = true;  ///< not reread since
    };
    [[nodiscard]] Result<std::string> read(std::string_view name);
    [[nodiscard]] std::string describe_missing(std::string_view name);

    ZoneFolder folder_;
    std::map<std::string, Known, std::less<>> known_;
    std::vector<std::string> names_;  ///< read when a name is not found
    std::string version_;             ///< read when a zone is found
};

}  // namespace runbookd::zones
