#pragma once
// What of the audit trail may have to be told, with the rows that it is about. Pure data.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::notices {

/// A row of one of the store's views: an object of its columns.
using Row = nlohmann::json;

/// So many targets of a run, or customers of it, have a notice of their own; the last says how many more
/// there are.
inline constexpr std::size_t kMostOfARun = 50;

/// A run, as far as notices speak of it.
struct RunFacts {
    Row run;                      ///< of run_history
    std::string previous_status;  ///< of the run before it of the same lane that is finished; empty: none is
    /// `customer` (null: of none) and the counts of run_history, by customer.
    std::vector<Row> customers;
    /// Of target_ledger: those that are failed, timeout, expired, halted or unknown, by hostname; of each
    /// disposition at least the first kMostOfARun.
    std::vector<Row> targets;
};

struct Event {
    enum class Kind : std::uint8_t { run_finished, run_waiting, occurrence_decided, approval_requested };
    std::int64_t seq = 0;  ///< in the trail
    UtcTime at{};
    Kind kind = Kind::run_finished;
    std::string runbook;
    /// Of a run's events. Of an approval that is asked for ahead of its run: what is known of that one, with
    /// the uid of what was asked as `approval_uid`.
    RunFacts run;
    Row occurrence;  ///< else: of occurrence_history
};

}  // namespace runbookd::notices
