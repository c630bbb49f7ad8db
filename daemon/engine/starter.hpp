#pragma once
// From a planned run to a started one: waits until it is to start and the fleet is fresh enough, freezes the
// targets, decides at once what the rules decide, and hands the rest to the dispatcher.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/approvals.hpp"
#include "engine/books.hpp"
#include "engine/customers.hpp"
#include "engine/filter_reader.hpp"
#include "engine/filters.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_history.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/guard.hpp"
#include "engine/holds.hpp"
#include "engine/successes.hpp"
#include "engine/targeting.hpp"

namespace runbookd::engine {

class Starter {
public:
    using OnStarted = std::function<void(Run& run, Instant now)>;
    /// What targets are selected from; outlives the starter.
    struct Knowledge {
        Fleet& fleet;
        FleetReader& reader;
        const FleetHistory& history;
        const Filters& filters;
        FilterReader& filter_reader;
        Guard& guard;
        const Customers& customers;
        Successes& successes;
        Approvals& approvals;
    };
    /// `on_started` gets each run once its targets are frozen and not all decided.
    Starter(Books& books, AlarmClock& clock, Outbox& outbox, Knowledge knowledge, const Holds& holds,
            OnStarted on_started);

    /// Takes up a planned run: at once, or at its plan's `starts_at`.
    void add(Run& run, Instant now);
    /// A run that was started before a restart: only its component is looked up again.
    void resume(Run& run, Instant now);
    /// A fresh list or the record's answer came in, or the clock is believed again.
    void pump(Instant now);

    /// Why a target gets no job when it is frozen.
    struct Ruling {
        Disposition disposition = Disposition::skipped;
        std::string reason;
        std::string message;
    };
    /// What the start of a run would come to.
    struct Foreseen {
        /// Why there would be no targets at all; empty: there are.
        std::string problem;
        Selection selection;
        std::vector<std::optional<Ruling>> rulings;  ///< of each target; none: it gets its job
        std::string guard;                           ///< why the guard would refuse it; empty: it would not
        std::string obstacle;                        ///< why every job would be refused; empty: none would
        std::string warnings;                        ///< of its variables
    };
    /// What would happen if the run, which is nobody's but the caller's, started at `at`. nullopt: something
    /// is older than `run.begun_at`, or not known, and has been asked for. Changes nothing else.
    [[nodiscard]] std::optional<Foreseen> foresee(Run& run, UtcTime at, Instant now);

private:
    enum class Ready { yes, no };
    /// The filters that a run's targets name, with their members, or why there can be no targets.
    struct FilterLookup {
        runbook::FilterMembers members;
        std::string problem;
    };
    void begin(Run& run, Instant now);
    /// It was started before a restart.
    void go_on(Run& run, Instant now);
    [[nodiscard]] Ready try_to_start(const RunUid& uid, Instant now);
    /// What its jobs run.
    [[nodiscard]] Ready find_component(Run& run, Instant now);
    void look_up_components(Run& run) const;
    /// Gathers what the filters of the run's targets say; `no` while it is being read.
    [[nodiscard]] Ready look_up_filters(const Run& run, FilterLookup& lookup);
    void start(Run& run, FilterLookup filters, Instant now);
    /// Ends a run whose targets cannot be told: without any, as a refusal.
    void abort(Run& run, const std::string& kind, const std::string& message, Instant now);
    [[nodiscard]] bool is_fleet_fresh(const Run& run) const;
    /// `approved`: what is not in it is left out; null: nothing is.
    [[nodiscard]] Selection select(const Run& run, FilterLookup filters, UtcTime at,
                                   const PlanInQuestion* approved = nullptr) const;
    /// Whether it is known who has succeeded, where that matters.
    [[nodiscard]] bool knows_successes(const Run& run);
    /// Whether the guard lets the run go on; one that it refuses is over.
    [[nodiscard]] bool passes_guard(Run& run, const DeviceHashes& left_out, Instant now);
    void decide_by_rules(Run& run, Instant now);
    /// What is left to be created begins, or waits for a person, or has been refused by one.
    void go_on(Run& run, const Approvals::Consent& consent, Instant now);
    [[nodiscard]] std::optional<Ruling> ruling_of(const Run& run, const TargetRow& target) const;
    void record_occurrence(const Run& run, Instant now);
    void record_refused_occurrence(const Run& run, Instant now);
    /// What stands against the run as a whole: its component or its variables.
    struct Obstacle {
        std::string kind;  ///< of the event
        std::string message;
    };
    [[nodiscard]] std::optional<Obstacle> find_obstacle(const Run& run) const;
    void fail_all(Run& run, const Obstacle& obstacle, Instant now);
    void warn_of_variables(const Run& run, Instant now);

    Books& books_;
    AlarmClock& clock_;
    Outbox& outbox_;
    Fleet& fleet_;
    FleetReader& reader_;
    const FleetHistory& history_;
    const Filters& filters_;
    FilterReader& filter_reader_;
    Guard& guard_;
    const Customers& customers_;
    Successes& successes_;
    Approvals& approvals_;
    const Holds& holds_;
    OnStarted on_started_;
    std::vector<RunUid> waiting_;
};

}  // namespace runbookd::engine
