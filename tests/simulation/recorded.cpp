#include "simulation/recorded.hpp"

namespace runbookd::simulation {

Recorded read_record(const fakes::SimulatedStore& store) {
    Recorded record;
    for (const auto& [uid, run] : store.runs()) {
        auto& read = record.runs[uid];
        read.status = run.status;
        read.started_at = run.started_at;
        for (const auto& target : run.targets) {
            auto& one = read.targets[target.row.device];
            one.disposition = target.disposition;
            if (const auto reason = run.reasons.find(target.row.device); reason != run.reasons.end())
                one.reason = reason->second;
            if (const auto at = run.decided_at.find(target.row.device); at != run.decided_at.end())
                one.decided_at = at->second;
        }
    }
    for (const auto& [uid, job] : store.jobs()) {
        const auto& created = job.created;
        record.jobs[uid] = {created.run, created.device,  created.step, created.attempt, job.status,
                            job.reason,  job.late_status, job.out,      job.rows};
    }
    record.verdicts = store.occurrences();
    return record;
}

}  // namespace runbookd::simulation
