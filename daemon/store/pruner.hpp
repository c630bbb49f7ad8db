#pragma once
// Retention: removes what lies before its horizons, a slice at a time, each slice one short transaction.
// Knows nothing of threads: the writer's calls it between its groups.
#include <cstdint>
#include <set>
#include <string>

#include "base/time.hpp"
#include "ports/pruning.hpp"
#include "store/connection.hpp"
#include "store/record_writer.hpp"

namespace runbookd::store {

class Pruner {
public:
    /// Both outlive this. Prepares the `prune_*` statements.
    Pruner(Connection& connection, RecordWriter& records);

    /// Begins a round. Outputs first, then verdicts, runs, events; then the space is given back.
    void begin(const ports::Horizons& horizons, UtcTime now, std::string actor);
    [[nodiscard]] bool is_active() const { return phase_ != Phase::idle; }
    /// One transaction of some tens of milliseconds at most. Errors: SQLite::Exception; the chain must then
    /// be rewound, and the round is over: what earlier slices removed is removed.
    void slice();
    /// Ends a round before its time.
    void abandon() { phase_ = Phase::idle; }
    /// Of the newest round, as far as it has come.
    [[nodiscard]] const ports::PruneCounts& counts() const { return counts_; }

private:
    enum class Phase { idle, outputs, occurrences, runs, events, report, space };

    void work();
    void prune_outputs();
    void prune_occurrences();
    void prune_runs();
    void prune_events();
    void give_space_back();
    /// What goes of the current run next; false: it is gone whole.
    bool prune_run();
    bool prune_run_jobs();
    void drop_outputs_nobody_has();
    void announce();
    void tell_result();
    void next_phase();

    [[nodiscard]] bool has_time() const;
    Execution use(std::string_view name) { return Execution(connection_.statement(name)); }

    Connection& connection_;
    RecordWriter& records_;
    Phase phase_ = Phase::idle;
    ports::Horizons horizons_;
    UtcTime now_{};
    std::string actor_;
    ports::PruneCounts counts_;
    bool is_announced_ = false;
    std::int64_t after_ = 0;            // the last row of the phase that was looked at
    std::int64_t run_ = 0;              // being removed; 0: none
    std::int64_t events_at_once_ = 0;   // as many as fit
    std::int64_t pages_at_once_ = 0;    // likewise
    std::set<std::int64_t> let_go_of_;  // texts that lost a job in this slice
    SteadyTime slice_ends_{};
};

}  // namespace runbookd::store
