#pragma once
// Answers questions about what happened, over a read-only connection of its own. Used by one thread, but for
// stop().
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "ports/history.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

class HistoryReader {
public:
    /// Prepares every `history_*` query with all its filters, so that a wrong one fails at start.
    explicit HistoryReader(const std::string& path);

    /// As ports::History says, blocking. A statement that takes longer than 5 s is ended: unavailable.
    [[nodiscard]] Result<ports::Rows> query(const ports::Query& query);
    [[nodiscard]] Result<std::optional<std::string>> output(const std::string& job, bool of_stderr);
    [[nodiscard]] Result<ports::Rows> job_by_uid(const std::string& uid);
    [[nodiscard]] Result<ports::Rows> revision(const std::string& runbook,
                                               std::optional<std::int64_t> number);
    [[nodiscard]] Result<ports::Rows> coverage(const ports::CoverageQuery& query);
    [[nodiscard]] Result<ports::WhyFacts> why(const ports::WhyQuery& query);
    [[nodiscard]] Result<ports::RunLeftovers> leftovers(const std::string& run);
    [[nodiscard]] Result<ports::SettledJob> settling(const std::string& job);
    [[nodiscard]] Result<ports::Rows> keyed_job(const std::string& actor, const std::string& key);
    [[nodiscard]] Result<ports::Rows> keyed_jobs(const ports::KeyedQuery& query);
    [[nodiscard]] Result<ports::Rows> output_groups(const std::string& run, std::int64_t limit);
    [[nodiscard]] Result<ports::Rows> output_devices(const std::string& run, std::int64_t group,
                                                     std::int64_t limit);
    [[nodiscard]] Result<ports::Rows> collected(const ports::CollectedQuery& query);

    /// Any thread: ends what is being read, and lets nothing new begin.
    void stop() { stopped_ = true; }

private:
    using Filters = std::vector<std::pair<std::string, std::string>>;   // parameter and value
    using Numbers = std::vector<std::pair<std::string, std::int64_t>>;  // likewise
    [[nodiscard]] Prepared& statement_for(const std::string& sql);
    [[nodiscard]] Result<ports::Rows> rows_of(Prepared& statement, const Filters& filters,
                                              std::optional<std::int64_t> limit, const Numbers& numbers = {});
    /// The one device that is meant, where no other has jobs: those of one come in their order from an index.
    [[nodiscard]] Result<std::optional<std::string>> only_device(const std::string& device);
    /// The run that has this uid, or the only one whose uid begins with it. Errors: not_found, conflict.
    [[nodiscard]] Result<std::string> run_of(const std::string& run);
    static int is_over(void* reader);

    Connection connection_;
    std::map<std::string, Prepared> filtered_;  // by their text
    SteadyTime deadline_{};
    std::atomic<bool> stopped_ = false;
};

}  // namespace runbookd::store
