#include "zones/zones.hpp"

#include <cstdlib>

#include "base/sha256.hpp"
#include "base/spelling.hpp"

namespace runbookd::zones {
namespace {

constexpr std::string_view kUtc = "UTC";

std::shared_ptr<const cron::Zone> shared_utc() {
    return {std::shared_ptr<const void>{}, &cron::utc_zone()};  // static: nothing to own
}

}  // namespace

std::filesystem::path system_folder() {
    const char* folder = std::getenv("TZDIR");
    return folder == nullptr || *folder == '\0' ? kSystemFolder : folder;
}

Result<std::shared_ptr<const cron::Zone>> Zones::find(std::string_view name) {
    if (name == kUtc) return shared_utc();
    const auto known = known_.find(name);
    if (known != known_.end() && known->second.is_current) return known->second.zone;
    auto bytes = read(name);
    if (!bytes) return tl::unexpected(bytes.error());
    if (known != known_.end() && *known->second.rules->tzif == *bytes) {
        known->second.is_current = true;
        return known->second.zone;
    }
    auto zone = from_tzif(std::string(name), *bytes);
    if (!zone) {
        return fail(ErrorCode::unavailable, zone.error().message + " (" + (folder_.path() / name).string() +
                                                "); install the package tzdata again");
    }
    if (version_.empty()) version_ = folder_.version();
    auto rules =
        std::make_shared<const ZoneRules>(ZoneRules{std::string(name), (*zone)->digest(), version_,
                                                    std::make_shared<const std::string>(std::move(*bytes))});
    known_.insert_or_assign(std::string(name), Known{*zone, std::move(rules)});
    return zone;
}

void Zones::reread() {
    for (auto& [name, known] : known_) known.is_current = false;
    names_.clear();
    version_.clear();
}

std::shared_ptr<const ZoneRules> Zones::rules(std::string_view name) const {
    const auto known = known_.find(name);
    return known == known_.end() ? nullptr : known->second.rules;
}

/// Where there is no such zone, the error says which there are.
Result<std::string> Zones::read(std::string_view name) {
    auto bytes = folder_.read(name);
    if (bytes || bytes.error().code != ErrorCode::not_found) return bytes;
    if (names_.empty()) names_ = folder_.names();
    if (names_.empty()) {
        return fail(ErrorCode::unavailable, "the time zone data for '" + std::string(name) +
                                                "' cannot be read: there is none in " +
                                                folder_.path().string() + "; install the package tzdata");
    }
    return fail(ErrorCode::not_found, describe_missing(name));
}

std::string Zones::describe_missing(std::string_view name) {
    // Debian 13 keeps the files of the old names in a package of their own.
    if (const auto present = folder_.renamed_to(name)) {
        return "'" + std::string(name) + "' is an old name of the time zone " + *present +
               ", and is not installed; write " + *present + ", or install the package tzdata-legacy";
    }
    auto message = "there is no time zone '" + std::string(name) + "'; expected an IANA name";
    const auto candidates = nearest(name, names_);
    for (std::size_t i = 0; i < candidates.size(); ++i)
        message += (i == 0 ? "; did you mean " : " or ") + candidates[i];
    if (candidates.empty()) message += " such as Europe/Berlin or UTC";
    return message;
}

}  // namespace runbookd::zones
