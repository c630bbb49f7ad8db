#include "runtime/control_service.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runbook/overrides.hpp"
#include "runtime/account_budget.hpp"
#include "runtime/answer.hpp"
#include "runtime/cancel.hpp"
#include "runtime/retarget.hpp"
#include "runtime/settle.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

tl::unexpected<Error> gone() { return fail(ErrorCode::unavailable, "the daemon is stopping"); }

/// Values that somebody gives are recorded as they stand: a secret's would be in the record for good.
Result<void> refuse_secrets(const std::map<std::string, std::string>& variables,
                            const secrets::Vault& vault) {
    for (const auto& [name, value] : variables)
        if (const auto secret = vault.find_in(value))
            return fail(ErrorCode::refused_by_rule,
                        "variable '" + name + "' holds the value of the secret '" + *secret +
                            "', which must not be recorded; let a runbook send it as ${secret:" + *secret +
                            "}");
    return {};
}

void add_lanes(ports::RunbookStatus& runbook, const engine::Planner::InForce& in_force) {
    const auto& book = *in_force.book;
    runbook.schedule = book.lanes->text;
    runbook.zone = in_force.zone();
    for (const auto& track : in_force.lane_tracks()) {
        if (track->lane == nullptr) continue;
        ports::LaneStatus lane{track->lane->customer, track->lane->zone()->name(), track->next_at, {}};
        if (lane.next_at)
            if (const auto next = track->lane->schedule.next_after(*lane.next_at - Millis{1}))
                lane.next_window_end = *lane.next_at + book.window_of(*next->entry);
        if (lane.next_at && (!runbook.next_at || *lane.next_at < *runbook.next_at)) {
            runbook.next_at = lane.next_at;
            runbook.next_window_end = lane.next_window_end;
        }
        runbook.lanes.push_back(std::move(lane));
    }
}

std::optional<ports::HeldStatus> held_of(const engine::Engine& core, const std::string& account) {
    if (core.restored().empty()) return std::nullopt;
    const auto& search = core.restore_search();
    ports::HeldStatus held;
    held.account = account;
    held.why = core.restored();
    held.held_at = search.held_at();
    held.since = search.since();
    held.searched_until = search.read_until();
    held.is_searched_whole = search.is_complete();
    held.pages = static_cast<std::int64_t>(search.pages());
    held.known_jobs = static_cast<std::int64_t>(search.known_jobs());
    held.found_jobs = static_cast<std::int64_t>(search.found_jobs());
    held.problem = search.problem();
    held.accepted_by = core.restore_accepted_by();
    return held;
}

}  // namespace

ControlService::ControlService(DispatchLoop& loop, const ports::Store& store, ports::History& history,
                               const Clock& clock, asio::any_io_executor on, const secrets::Vault& vault,
                               std::string account, std::string version)
    : loop_(loop),
      store_(store),
      history_(history),
      clock_(clock),
      executor_(std::move(on)),
      vault_(vault),
      account_(std::move(account)),
      version_(std::move(version)),
      started_at_(clock.now()) {}

asio::awaitable<Result<ports::RunAccepted>> ControlService::start_run(ports::RunRequest request) {
    if (auto clean = refuse_secrets(request.variables, vault_); !clean)
        co_return tl::unexpected<Error>(std::move(clean.error()));
    auto overrides = runbook::read_overrides(request.overrides, std::move(request.reason));
    if (!overrides) co_return tl::unexpected<Error>(std::move(overrides.error()));
    engine::RunOrder order;
    order.overrides = std::move(*overrides);
    order.runbook = std::move(request.runbook);
    order.scope.devices = std::move(request.devices);
    order.scope.sites = std::move(request.sites);
    order.scope.customers = std::move(request.customers);
    order.scope.variables = std::move(request.variables);
    order.note = std::move(request.note);
    order.actor = std::move(request.actor);
    const Answer<Result<RunUid>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.start_run(std::move(order), answer.callback(), now); });
    auto accepted = co_await answer.wait();
    if (!accepted) co_return gone();
    if (!*accepted) co_return tl::unexpected<Error>((*accepted).error());
    co_return ports::RunAccepted{**accepted, "planned"};
}

asio::awaitable<Result<ports::RetargetAccepted>> ControlService::retarget(ports::RetargetRequest request) {
    if (auto fine = check(request); !fine) co_return tl::unexpected<Error>(std::move(fine.error()));
    auto left = co_await history_.leftovers(request.run);
    if (!left) co_return tl::unexpected<Error>(std::move(left.error()));
    co_return co_await retarget_left(std::move(request), std::move(*left));
}

