#include "engine/starter.hpp"

#include <algorithm>
#include <utility>

#include "base/glob.hpp"
#include "base/spelling.hpp"
#include "engine/check_run.hpp"
#include "engine/wave_plan.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::seconds;

// A list this much older than the run will do: runs of one instant share a reading.
constexpr Millis kFreshEnough = seconds{5};
// Design: a run that starts within this time of its nominal instant is on time.
constexpr Millis kOnTime = seconds{60};

std::string not_found_message(const std::string& component, const Fleet& fleet) {
    std::vector<std::string> names;
    std::size_t same = 0;
    for (const auto& known : fleet.components()) {
        names.push_back(known.name);
        if (equals_ignoring_case(known.name, component)) ++same;
    }
    if (same > 1)
        return "component '" + component + "' is the name of " + std::to_string(same) +
               " components; give its uid instead";
    std::string message = "component '" + component + "' does not exist, or this API user may not see it";
    const auto close = nearest(component, names);
    for (std::size_t i = 0; i < close.size(); ++i)
        message += (i == 0 ? "; did you mean '" : "' or '") + close[i] + (i + 1 == close.size() ? "'?" : "");
    return message;
}

/// What has come since a person approved the plan is not what they approved.
void keep_to(const PlanInQuestion& plan, Selection& selection) {
    const SharedText reason("it was not among the devices when the run was approved");
    std::erase_if(selection.targets, [&](const TargetRow& row) {
        if (std::binary_search(plan.devices.begin(), plan.devices.end(), row.device)) return false;
        selection.exclusions.push_back(
            {row.device, row.hostname, row.site_name, "not_in_approved_plan", reason});
        return true;
    });
}

}  // namespace

Starter::Starter(Books& books, AlarmClock& clock, Outbox& outbox, Knowledge knowledge, const Holds& holds,
                 OnStarted on_started)
    : books_(books),
      clock_(clock),
      outbox_(outbox),
      fleet_(knowledge.fleet),
      reader_(knowledge.reader),
      history_(knowledge.history),
      filters_(knowledge.filters),
      filter_reader_(knowledge.filter_reader),
      guard_(knowledge.guard),
      customers_(knowledge.customers),
      successes_(knowledge.successes),
      approvals_(knowledge.approvals),
      holds_(holds),
      on_started_(std::move(on_started)) {}

void Starter::add(Run& run, Instant now) {
    if (!run.plan.starts_at || *run.plan.starts_at <= now.utc) return begin(run, now);
    run.starts = std::make_unique<Alarm>(clock_, [this, uid = run.plan.run](Instant at) {
        if (auto* const due = books_.find_run(uid)) begin(*due, at);
    });
    run.starts->set(*run.plan.starts_at, now);
}

void Starter::begin(Run& run, Instant now) {
    books_.count_as_open(run);
    run.begun_at = now.steady;
    run.missed_because.clear();
    reader_.need_devices(run.begun_at - kFreshEnough);
    if (try_to_start(run.plan.run, now) == Ready::no) waiting_.push_back(run.plan.run);
}

void Starter::resume(Run& run, Instant now) {
    if (try_to_start(run.plan.run, now) == Ready::no) waiting_.push_back(run.plan.run);
}

void Starter::pump(Instant now) {
    for (const auto& uid : std::exchange(waiting_, {}))
        if (try_to_start(uid, now) == Ready::no) waiting_.push_back(uid);
}

Starter::Ready Starter::try_to_start(const RunUid& uid, Instant now) {
    auto* const run = books_.find_run(uid);
    if (run == nullptr) return Ready::yes;  // its window has closed
    const bool is_started = run->status != RunStatus::planned;
    const bool is_fresh = is_started || is_fleet_fresh(*run);
    // All that is needed is asked for at once.
    FilterLookup filters;
    const bool has_filters = is_started || look_up_filters(*run, filters) == Ready::yes;
    const bool has_past = is_started || knows_successes(*run);
    // To freeze the targets is to give a verdict.
    if ((!is_started && holds_.is_time_unknown()) || !is_fresh || !has_filters || !has_past ||
        find_component(*run, now) == Ready::no)
        return Ready::no;
    if (!is_started)
        start(*run, std::move(filters), now);
    else
        go_on(*run, now);
    return Ready::yes;
}

