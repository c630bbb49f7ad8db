#pragma once
// The door through which people command the daemon; the HTTP room calls it, the runtime answers.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "engine/api.hpp"
#include "engine/pause_scope.hpp"

namespace runbookd::ports {

struct RunRequest {
    std::string runbook;
    std::vector<std::string> devices;              ///< uids or hostnames: narrows the runbook's targets
    std::vector<std::string> sites;                ///< names (globs) or uids: narrows
    std::map<std::string, std::string> variables;  ///< override the runbook's
    std::string note;
    std::string actor;                     ///< who asks: the socket peer's user name
    std::vector<std::string> overrides;    ///< rules that are set aside, by name
    std::string reason;                    ///< why; needed with overrides
    std::vector<std::string> customers{};  ///< exact names: narrows
};
struct RunAccepted {
    RunUid run;
    std::string status;
};

/// What is left of a run, again.
struct RetargetRequest {
    std::string run;                ///< uid or a prefix of it
    std::vector<std::string> only;  ///< dispositions; empty: all that did not succeed
    bool with_unknown = false;      ///< also those whose job may have run
    bool at_next_window = false;    ///< with the schedule's next occurrence; else at once
    std::string note;
    std::string actor;
};
struct RetargetAccepted {
    std::optional<RunUid> run;  ///< none: nothing is left
    RunUid cause;
    std::string runbook;
    std::optional<std::int64_t> revision, cause_revision;
    std::optional<UtcTime> starts_at;  ///< none: at once
    std::int64_t targets = 0;
    // Devices that were left out, and why:
    std::int64_t may_still_run = 0;  ///< pending, or Datto has not ended their job
    std::int64_t unknown = 0;        ///< may have run, and were not asked for
    std::int64_t done_since = 0;     ///< a later run succeeded
};

/// A person's word on a job that nobody knows about.
struct SettleRequest {
    enum class Word { ran, not_run, redispatch };
    std::string job;  ///< uid or a prefix of it
    Word word = Word::not_run;
    std::string reason;  ///< not empty
    std::string actor;
};
struct SettleAccepted {
    JobUid job;
    RunUid run;
    DeviceUid device;
    std::string hostname, disposition, reason;
    std::optional<RunUid> new_run;  ///< of redispatch
};

struct CancelRequest {
    std::string run;     ///< uid or a prefix of it
    std::string reason;  ///< may be empty
    std::string actor;
};
struct CancelAccepted {
    RunUid run;
    std::string runbook;
    bool was_planned = false;        ///< it had not begun
    std::int64_t cancelled = 0;      ///< targets that get no job
    std::int64_t still_running = 0;  ///< that have one, which Datto does not recall
};
/// A person's yes or no to a run that waits for it, or to what was asked ahead of one.
struct ApproveRequest {
    std::string uid;    ///< of the run or of the request, or the beginning of one
    std::string words;  ///< the note, or the reason; may be empty
    std::string actor;
};
struct ApproveAccepted {
    RunUid run;  ///< empty: it is still to come
    std::string runbook;
    std::int64_t wave = 1;                  ///< that has begun; 0: none, for the run has not started
    ApprovalUid approval{};                 ///< of what was asked ahead; empty: nothing was
    std::optional<UtcTime> nominal{};       ///< of a run that is to come
    std::optional<std::int64_t> devices{};  ///< that were approved; unset: it was about a wave
};
struct RejectAccepted {
    RunUid run;  ///< empty: it is still to come
    std::string runbook;
    std::int64_t skipped = 0;  ///< targets that get no job
    ApprovalUid approval{};
    std::optional<UtcTime> nominal{};
};

struct PauseRequest {
    engine::PauseScope scope;  ///< a device or component by uid or name
    Millis span{};             ///< how long from now; 1 s to 366 d
    std::string reason;        ///< not empty
    std::string actor;
};
struct PauseAccepted {
    engine::PauseScope scope;  ///< by uid
    UtcTime until{};
};

/// What makes a request the same one when it comes again.
struct RequestKey {
    std::string key;      ///< the Idempotency-Key, of the user who asks
    std::string request;  ///< the fingerprint of what is asked for
};

struct QuickJobRequest {
    std::string device;     ///< uid or hostname (a hostname must be the only one of that name)
    std::string component;  ///< uid or exact name
    std::map<std::string, std::string> variables;
    std::string actor;
    bool from_api = false;            ///< the seed's POST: trigger `api`; else `quickjob`
    std::optional<RequestKey> key{};  ///< recorded with the run
};
struct QuickJobAccepted {
    JobUid job;
    RunUid run;
    DeviceUid device;
    ComponentUid component;
    std::string status;
    UtcTime created_at{};
};

/// A part of a runbook's targets with times of its own.
struct LaneStatus {
    std::string customer;  ///< empty: of none, or of a zone
    std::string zone;
    std::optional<UtcTime> next_at, next_window_end;
};
struct RunbookStatus {
    std::string name, description, file, account, component, schedule, zone;
    bool enabled = true;
    std::optional<std::int64_t> revision;
    std::string identity;  ///< of the revision's texts: 64 letters and digits
    std::optional<UtcTime> next_at, next_window_end;
    std::string problem;                  ///< why its file's newest text is not in force; empty: it is
    std::optional<UtcTime> paused_until;  ///< by a pause of its own, or of all
    std::vector<LaneStatus> lanes{};      ///< of customers or zones; `next_at` is then the next of them all
};
struct PauseStatus {
    engine::PauseScope scope;
    UtcTime since{}, until{};
    std::string reason, actor;
};
/// What the last `verify` found.
struct VerifyStatus {
    UtcTime at{};
    std::int64_t instants = 0;     ///< recomputed
    std::int64_t unexplained = 0;  ///< 0: the record is complete
};

/// An account's limits, and what has been used of them in the sliding 60 s window.
struct AccountBudget {
    struct Calls {
        std::optional<std::int64_t> limit;    ///< the account's; none: no limit
        std::optional<std::int64_t> allowed;  ///< to runbookd
        std::int64_t used = 0;                ///< of that, also by others as far as is known
        /// By others, when the API's counters were read last (at a start: or by runbookd before it). None:
        /// they have not been read yet.
        std::optional<std::int64_t> others;
    };
    std::string account;
    std::string limits_source;  ///< auto, fixed, off
    double share = 1;           ///< of the limits, which is allowed
    Calls reads, writes, creates;
    std::optional<UtcTime> checked_at;  ///< when the API's counters were read last
    std::optional<UtcTime> held_until;  ///< no call at all goes out before
    std::string held_because;
    std::int64_t creates_under_way = 0, creates_waiting = 0;
    /// When there is room for a create; none: an answer must come first.
    std::optional<UtcTime> next_create_at;
};

struct BudgetUse {
    std::int64_t used = 0, allowed = 0;  ///< in the sliding 60 s window; allowed 0: no limit
};
/// One account of several, or the only one.
struct AccountStatus {
    std::string account, state;         ///< state: running, starting, degraded, absent
    std::vector<std::string> problems;  ///< of this account alone, one line each
    std::int64_t runbooks = 0, open_runs = 0, open_jobs = 0;
    BudgetUse reads, creates;
    std::int64_t fleet_devices = 0;
    std::optional<UtcTime> fleet_read_at;
};
/// An account that waits for a person to accept the store, which was put back to an earlier state.
struct HeldStatus {
    std::string account, why;
    UtcTime held_at{};                      ///< since when
    UtcTime since{};                        ///< the newest time that the store knew then
    std::optional<UtcTime> searched_until;  ///< how far the activity log was read; none: not at all
    bool is_searched_whole = false;         ///< until after it was noticed
    std::int64_t pages = 0;                 ///< of it, so far
    std::int64_t known_jobs = 0;            ///< of ours in it, that the store knew
    std::int64_t found_jobs = 0;            ///< and that it did not
    std::string problem;                    ///< why the search gets no further; empty: it does
    std::string accepted_by;                ///< who accepted it while the search is waited for; empty: nobody
};
/// Of all accounts together: numbers are sums, and `allowed` is 0 where one account has no limit.
struct DaemonStatus {
    std::string version, state;         ///< state: running, starting, degraded, stopping
    std::vector<std::string> problems;  ///< one line each; empty: all is well
    UtcTime started_at{}, now{};
    std::int64_t runbooks = 0, open_runs = 0, open_jobs = 0;
    BudgetUse reads, creates;
    std::vector<PauseStatus> pauses;
    /// Why creates and verdicts wait for the kernel's clock; empty: they do not.
    std::string clock_hold;
    std::optional<VerifyStatus> verified;  ///< none: not yet since the start
    std::int64_t fleet_devices = 0;
    std::optional<UtcTime> fleet_read_at;   ///< of the account that was read longest ago
    std::vector<AccountStatus> accounts{};  ///< in the order of the settings
    std::vector<HeldStatus> held{};         ///< likewise; empty: the store is none that was put back
    std::string store_trouble{};            ///< why commits fail; empty: they do not
    bool is_clock_synchronised = false;     ///< the kernel says so
};

/// A device, and whose list has it.
struct KnownDevice : engine::Device {
    KnownDevice() = default;
    KnownDevice(engine::Device device, std::string account_name = {})
        : engine::Device(std::move(device)), account(std::move(account_name)) {}
    std::string account;
};
/// Likewise.
struct KnownComponent : engine::Component {
    KnownComponent() = default;
    KnownComponent(engine::Component component, std::string account_name = {})
        : engine::Component(std::move(component)), account(std::move(account_name)) {}
    std::string account;
};

struct FleetView {
    /// None: never read yet. Of several accounts, of which some have been read: the oldest list.
    std::optional<UtcTime> read_at;
    std::vector<KnownDevice> devices;
};
/// A part of it.
struct FleetPage {
    std::optional<UtcTime> read_at;  ///< none: never read yet
    std::vector<engine::Device> devices;
    std::int64_t total = 0;  ///< of which these are a part
};

class Control {
public:
    virtual ~Control() = default;
    /// Once the run is durable. Errors: not_found (with the nearest names), invalid_input, conflict,
    /// unavailable.
    virtual boost::asio::awaitable<Result<RunAccepted>> start_run(RunRequest request) = 0;
    /// Once the run is durable. Errors: as above; refused_by_rule (as for any run).
    virtual boost::asio::awaitable<Result<RetargetAccepted>> retarget(RetargetRequest request) = 0;
    /// Once it is durable. Errors: not_found; conflict (a prefix that fits several; the job's target is not
    /// `unknown`, or was revised); of redispatch also as any run, refused_by_rule (it was a quick job).
    virtual boost::asio::awaitable<Result<SettleAccepted>> settle(SettleRequest request) = 0;
    /// Once it is durable. Errors: not_found; conflict (a prefix that fits several; the run is over);
    /// refused_by_rule (it is a job's uid).
    virtual boost::asio::awaitable<Result<CancelAccepted>> cancel(CancelRequest request) = 0;
    /// Lets a run that waits for a person go on, or its next wave, or says yes to what was asked ahead of
    /// one; once it is durable. Errors: not_found (no such run is open), conflict (several are; it waits for
    /// nobody; it is approved), refused_by_rule (whoever started it may not), unavailable.
    virtual boost::asio::awaitable<Result<ApproveAccepted>> approve(ApproveRequest request) = 0;
    /// Says no; once it is durable. Errors: not_found, conflict, unavailable.
    virtual boost::asio::awaitable<Result<RejectAccepted>> reject(ApproveRequest request) = 0;
    /// Once the job's intent is durable. Errors: as above, invalid_variable and missing_variable,
    /// rate_limited. The message names what was not found. `unavailable` with a name: that run is recorded,
    /// and its job goes out when it can.
    virtual boost::asio::awaitable<Result<QuickJobAccepted>> quick_job(QuickJobRequest request) = 0;
    /// Once it is durable; all accounts are held by then. A pause that is set again is replaced. Errors:
    /// not_found, invalid_input, unavailable.
    virtual boost::asio::awaitable<Result<PauseAccepted>> pause(PauseRequest request) = 0;
    /// Ends the pause of that scope, once durable; says which that is. Errors: not_found (nothing of it is
    /// paused).
    virtual boost::asio::awaitable<Result<engine::PauseScope>> resume(engine::PauseScope scope,
                                                                      std::string actor) = 0;
    /// The store, found older than the last write that was acknowledged, is the one to go on from; once that
    /// is durable. Errors: conflict (it was not found so), unavailable.
    virtual boost::asio::awaitable<Result<void>> accept_restore(std::string actor) = 0;
    [[nodiscard]] virtual std::vector<RunbookStatus> runbooks() const = 0;
    [[nodiscard]] virtual DaemonStatus status() const = 0;
    [[nodiscard]] virtual std::vector<AccountBudget> budgets() const = 0;
    [[nodiscard]] virtual FleetView fleet() const = 0;
    /// So many devices from the `first` (0: the first of all) on, of that site or, where none is given, of
    /// all.
    [[nodiscard]] virtual FleetPage fleet_page(const std::optional<SiteUid>& site, std::int64_t first,
                                               std::int64_t count) const = 0;
    /// By name.
    [[nodiscard]] virtual std::vector<engine::Site> sites() const = 0;
    /// When the device came into the account's list, as device_fleet has it; none: it is not in a whole list.
    [[nodiscard]] virtual std::optional<UtcTime> first_seen_at(const DeviceUid& device) const = 0;
    /// The name of the customer whose site the device is on; empty: nobody's.
    [[nodiscard]] virtual std::string customer_of(const engine::Device& device) const = 0;
    [[nodiscard]] virtual std::vector<KnownComponent> components() const = 0;
    /// Whether their list (of several accounts: one of them) has been read since the start: until then an
    /// empty one says nothing.
    [[nodiscard]] virtual bool knows_components() const = 0;
};

}  // namespace runbookd::ports
