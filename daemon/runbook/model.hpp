#pragma once
// A runbook as the engine understands it: which devices, which component, which variables, when. The config
// room builds these from YAML and has checked them; a value here needs no further checking.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/glob.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "cron/expression.hpp"
#include "cron/zone.hpp"

namespace runbookd::runbook {

/// Whole-string globs over one property: any of them matches, or, negated, none of them does.
struct TextMatch {
    std::vector<std::string> any_of;
    bool negated = false;
    [[nodiscard]] bool matches(std::string_view text) const;
};

/// What a selector can ask of a device. All set keys must match (AND).
struct DeviceFacts {
    const DeviceUid& uid;
    const SiteUid& site_uid;
    std::string_view site_name;
    std::string_view hostname;
    std::string_view os;
};
struct Selector {
    bool all = false;               ///< `{all: true}`
    std::optional<TextMatch> site;  ///< matches the site's name (glob) or its uid (exact, ignoring case)
    std::optional<TextMatch> hostname;
    std::optional<TextMatch> os;
    std::optional<TextMatch> device;  ///< uids
    [[nodiscard]] bool matches(const DeviceFacts& device) const;
};

struct Targets {
    std::vector<Selector> include;  ///< OR-ed; never empty
    std::vector<Selector> exclude;  ///< OR-ed
};

/// What happens to a target whose device is offline.
enum class OfflinePolicy {
    skip,      ///< decided skipped / offline
    dispatch,  ///< created all the same: Datto holds the job until the device checks in
};

struct Schedule {
    cron::Expression cron;
    std::shared_ptr<const cron::Zone> zone;  ///< shared by all runbooks of that zone; never null
};

struct Runbook {
    std::string name;
    std::string description;
    std::string file;  ///< where it was read from, for messages
    bool enabled = true;
    std::string account;
    std::optional<Schedule> schedule;  ///< absent: manual only
    Millis window{std::chrono::hours{1}};
    OfflinePolicy offline = OfflinePolicy::skip;
    Targets targets;
    std::string component;  ///< exact name (ignoring case) or uid
    std::map<std::string, std::string> variables;
    Millis timeout{std::chrono::hours{1}};
    std::string yaml;      ///< the document's text: with `resolved`, the revision's identity
    std::string resolved;  ///< JSON object of what the text left to defaults (zone, account, window …)
};

}  // namespace runbookd::runbook