void Starter::go_on(Run& run, Instant now) {
    if (const auto obstacle = find_obstacle(run)) fail_all(run, *obstacle, now);
    if (!is_terminal(run.status)) on_started_(run, now);
}

bool Starter::is_fleet_fresh(const Run& run) const {
    const auto read_at = fleet_.devices_read_at();
    return read_at && *read_at >= run.begun_at - kFreshEnough;
}

bool Starter::knows_successes(const Run& run) { return !run.book->once || successes_.know(run.book->name); }

Starter::Ready Starter::find_component(Run& run, Instant now) {
    look_up_components(run);
    if (!find_obstacle(run)) return Ready::yes;
    // It may have been made, or given its variables, since the list was read.
    const auto read_at = fleet_.components_read_at();
    if (read_at && *read_at >= run.begun_at - kFreshEnough) return Ready::yes;
    reader_.need_components(std::min(run.begun_at - kFreshEnough, now.steady));
    return Ready::no;
}

void Starter::look_up_components(Run& run) const {
    run.components.clear();
    const auto add = [&](const std::string& wanted) {
        const auto* const found = wanted.empty() ? nullptr : fleet_.find_component(wanted);
        run.components.push_back(found == nullptr ? RunComponent{ComponentUid{}, wanted}
                                                  : RunComponent{found->uid, found->name});
    };
    if (run.book == nullptr) return add(run.plan.scope.component);
    if (!run.book->steps) return add(run.book->component);
    for (const auto& step : run.book->steps->list) add(step.component);
}

Starter::Ready Starter::look_up_filters(const Run& run, FilterLookup& lookup) {
    const auto names = run.book->filters();
    if (names.empty()) return Ready::yes;
    const auto since = run.begun_at - kFreshEnough;
    if (!filters_.names_read_at() || *filters_.names_read_at() < since) {
        filter_reader_.need_names(since);
        return Ready::no;
    }
    auto ready = Ready::yes;
    for (const auto& name : names) {
        const auto id = filters_.find(name);
        const auto* const members = id ? filters_.members(*id) : nullptr;
        if (!id) {
            lookup.problem = id.error().message;
            return Ready::yes;
        }
        if (members == nullptr || members->read_at < since) {
            filter_reader_.need_members(*id, since);
            ready = Ready::no;
        } else if (!members->problem.empty()) {
            lookup.problem = "filter '" + name + "' cannot be read: " + members->problem;
            return Ready::yes;
        } else {
            lookup.members[name] = &members->devices;
        }
    }
    return ready;
}

void Starter::start(Run& run, FilterLookup filters, Instant now) {
    if (!filters.problem.empty()) return abort(run, "run.filter_not_found", filters.problem, now);
    if (const auto doubt = ambiguity(run.plan.scope, fleet_))
        return abort(run, "run.device_ambiguous", *doubt, now);
    if (run.is_lane_lost())
        return abort(run, "run.lane_lost", "its customer or zone is none of its runbook's any more", now);
    const auto consent = approvals_.consent_to(run);
    auto selection = select(run, std::move(filters), now.utc, consent.plan);
    const auto left_out = left_out_for_now(selection.exclusions);
    books_.freeze(run, std::move(selection.targets), std::move(selection.exclusions), now,
                  consent.kind == Approvals::Consent::Kind::missing ? Books::FirstWave::waits_for_approval
                                                                    : Books::FirstWave::begins);
    approvals_.forget(run);
    if (!passes_guard(run, left_out, now)) return;
    record_occurrence(run, now);
    guard_.remember(run, left_out);
    if (run.targets.empty()) return books_.finish(run, RunStatus::completed, "", now);
    if (const auto obstacle = find_obstacle(run)) return fail_all(run, *obstacle, now);
    warn_of_variables(run, now);
    decide_by_rules(run, now);
    if (run.status == RunStatus::running) go_on(run, consent, now);
}