asio::awaitable<Result<ports::RetargetAccepted>> ControlService::retarget_left(ports::RetargetRequest request,
                                                                               ports::RunLeftovers left) {
    if (left.runbook == engine::kQuickJobRunbook)
        co_return fail(ErrorCode::refused_by_rule,
                       "run " + left.run_uid + " is a quick job; `runbookctl quickjob` starts another");
    ports::RetargetAccepted accepted;
    accepted.cause = RunUid{left.run_uid};
    accepted.runbook = left.runbook;
    accepted.cause_revision = left.revision;
    engine::RunOrder order;
    order.runbook = left.runbook;
    order.scope.variables = std::move(left.variables);
    order.note = std::move(request.note);
    order.actor = request.actor;
    order.cause = accepted.cause;
    if (request.at_next_window) order.when = engine::RunOrder::When::next_window;
    const Answer<Result<RunUid>> answer(executor_);
    bool is_nothing_left = false;
    loop_.tell([&](engine::Engine& core, Instant now) {
        order.scope.devices = devices_left(left, request, core.may_still_run(left.runbook), accepted);
        accepted.targets = static_cast<std::int64_t>(order.scope.devices.size());
        is_nothing_left = order.scope.devices.empty();
        if (is_nothing_left) return;
        if (const auto* const in_force = core.planner().find(left.runbook)) {
            accepted.revision = in_force->revision;
            if (request.at_next_window) accepted.starts_at = in_force->next_at;
        }
        core.start_run(std::move(order), answer.callback(), now);
    });
    if (is_nothing_left) co_return accepted;
    auto started = co_await answer.wait();
    if (!started) co_return gone();
    if (!*started) co_return tl::unexpected<Error>((*started).error());
    accepted.run = **started;
    co_return accepted;
}

asio::awaitable<Result<ports::SettleAccepted>> ControlService::settle(ports::SettleRequest request) {
    auto found = co_await history_.settling(request.job);
    if (!found) co_return tl::unexpected<Error>(std::move(found.error()));
    if (auto fine = check(request, *found); !fine) co_return tl::unexpected<Error>(std::move(fine.error()));
    ports::SettleAccepted accepted;
    accepted.job = JobUid{found->job_uid};
    accepted.run = RunUid{found->run_uid};
    accepted.device = DeviceUid{found->device_uid};
    accepted.hostname = found->hostname;
    accepted.disposition = request.word == ports::SettleRequest::Word::ran ? "succeeded" : "failed";
    accepted.reason = "by_person";
    auto order = order_of(std::move(request), std::move(*found));
    const Answer<Result<std::optional<RunUid>>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.settle(std::move(order), answer.callback(), now); });
    auto settled = co_await answer.wait();
    if (!settled) co_return gone();
    if (!*settled) co_return tl::unexpected<Error>((*settled).error());
    accepted.new_run = std::move(**settled);
    co_return accepted;
}

asio::awaitable<Result<ports::CancelAccepted>> ControlService::cancel(ports::CancelRequest request) {
    auto found = co_await find_run(history_, request.run);
    if (!found) co_return tl::unexpected<Error>(std::move(found.error()));
    ports::CancelAccepted accepted;
    accepted.run = RunUid{found->run_uid};
    accepted.runbook = std::move(found->runbook);
    engine::CancelOrder order{accepted.run, std::move(request.reason), std::move(request.actor)};
    const Answer<Result<engine::CalledOff>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.cancel(std::move(order), answer.callback(), now); });
    auto done = co_await answer.wait();
    if (!done) co_return gone();
    if (!*done) co_return tl::unexpected<Error>((*done).error());
    accepted.was_planned = (*done)->was_planned;
    accepted.cancelled = (*done)->cancelled;
    accepted.still_running = (*done)->still_running;
    co_return accepted;
}

asio::awaitable<Result<ports::ApproveAccepted>> ControlService::approve(ports::ApproveRequest request) {
    const Answer<Result<engine::ApprovedRun>> answer(executor_);
    const engine::ApprovalOrder order{std::move(request.uid), std::move(request.words),
                                      std::move(request.actor)};
    loop_.tell([&](engine::Engine& core, Instant now) { core.approve(order, answer.callback(), now); });
    auto approved = co_await answer.wait();
    if (!approved) co_return gone();
    if (!*approved) co_return tl::unexpected<Error>((*approved).error());
    auto& begun = **approved;
    co_return ports::ApproveAccepted{std::move(begun.run), std::move(begun.runbook),
                                     begun.wave,           std::move(begun.approval),
                                     begun.nominal,        begun.devices};
}

