#pragma once
// Turns the engine's records into rows and into lines of the audit trail. Knows nothing of threads or
// transactions: whoever calls holds one open.
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"
#include "engine/records.hpp"
#include "store/connection.hpp"
#include "store/event_chain.hpp"

namespace runbookd::store {

/// A record that contradicts the store (an unknown run, a job that has ended): a mistake in the program, not
/// on the disk.
class ContradictingRecord : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class RecordWriter {
public:
    /// `connection` outlives this; its `write_*` statements are prepared here. Nothing else may write events
    /// meanwhile.
    explicit RecordWriter(Connection& connection);

    /// Errors: ContradictingRecord; SQLite::Exception. The transaction must then be rolled back, and the
    /// chain with it.
    void write(const engine::Record& record);

    [[nodiscard]] const ChainEnd& chain_end() const { return chain_.end(); }
    /// After a rollback: the end as it was before the transaction.
    void rewind(const ChainEnd& end) {
        chain_.rewind(end);
        forget_runs();
    }
    /// After runs were removed: SQLite may give their numbers to others.
    void forget_runs() { run_ids_.clear(); }

private:
    void record(const engine::RevisionEffective& revision);
    void record(const engine::RevisionRetired& revision);
    void record(const engine::ZoneRulesSeen& seen);
    void record(const engine::PauseSet& pause);
    void record(const engine::PauseEnded& pause);
    void record(const engine::OccurrencesVoided& voided);
    void record(const engine::RunPlanned& run);
    void record(const engine::RunStarted& run);
    void record(const engine::WaveStarted& wave);
    void record(const engine::RunWaiting& run);
    void record(const engine::TargetMoved& target);
    void record(const engine::TargetRetried& target);
    void record(const engine::RunFinished& run);
    void record(const engine::TargetDecided& target);
    void record(const engine::JobCreated& job);
    void record(const engine::JobChanged& job);
    void record(const engine::JobLate& job);
    void record(const engine::OccurrenceDecided& occurrence);
    void record(const engine::FleetChanged& fleet);
    void record(const engine::SitesAssigned& sites);
    void record(const engine::Noted& note);
    void record(const engine::JobFound& job);
    void record(const engine::TargetRevised& target);
    void record(const engine::TargetStepped& target);
    void record(const engine::ApprovalRequested& request);
    void record(const engine::RunApproved& approved);
    void record(const engine::RunRejected& rejected);
    void record(const engine::ApprovalVoided& voided);
    /// What was said of an approval, in its row.
    void write_word(const ApprovalUid& approval, std::string_view state, const std::string& actor,
                    const std::string& note, UtcTime at);

    /// The row of a run that `kind` of record is about. Errors: ContradictingRecord.
    std::int64_t id_of(const RunUid& run, std::string_view kind);
    Execution use(std::string_view name) { return Execution(connection_.statement(name)); }
    void event(const EventLine& line) { chain_.append(line); }

    Connection& connection_;
    EventChain chain_;
    std::unordered_map<RunUid, std::int64_t> run_ids_;  // of those that were written about lately
};

}  // namespace runbookd::store