void Starter::go_on(Run& run, const Approvals::Consent& consent, Instant now) {
    switch (consent.kind) {
        case Approvals::Consent::Kind::missing: return approvals_.ask(run, now);
        case Approvals::Consent::Kind::refused:
            run.ended_because = "not_approved";
            for (auto& target : run.targets)
                if (target.disposition == Disposition::pending)
                    books_.decide(run, target, Disposition::skipped, "not_approved", consent.words, now);
            return;
        case Approvals::Consent::Kind::not_needed:
        case Approvals::Consent::Kind::given: return on_started_(run, now);
    }
}

Selection Starter::select(const Run& run, FilterLookup filters, UtcTime at,
                          const PlanInQuestion* approved) const {
    SelectionFacts facts;
    facts.now = at;
    facts.filters = std::move(filters.members);
    facts.customers = &customers_;
    facts.lane = run.lane;
    if (run.book->lanes) facts.lanes_by = run.book->lanes->by;
    facts.first_seen = [this](const DeviceUid& device) { return history_.first_seen(device); };
    const StartRules start_rules(*run.book, run.lane, successes_, at);
    facts.start_rules = &start_rules;
    auto selection = select_targets(run.book->targets, run.plan.scope, fleet_, facts);
    if (approved != nullptr) keep_to(*approved, selection);
    place_in_waves(selection.targets, *run.book, fleet_, facts);
    return selection;
}

std::optional<Starter::Foreseen> Starter::foresee(Run& run, UtcTime at, Instant now) {
    FilterLookup filters;
    const bool has_filters = look_up_filters(run, filters) == Ready::yes;
    const bool has_past = knows_successes(run);
    const bool is_fresh = is_fleet_fresh(run);
    if (!is_fresh) reader_.need_devices(run.begun_at - kFreshEnough);
    if (find_component(run, now) == Ready::no || !is_fresh || !has_filters || !has_past) return std::nullopt;
    Foreseen foreseen;
    if (const auto obstacle = find_obstacle(run)) foreseen.obstacle = obstacle->message;
    foreseen.warnings = check_run(run, fleet_).warnings();
    foreseen.problem = std::move(filters.problem);
    if (foreseen.problem.empty()) foreseen.problem = ambiguity(run.plan.scope, fleet_).value_or("");
    if (!foreseen.problem.empty()) return foreseen;
    foreseen.selection = select(run, std::move(filters), at);
    for (const auto& target : foreseen.selection.targets) run.targets.emplace_back().row = target;
    if (auto finding = guard_.judge(run, left_out_for_now(foreseen.selection.exclusions)))
        foreseen.guard = std::move(finding->message);
    run.targets.clear();
    for (const auto& target : foreseen.selection.targets)
        foreseen.rulings.push_back(
            !foreseen.guard.empty()      ? Ruling{Disposition::halted, "guard", foreseen.guard}
            : !foreseen.obstacle.empty() ? Ruling{Disposition::failed, "rejected", foreseen.obstacle}
                                         : ruling_of(run, target));
    return foreseen;
}

bool Starter::passes_guard(Run& run, const DeviceHashes& left_out, Instant now) {
    auto finding = guard_.judge(run, left_out);
    if (!finding) return true;
    const auto& overrides = run.plan.overrides;
    const bool passes = overrides.guard;
    if (passes) finding->data["reason"] = overrides.reason;
    outbox_.write(Noted{"run", run.plan.run.str(), passes ? "run.guard_overridden" : "run.refused",
                        passes ? run.plan.actor : "", std::move(finding->data), now.utc});
    if (passes) return true;
    record_refused_occurrence(run, now);
    books_.abort(run, "guard", now);
    return false;
}