asio::awaitable<Result<ports::RejectAccepted>> ControlService::reject(ports::ApproveRequest request) {
    const Answer<Result<engine::RejectedRun>> answer(executor_);
    const engine::ApprovalOrder order{std::move(request.uid), std::move(request.words),
                                      std::move(request.actor)};
    loop_.tell([&](engine::Engine& core, Instant now) { core.reject(order, answer.callback(), now); });
    auto rejected = co_await answer.wait();
    if (!rejected) co_return gone();
    if (!*rejected) co_return tl::unexpected<Error>((*rejected).error());
    auto& ended = **rejected;
    co_return ports::RejectAccepted{std::move(ended.run), std::move(ended.runbook), ended.skipped,
                                    std::move(ended.approval), ended.nominal};
}

asio::awaitable<Result<ports::QuickJobAccepted>> ControlService::quick_job(ports::QuickJobRequest request) {
    if (auto clean = refuse_secrets(request.variables, vault_); !clean)
        co_return tl::unexpected<Error>(std::move(clean.error()));
    engine::QuickJobOrder order;
    order.device = std::move(request.device);
    order.component = std::move(request.component);
    order.variables = std::move(request.variables);
    order.actor = std::move(request.actor);
    order.trigger = request.from_api ? engine::Trigger::api : engine::Trigger::quickjob;
    if (request.key) order.key = engine::RequestKey{request.key->key, request.key->request};
    const Answer<Result<engine::QuickJobStarted>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.quick_job(std::move(order), answer.callback(), now); });
    auto started = co_await answer.wait();
    if (!started) co_return gone();
    if (!*started) co_return tl::unexpected<Error>((*started).error());
    auto& job = **started;
    co_return ports::QuickJobAccepted{job.job, job.run, job.device, job.component, "queued", job.created_at};
}

asio::awaitable<Result<ports::PauseAccepted>> ControlService::pause(ports::PauseRequest request) {
    auto scope = loop_.engine().resolve(request.scope);
    if (!scope) co_return tl::unexpected<Error>(std::move(scope.error()));
    ports::PauseAccepted accepted;
    accepted.scope = *scope;
    const Answer<Result<void>> answer(executor_);
    // All of it at once: whoever hangs up before it is durable leaves nothing half done.
    loop_.tell([&](engine::Engine& core, Instant now) {
        accepted.until = now.utc + request.span;
        core.pause({std::move(*scope), accepted.until, std::move(request.reason), std::move(request.actor)},
                   answer.callback(), now);
    });
    on_pause_changed_(accepted.scope);
    auto set = co_await answer.wait();
    if (!set) co_return gone();
    if (!*set) co_return tl::unexpected<Error>((*set).error());
    co_return accepted;
}

asio::awaitable<Result<void>> ControlService::accept_restore(std::string actor) {
    const Answer<Result<void>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.accept_restore(actor, answer.callback(), now); });
    auto accepted = co_await answer.wait();
    if (!accepted) co_return gone();
    co_return std::move(*accepted);
}

void ControlService::on_restore_released(std::function<void()> tell) {
    loop_.tell([&](engine::Engine& core, Instant) { core.tell_of_release(std::move(tell)); });
}

asio::awaitable<Result<engine::PauseScope>> ControlService::resume(engine::PauseScope scope,
                                                                   std::string actor) {
    // What was paused may be known by no name any more.
    if (auto known = loop_.engine().resolve(scope)) scope = std::move(*known);
    const Answer<Result<void>> answer(executor_);
    loop_.tell([&](engine::Engine& core, Instant now) { core.resume(scope, actor, answer.callback(), now); });
    on_pause_changed_(scope);
    auto ended = co_await answer.wait();
    if (!ended) co_return gone();
    if (!*ended) co_return tl::unexpected<Error>((*ended).error());
    co_return scope;
}

std::vector<ports::RunbookStatus> ControlService::runbooks() const {
    std::vector<ports::RunbookStatus> all;
    const auto& pauses = loop_.engine().pauses();
    const auto now = clock_.now().utc;
    for (const auto& [name, in_force] : loop_.engine().planner().in_force()) {
        const auto& book = *in_force.book;
        ports::RunbookStatus one;
        one.name = name;
        one.description = book.description;
        one.file = book.file;
        one.account = account_;
        one.component = book.component;
        if (book.steps)
            for (const auto& step : book.steps->list)
                if (!step.expect) one.component += (one.component.empty() ? "" : ", ") + step.component;
        one.enabled = book.enabled;
        one.revision = in_force.revision;
        one.identity = to_hex(in_force.identity);
        if (in_force.problem) one.problem = *in_force.problem;
        if (book.schedule) {
            one.schedule = book.schedule->text();
            one.zone = in_force.zone();
        }
        one.next_at = in_force.next_at;
        if (in_force.next_at) one.next_window_end = *in_force.next_at + book.window;
        if (book.lanes) add_lanes(one, in_force);
        if (const auto* const pause = pauses.find(name, now)) one.paused_until = pause->until;
        all.push_back(std::move(one));
    }
    return all;
}

