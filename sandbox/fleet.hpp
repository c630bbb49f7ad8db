#pragma once
// The fleet file's content as plain values: what exists in the sandbox's account and how it behaves.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "sandbox/alert_rule.hpp"
#include "sandbox/blemishes.hpp"
#include "sandbox/dialect.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/job_status.hpp"
#include "sandbox/online_pattern.hpp"
#include "sandbox/unknowns.hpp"

namespace runbookd::sandbox {

/// What follows when a caller does not heed the limits.
struct BlockRule {
    int after = 1;  ///< calls over a limit in a minute
    Millis lasting = std::chrono::minutes{5};
};

/// Calls in a 60-second window.
struct Limits {
    int reads = 600;
    int writes = 600;
    int device_job_create = 100;
    std::optional<BlockRule> block;  ///< unset: nobody is ever blocked
};

/// What the activity log keeps, and how late it shows it.
struct ActivityTraits {
    SpanRange lag{Millis{2000}, Millis{10'000}};
    bool deployments = true;  ///< also when an agent takes a job, and its end; false: creates only
    Millis retention = std::chrono::hours{24 * 30};
};

/// How lists are paged, beyond what the API promises.
struct PagingTraits {
    enum class Totals { all, not_alerts, none };

    bool drops_filters = false;         ///< nextPageUrl lacks all parameters but those of the paging
    bool ends_with_empty_text = false;  ///< where there is no other page, its URL is "" and not null
    bool relative_urls = false;         ///< path and query only
    Totals totals = Totals::all;        ///< which lists tell their totalCount
    int size = 250;                     ///< of the largest page, which is the default one too
    int alerts_size = 250;              ///< the same of lists of alerts
};

/// A variable of the account or of a site, which components see on their devices.
struct AccountVariable {
    std::string name;
    std::string value;
    bool masked = false;
};

struct Site {
    std::string uid;
    std::string name;
    std::string description;
    bool on_demand = false;
    std::vector<AccountVariable> variables;
};

/// What the devices of one entry of the fleet file have in common.
struct DeviceTraits {
    std::string os;  ///< empty: not known
    std::string type = "Desktop";
    std::string device_class = "device";
    std::string domain;
    std::map<int, std::string> udf;
    std::optional<bool> reboot_required;  ///< unset: not known, as of a device that was never audited
    std::string patch_status;             ///< patchManagement.patchStatus; empty: not known
    OnlinePattern online;
    Millis appears_after{0};
    bool deleted = false;
    bool suspended = false;
    std::optional<Millis> last_seen_before_start;  ///< for a device that was not online since
    std::optional<UtcTime> last_seen_at;           ///< the same as an instant
};

struct Device {
    std::string uid;
    std::string hostname;
    std::uint32_t site = 0;    ///< index into Fleet::sites
    std::uint32_t traits = 0;  ///< index into Fleet::traits
    bool reachable = true;     ///< false: among those whom a share such as `online: 95%` left out
};

struct Variable {
    std::string name;
    std::string type = "string";
    std::string default_value;
    std::string description;
    std::vector<std::string> options;  ///< of a selection; empty: any text
    bool is_input = true;
};

struct Script {
    std::string text;
    Millis timeout{60'000};
};

struct Simulation {
    SpanRange duration;
    std::vector<std::pair<JobStatus, double>> outcome;  ///< shares that sum to 1
    std::string stdout_text;                            ///< {hostname} is replaced
    std::string stderr_text;
    std::optional<Millis> timeout;  ///< what would take longer ends then, as timed out
    [[nodiscard]] JobStatus pick_outcome(double fraction) const;
};

/// What a component does to its device when it has run well.
struct Reboots {
    SpanRange down_for{Millis{60'000}, Millis{60'000}};
    double returns = 1;  ///< the share of devices that come back
};

struct Component {
    std::string uid;
    std::string name;
    std::string description;
    std::string category = "Scripts";
    bool credentials_required = false;
    std::vector<Variable> variables;
    std::variant<Script, Simulation> work;
    std::optional<Reboots> reboots;
};

/// A device filter of the account: globs, each empty one matching everything.
struct Filter {
    std::string name;
    bool is_default = false;  ///< among the vendor's, not the account's own
    std::string os;
    std::string hostname;
    std::string type;
    std::string site;
    std::string domain;
};

struct Fleet {
    Dialects dialects = Dialects::datto;
    std::string key = "demo-key";
    std::string secret = "demo-secret";
    SeedTraits seed;
    std::optional<Limits> limits = Limits{};  ///< unset: off
    SpanRange pickup{Millis{1000}, Millis{5000}};
    Millis expiry = std::chrono::hours{24 * 7};
    Millis token_life = std::chrono::hours{100};
    ActivityTraits activity_log;
    PagingTraits paging;
    Unknowns unknowns;
    Blemishes blemishes;
    Millis results_404_for{0};
    std::vector<Site> sites;
    std::vector<DeviceTraits> traits;
    std::vector<Device> devices;
    std::vector<Component> components;
    std::vector<Filter> filters;
    std::vector<AccountVariable> variables;
    std::vector<AlertRule> alerts;
    std::vector<Fault> faults;

    [[nodiscard]] const DeviceTraits& traits_of(const Device& device) const { return traits[device.traits]; }
    [[nodiscard]] const Site& site_of(const Device& device) const { return sites[device.site]; }
};

/// Divides pickup, simulated durations, online and appearance patterns, restarts, alerts, lags, expiry and
/// results_404_for by `speed` (greater than 0). Scripts, rate windows, retentions and token life stay.
[[nodiscard]] Fleet at_speed(Fleet fleet, double speed);

}  // namespace runbookd::sandbox
