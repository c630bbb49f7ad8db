#pragma once
// A made-up past, written through the daemon's own record writer: so many jobs in runs of 500 devices each.
#include <cstdint>
#include <string>

#include "engine/records.hpp"

namespace runbookd::bench {

inline constexpr std::int64_t kDevices = 10'000;
inline constexpr std::int64_t kTargets = 500;  ///< of a run
inline constexpr std::int64_t kRunbooks = 20;
inline constexpr std::int64_t kCustomers = 20;

/// The uid of the nth run or job, in the order of time as a ULID is.
[[nodiscard]] std::string uid_of(char kind, std::int64_t number);
[[nodiscard]] std::string device_of(std::int64_t number);
[[nodiscard]] std::string hostname_of(std::int64_t number);
/// Of the nth job: 500 bytes; every other one is like thousands.
[[nodiscard]] std::string output_of(std::int64_t job);
[[nodiscard]] UtcTime time_of(std::int64_t job);

/// The fleet and the texts of the runbooks.
[[nodiscard]] engine::Batch beginning();
/// The run whose first job is `first`, from its plan to its end.
[[nodiscard]] engine::Batch run_from(std::int64_t first);
/// One job of a run that has begun: intent, queued, ended with its output, decided; a record for each step
/// and more.
[[nodiscard]] std::vector<engine::Batch> lifecycle(const std::string& run, std::int64_t job);
[[nodiscard]] engine::RunPlanned plan_of(const std::string& run, std::int64_t first);
[[nodiscard]] engine::RunStarted start_of(const std::string& run, std::int64_t first);

/// Writes `jobs` of them into a new file, with nothing synced. Returns the seconds it took.
double write_history(const std::string& path, std::int64_t jobs);
/// A file that was written earlier, to the schema of today: what is measured is that one.
void migrate_history(const std::string& path);

}  // namespace runbookd::bench