ports::DaemonStatus ControlService::status() const {
    const auto& core = loop_.engine();
    const auto now = clock_.now();
    ports::DaemonStatus status;
    status.version = version_;
    status.started_at = started_at_.utc;
    status.now = now.utc;
    status.store_trouble = store_.trouble();
    if (!status.store_trouble.empty()) status.problems.push_back("store: " + status.store_trouble);
    if (auto held = held_of(core, account_)) {
        status.problems.push_back(
            "store: " + held->why + "; nothing is created, caught up or judged until " +
            (held->accepted_by.empty()
                 ? "`runbookctl doctor --accept-restore`"
                 : "the activity log has been searched (accepted by " + held->accepted_by + ")"));
        status.held.push_back(std::move(*held));
    }
    status.is_clock_synchronised = core.clock().is_synchronised();
    if (!core.line().problem().empty())
        status.problems.push_back("account " + account_ + ": " + core.line().problem());
    for (const auto& problem : file_problems_) status.problems.push_back(problem);
    for (const auto& problem : notice_problems_) status.problems.push_back(problem);
    for (const auto& problem : core.site_problems()) status.problems.push_back(problem);
    if (verified_ && verified_->unexplained > 0)
        status.problems.push_back("record: " + std::to_string(verified_->unexplained) +
                                  " instants are not explained by it; see `runbookctl verify`");
    status.verified = verified_;
    for (const auto& pause : core.pauses().list())
        status.pauses.push_back({pause.scope, pause.since, pause.until, pause.reason, pause.actor});
    status.clock_hold = core.clock().why();
    if (!status.clock_hold.empty())
        status.problems.push_back("clock: " + status.clock_hold + "; creates and verdicts wait until " +
                                  "the kernel reports it as synchronised, at most 5 minutes");
    status.state = stopping_                   ? "stopping"
                   : !status.problems.empty()  ? "degraded"
                   : core.line().is_answered() ? "running"
                                               : "starting";
    status.runbooks = static_cast<std::int64_t>(core.planner().in_force().size());
    status.open_runs = static_cast<std::int64_t>(core.open_runs());
    status.open_jobs = static_cast<std::int64_t>(core.open_jobs());
    const auto reads = core.line().budget().reads(now.steady);
    const auto creates = core.line().budget().creates(now.steady);
    status.reads = {reads.used, reads.allowed};
    status.creates = {creates.used, creates.allowed};
    status.fleet_devices = static_cast<std::int64_t>(core.fleet().devices().size());
    if (const auto read_at = core.fleet().devices_read_at())
        status.fleet_read_at = now.utc - (now.steady - *read_at);
    return status;
}

std::vector<ports::AccountBudget> ControlService::budgets() const {
    return {budget_of(loop_.engine(), account_, clock_.now())};
}

ports::FleetView ControlService::fleet() const {
    const auto& known = loop_.engine().fleet();
    const auto now = clock_.now();
    ports::FleetView view;
    if (const auto read_at = known.devices_read_at()) view.read_at = now.utc - (now.steady - *read_at);
    view.devices.reserve(known.devices().size());
    for (const auto& seen : known.devices()) view.devices.emplace_back(seen.device, account_);
    return view;
}

ports::FleetPage ControlService::fleet_page(const std::optional<SiteUid>& site, std::int64_t first,
                                            std::int64_t count) const {
    const auto& known = loop_.engine().fleet();
    const auto now = clock_.now();
    ports::FleetPage page;
    if (const auto read_at = known.devices_read_at()) page.read_at = now.utc - (now.steady - *read_at);
    for (const auto& seen : known.devices()) {
        if (site && seen.device.site_uid != *site) continue;
        if (page.total >= first && page.total - first < count) page.devices.push_back(seen.device);
        ++page.total;
    }
    return page;
}

std::vector<engine::Site> ControlService::sites() const {
    std::vector<engine::Site> all;
    for (const auto& [uid, site] : loop_.engine().fleet().sites()) all.push_back(site);
    std::sort(all.begin(), all.end(), [](const engine::Site& a, const engine::Site& b) {
        return std::tie(a.name, a.uid) < std::tie(b.name, b.uid);
    });
    return all;
}

std::optional<UtcTime> ControlService::first_seen_at(const DeviceUid& device) const {
    return loop_.engine().fleet_history().first_seen_at(device);
}

std::string ControlService::customer_of(const engine::Device& device) const {
    return loop_.engine().customers().name_of(device).str();
}

std::vector<ports::KnownComponent> ControlService::components() const {
    std::vector<ports::KnownComponent> all;
    for (const auto& component : loop_.engine().fleet().components()) all.emplace_back(component, account_);
    return all;
}

bool ControlService::knows_components() const {
    return loop_.engine().fleet().components_read_at().has_value();
}

}  // namespace runbookd::runtime