void Starter::abort(Run& run, const std::string& kind, const std::string& message, Instant now) {
    outbox_.write(Noted{"run", run.plan.run.str(), kind, "", {{"message", message}}, now.utc});
    books_.freeze(run, {}, {}, now);
    approvals_.forget(run);
    record_occurrence(run, now);
    books_.finish(run, RunStatus::aborted, "rejected", now);
}

void Starter::decide_by_rules(Run& run, Instant now) {
    for (auto& target : run.targets)
        if (auto ruling = ruling_of(run, target.row))
            books_.decide(run, target, ruling->disposition, std::move(ruling->reason),
                          std::move(ruling->message), now);
}

std::optional<Starter::Ruling> Starter::ruling_of(const Run& run, const TargetRow& target) const {
    const auto& held = run.plan.scope.held;
    if (std::find(held.begin(), held.end(), target.device.str()) != held.end())
        return Ruling{Disposition::skipped, "storm",
                      "its triggers have started this runbook as often in an hour as max_per_hour allows"};
    const auto overlap = run.book->overlap;
    const bool is_exclusive =
        overlap == runbook::OverlapPolicy::skip || overlap == runbook::OverlapPolicy::skip_run;
    if (is_exclusive && books_.is_taken_by_another(run, target.device))
        return Ruling{Disposition::skipped, "overlap",
                      "an earlier run of this runbook has not decided this device yet"};
    if (books_.is_pending_upstream(run.plan.runbook, target.device))
        return Ruling{Disposition::skipped, "pending_upstream",
                      "Datto still holds an earlier job of this runbook for this device"};
    const auto* const seen = fleet_.find(target.device);
    if (seen != nullptr && !seen->device.online && run.book->offline == runbook::OfflinePolicy::skip)
        return Ruling{Disposition::skipped, "offline", ""};
    return std::nullopt;
}

void Starter::record_occurrence(const Run& run, Instant now) {
    if (!run.plan.nominal) return;
    const auto due = run.plan.starts_at.value_or(*run.plan.nominal);
    const auto verdict = run.plan.caught_up        ? Verdict::caught_up
                         : now.utc - due > kOnTime ? Verdict::late
                                                   : Verdict::on_time;
    outbox_.write(OccurrenceDecided{run.plan.runbook, run.plan.revision.value_or(1), run.plan.zone,
                                    *run.plan.nominal, *run.plan.nominal, 1, verdict, "", run.plan.run,
                                    now.utc, run.plan.customer});
}

void Starter::record_refused_occurrence(const Run& run, Instant now) {
    if (!run.plan.nominal) return;
    outbox_.write(OccurrenceDecided{run.plan.runbook, run.plan.revision.value_or(1), run.plan.zone,
                                    *run.plan.nominal, *run.plan.nominal, 1, Verdict::skipped, "guard",
                                    run.plan.run, now.utc, run.plan.customer});
}

std::optional<Starter::Obstacle> Starter::find_obstacle(const Run& run) const {
    const auto checked = check_run(run, fleet_);
    for (const auto& step : checked.steps)
        if (step.is_lacking)
            return Obstacle{"run.component_not_found",
                            step.words + not_found_message(run.component_of(step.number).name, fleet_)};
    if (auto errors = checked.errors(); !errors.empty())
        return Obstacle{"run.variables_refused", std::move(errors)};
    return std::nullopt;
}

void Starter::warn_of_variables(const Run& run, Instant now) {
    auto warnings = check_run(run, fleet_).warnings();
    if (warnings.empty()) return;
    outbox_.write(Noted{"run",
                        run.plan.run.str(),
                        "run.variable_without_value",
                        "",
                        {{"message", std::move(warnings)}},
                        now.utc});
}

void Starter::fail_all(Run& run, const Obstacle& obstacle, Instant now) {
    outbox_.write(
        Noted{"run", run.plan.run.str(), obstacle.kind, "", {{"message", obstacle.message}}, now.utc});
    run.obstacle = obstacle.message;  // also to those whose job is open, should they get another
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending && !target.job && !run.expects_return_of(target))
            books_.decide(run, target, Disposition::failed, "rejected", obstacle.message, now);
}

}  // namespace runbookd::engine
