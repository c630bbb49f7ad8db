#pragma once
// The calls that the engine asks for and the answers it understands: the Datto RMM API in the product's
// words. One call is one HTTP request, so that the budget can count them. Pure data.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/shared_text.hpp"
#include "base/time.hpp"
#include "runbook/udfs.hpp"
#include "templates/rendered.hpp"

namespace runbookd::engine {

// ── what the API knows ──

using FilterId = std::int64_t;

struct Site {
    SiteUid uid;
    std::string name;
    bool on_demand = false;
};

struct Device {
    DeviceUid uid;
    SiteUid site_uid;
    SharedText site_name;
    std::string hostname;
    SharedText os;
    SharedText device_type;   ///< deviceType.category
    SharedText device_class;  ///< "device" runs components; printer, esxihost, … do not
    SharedText domain;
    SharedText patch_status;  ///< patchManagement.patchStatus
    runbook::Udfs udf;
    bool online = false;
    bool suspended = false;
    bool deleted = false;
    std::optional<bool> reboot_required;  ///< none: not known
    std::optional<UtcTime> last_seen;
    std::optional<UtcTime> last_reboot{};
};

/// A device filter, as people make them in Datto RMM.
struct Filter {
    FilterId id = 0;
    std::string name;
};

struct ComponentVariable {
    std::string name;
    std::string type;  ///< free text upstream
    std::string default_value;
    std::string description;
    bool input = true;
};
struct Component {
    ComponentUid uid;
    std::string name;
    std::string description;
    std::string category;
    std::vector<ComponentVariable> variables;
};

/// jobDeploymentStatus; `other` keeps following (the text is in JobResult::status_text).
enum class DeploymentStatus { pending, running, success, warning, failure, expired, retired, other };

struct JobResult {
    DeploymentStatus status = DeploymentStatus::pending;
    std::string status_text;  ///< as sent
    std::optional<UtcTime> ran_on;
    std::optional<std::int64_t> warnings;
    bool has_stdout = false;
    bool has_stderr = false;
    std::optional<std::int64_t> exit_code{};  ///< where the API has one
    /// The outputs, where the result brings them along: then there is nothing more to read.
    std::optional<std::string> out{}, err{};
};

/// Which lines of the activity log are asked for: of jobs that were created, or of jobs that ended on a
/// device.
enum class ActivityKind { created, ended };

/// Such a line. What it does not say is none: how much a line holds differs between accounts.
struct JobActivity {
    DattoJobUid job;  ///< never empty
    std::string job_name;
    DeviceUid device{};
    std::optional<DeploymentStatus> status{};  ///< job.status; `other` where its word is not known
    std::optional<UtcTime> at{};               ///< when the log says that it happened
    std::optional<bool> has_stdout{}, has_stderr{};
    std::string hostname{};  ///< of the device; empty: it does not say
};

/// An open alert of the account.
struct Alert {
    AlertUid uid;
    std::string priority;       ///< as sent: Critical, High, Moderate, Low, Information, …
    std::string context_class;  ///< the context's @class, such as perf_disk_usage_ctx
    std::string diagnostics;
    DeviceUid device;
    std::string hostname;
    SiteUid site;
    std::string site_name;
    std::optional<UtcTime> raised_at;
    bool muted = false;
    bool resolved = false;
};

struct RequestRate {
    std::int64_t window_s = 60;
    std::int64_t read_count = 0, read_limit = 600;
    std::int64_t write_count = 0, write_limit = 100;  ///< 100 where the account does not say
    std::int64_t create_count = 0, create_limit = 100;
};

// ── calls: all under one account ──

struct ReadRequestRate {};
/// A list is read page by page: the first with an empty cursor, the next with the cursor that the last page
/// gave.
struct ReadSites {
    std::string cursor;
};
struct ReadDevices {
    std::string cursor;
};
struct ReadComponents {
    std::string cursor;
};
struct ReadDevice {
    DeviceUid device;
};
/// The devices of one site, as a list. Failure not_found: there is no such site.
struct ReadSiteDevices {
    SiteUid site;
    std::string cursor;
};
/// The filters that the vendor made, and the account's own.
struct ReadDefaultFilters {
    std::string cursor;
};
struct ReadCustomFilters {
    std::string cursor;
};
/// The devices that fit a filter. Failure not_found: there is no such filter.
struct ReadFilterDevices {
    FilterId filter = 0;
    std::string cursor;
};
struct CreateQuickJob {
    DeviceUid device;
    ComponentUid component;
    std::string job_name;  ///< `<runbook> rb<ULID of the job>`
    std::string runbook;   ///< whose secrets they may hold
    /// Secrets are names here: whoever sends the call puts their values in.
    std::map<std::string, templates::Rendered> variables;
};
struct ReadResult {
    DattoJobUid job;
    DeviceUid device;
};
enum class Stream { out, err };
struct ReadOutput {
    DattoJobUid job;
    DeviceUid device;
    ComponentUid component;
    Stream stream = Stream::out;
};
/// Job lines of one kind in the activity log, from `from` (cut to the second) on, oldest first.
struct SearchActivities {
    UtcTime from{};
    std::string cursor;
    ActivityKind kind = ActivityKind::created;
};
/// The open alerts of the account.
struct ReadAlerts {
    std::string cursor;
};
/// A write. An alert that is resolved already is resolved again without harm.
struct ResolveAlert {
    AlertUid alert;
};

using ApiCall =
    std::variant<ReadRequestRate, ReadSites, ReadDevices, ReadComponents, ReadDevice, ReadSiteDevices,
                 ReadDefaultFilters, ReadCustomFilters, ReadFilterDevices, CreateQuickJob, ReadResult,
                 ReadOutput, SearchActivities, ReadAlerts, ResolveAlert>;

// ── answers ──

template <class T>
struct Page {
    std::vector<T> items;
    std::string next_cursor;  ///< empty: this was the last page
};
struct CreatedJob {
    DattoJobUid job;
};
/// nullopt: the array had no entry for the component yet.
struct Output {
    std::optional<std::string> text;
};
/// The alert is closed.
struct AlertResolved {};

using ApiReply =
    std::variant<RequestRate, Page<Site>, Page<Device>, Page<Component>, Page<Filter>, Page<DeviceUid>,
                 Device, CreatedJob, JobResult, Output, Page<JobActivity>, Page<Alert>, AlertResolved>;

/// Why a call gave no reply, sorted by what the caller may conclude.
enum class FailureKind {
    not_sent,      ///< no byte left this machine (refused, no route, name or TLS failure): safe to send again
    lost,          ///< sent, and no whole answer came: a create may or may not have happened
    server_error,  ///< 5xx or an unreadable answer (HTML, cut JSON): a create may or may not have happened
    conflict,      ///< 409: the same doubt for a create
    throttled,     ///< 429: nothing happened; pause the account
    blocked,       ///< 403 that means the address is blocked (HTML, or talk of rate): pause everything
    unauthenticated,  ///< 401: nothing happened; the token has been dropped, the next call fetches a new one
    bad_credentials,  ///< the token call itself refused key and secret: nothing happened, a person must act
    forbidden,        ///< 403: this user may not
    not_found,        ///< 404
    rejected,         ///< any other 4xx: permanent
};

struct ApiFailure {
    FailureKind kind = FailureKind::lost;
    int http_status = 0;  ///< 0: none came
    std::string message;  ///< for a person; never holds key, secret or token
    std::optional<Millis> retry_after;
    std::string error_code{};  ///< the API's own word, as DEVICE_OFFLINE; empty where it has none
};

using ApiResult = tl::expected<ApiReply, ApiFailure>;

}  // namespace runbookd::engine
