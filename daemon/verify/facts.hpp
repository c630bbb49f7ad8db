#pragma once
// What the record holds about one runbook's instants, as far as `verify` asks. Plain values, filled by the
// store.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "engine/states.hpp"
#include "runbook/model.hpp"

namespace runbookd::verify {

/// A text that was in force, as it is recorded.
struct RevisionText {
    std::int64_t revision = 1;
    UtcTime from{};                ///< it took effect: its instants come strictly after
    std::optional<UtcTime> until;  ///< the last instant that is its own; none: in force
    std::string yaml;
    std::string resolved;
};

/// A text read again. It is in force for the instants in (from, until].
struct Revision {
    std::int64_t revision = 1;
    UtcTime from{};
    std::optional<UtcTime> until;
    std::shared_ptr<const runbook::Runbook> book;  ///< null: it cannot be read any more
    std::string trouble;                           ///< why not
};

/// A run as a verdict's witness.
struct RunFacts {
    std::string run_uid;
    std::optional<UtcTime> nominal;
    std::optional<UtcTime> starts_at;  ///< nominal + jitter; none: recorded before that was kept
    std::optional<UtcTime> started_at;
};

/// One row of verdicts that holds (not voided).
struct Occurrence {
    std::int64_t revision = 1;
    std::string zone;
    UtcTime nominal{};  ///< first
    UtcTime until{};    ///< last
    std::int64_t count = 1;
    engine::Verdict verdict = engine::Verdict::on_time;
    std::string reason;
    std::optional<RunFacts> run;
    std::string customer{};  ///< of its lane; empty: none
};

/// A run of a schedule that has no verdict.
struct OpenRun {
    std::string run_uid;
    std::int64_t revision = 1;
    std::string zone;
    UtcTime nominal{};
    UtcTime window_end{};
    bool has_started = false;
    bool has_finished = false;
    std::string customer{};  ///< of its lane; empty: none
};

/// Nothing of the runbook was created in [from, until).
struct Pause {
    UtcTime from{}, until{};
};

/// One runbook, the instants in (from, until]: each list in order of its times.
struct Slice {
    UtcTime from{}, until{};
    std::vector<Occurrence> occurrences;  ///< also those that begin before or end after
    std::vector<OpenRun> open_runs;
    std::vector<Pause> pauses;  ///< of the runbook and of all; may overlap each other
    /// The last instant of the runbook, of all time, that has a verdict.
    std::optional<UtcTime> judged_until;
};

}  // namespace runbookd::verify
