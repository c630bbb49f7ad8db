#pragma once
// What the record holds at the end of a life, in the words of the views: the same of every kind of store.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/simulated_store.hpp"

namespace runbookd::simulation {

struct RecordedTarget {
    engine::Disposition disposition = engine::Disposition::pending;
    std::string reason;
    std::optional<UtcTime> decided_at;
};
struct RecordedRun {
    engine::RunStatus status = engine::RunStatus::planned;
    std::optional<UtcTime> started_at;
    std::map<DeviceUid, RecordedTarget> targets;
};
struct RecordedJob {
    RunUid run;
    DeviceUid device;
    std::int64_t step = 1, attempt = 1;
    engine::JobStatus status = engine::JobStatus::created;
    std::string reason, late_status;
    std::optional<std::string> out;
    std::vector<std::string> rows{};  ///< collected
};

struct Recorded {
    std::map<RunUid, RecordedRun> runs;
    std::map<JobUid, RecordedJob> jobs;
    std::vector<engine::OccurrenceDecided> verdicts;
    /// What the record says of itself that cannot be: broken chain, rows against events, counts that do not
    /// add up, a secret in the file.
    std::vector<std::string> troubles;
};

[[nodiscard]] Recorded read_record(const fakes::SimulatedStore& store);

}  // namespace runbookd::simulation
