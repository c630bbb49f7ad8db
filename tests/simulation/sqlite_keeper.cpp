#include "simulation/sqlite_keeper.hpp"

#include <SQLiteCpp/Transaction.h>

#include <fstream>
#include <stdexcept>

#include "audit/verify.hpp"
#include "store/migrate.hpp"
#include "store/recovery.hpp"

namespace runbookd::simulation {
namespace {

using store::Access;
using store::Connection;

constexpr int kMostWritesOfABatch = 24;
constexpr std::uint64_t kBatchesBeforeCheckpoint = 150;

UtcTime time_of(SQLite::Statement& row, int column) { return *parse_utc(row.getColumn(column).getString()); }

std::optional<UtcTime> optional_time(SQLite::Statement& row, int column) {
    if (row.isColumnNull(column)) return std::nullopt;
    return time_of(row, column);
}

std::string text(SQLite::Statement& row, int column) { return row.getColumn(column).getString(); }

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

struct SqliteKeeper::Writer {
    Connection connection;
    store::RecordWriter records{connection};

    explicit Writer(const std::string& path) : connection(path, Access::read_write) {}

    void commit(const engine::Batch& batch) {
        const auto before = records.chain_end();
        try {
            SQLite::Transaction transaction(connection.database(), SQLite::TransactionBehavior::IMMEDIATE);
            for (const auto& record : batch) records.write(record);
            transaction.commit();
        } catch (...) {
            records.rewind(before);
            throw;
        }
    }
    void checkpoint() { connection.database().exec("PRAGMA wal_checkpoint(PASSIVE)"); }
};

SqliteKeeper::SqliteKeeper() : path_((folder_.path() / "audit.db").string()) {
    std::ofstream(path_).close();
    Connection connection(path_, Access::read_write);
    store::migrate(connection, UtcTime{});
    open();
}

SqliteKeeper::~SqliteKeeper() = default;

void SqliteKeeper::open() { writer_ = std::make_unique<Writer>(path_); }

void SqliteKeeper::apply(const engine::Batch& batch) {
    writer_->commit(batch);
    if (++batches_ % kBatchesBeforeCheckpoint == 0) writer_->checkpoint();
}

void SqliteKeeper::die_writing(const engine::Batch& batch, std::uint64_t random) {
    disk_.cut_at(1 + static_cast<int>(random % kMostWritesOfABatch));
    try {
        writer_->commit(batch);
    } catch (const SQLite::Exception&) {
        if (!disk_.has_happened()) throw;
    }
    writer_.reset();
    disk_.restart(static_cast<store_test::Unsynced>(random % 3), random);
}

void SqliteKeeper::restart() {
    writer_.reset();
    open();
}

engine::RecoveredState SqliteKeeper::recover(UtcTime now) const {
    Connection connection(path_, Access::read_only);
    auto state = store::recover(connection, now);
    if (const auto mine = state.creates_of.find("main"); mine != state.creates_of.end())
        state.recent_creates = mine->second;
    return state;
}

std::vector<engine::LastSuccess> SqliteKeeper::successes(const std::string& runbook) const {
    Connection connection(path_, Access::read_only);
    return store::last_successes(connection, runbook);
}

std::vector<engine::LastTargets> SqliteKeeper::last_targets(const std::vector<std::string>& runbooks) const {
    if (runbooks.empty()) return {};
    Connection connection(path_, Access::read_only);
    return store::last_targets(connection, runbooks);
}

void SqliteKeeper::read_runs(Connection& connection, Recorded& record) const {
    SQLite::Statement row(
        connection.database(),
        "SELECT run_uid, status, started_at, targets, pending, pending + succeeded + warning + "
        "failed + timeout + expired + skipped + halted + cancelled + unknown FROM run_history");
    while (row.executeStep()) {
        auto& run = record.runs[RunUid{text(row, 0)}];
        run.status = engine::run_status_from(text(row, 1)).value();
        run.started_at = optional_time(row, 2);
        if (row.getColumn(3).getInt64() != row.getColumn(5).getInt64())
            record.troubles.push_back("the counts of run " + text(row, 0) + " do not sum to its targets");
        if (engine::is_terminal(run.status) && row.getColumn(4).getInt64() != 0)
            record.troubles.push_back("run " + text(row, 0) + " is finished and has pending targets");
    }
}

void SqliteKeeper::read_targets(Connection& connection, Recorded& record) const {
    SQLite::Statement row(
        connection.database(),
        "SELECT run_uid, device_uid, disposition, ifnull(reason, ''), decided_at FROM target_ledger");
    while (row.executeStep())
        record.runs[RunUid{text(row, 0)}].targets[DeviceUid{text(row, 1)}] = {
            engine::disposition_from(text(row, 2)).value(), text(row, 3), optional_time(row, 4)};
}

void SqliteKeeper::read_jobs(Connection& connection, Recorded& record) const {
    SQLite::Statement row(connection.database(),
                          "SELECT job_uid, run_uid, device_uid, (SELECT step FROM jobs j WHERE j.job_uid = "
                          "h.job_uid), attempt, status, ifnull(reason, ''), "
                          "ifnull(late_status, ''), stdout FROM job_history h");
    while (row.executeStep()) {
        auto& job = record.jobs[JobUid{text(row, 0)}];
        job.run = RunUid{text(row, 1)};
        job.device = DeviceUid{text(row, 2)};
        job.step = row.getColumn(3).getInt64();
        job.attempt = row.getColumn(4).getInt64();
        job.status = engine::job_status_from(text(row, 5)).value();
        job.reason = text(row, 6);
        job.late_status = text(row, 7);
        if (!row.isColumnNull(8)) job.out = text(row, 8);
    }
    SQLite::Statement rows(connection.database(),
                           "SELECT j.job_uid, c.data FROM collected c JOIN jobs j ON j.id = c.job "
                           "ORDER BY c.job, c.row_no");
    while (rows.executeStep()) record.jobs.at(JobUid{text(rows, 0)}).rows.push_back(text(rows, 1));
}

void SqliteKeeper::read_verdicts(Connection& connection, Recorded& record) const {
    SQLite::Statement row(
        connection.database(),
        "SELECT runbook, revision, ifnull(zone, ''), ifnull(customer, ''), nominal_at, "
        "nominal_until, count, verdict, ifnull(reason, ''), run_uid FROM occurrence_history");
    while (row.executeStep()) {
        auto& verdict = record.verdicts.emplace_back();
        verdict.runbook = text(row, 0);
        verdict.revision = row.getColumn(1).getInt64();
        verdict.zone = text(row, 2);
        verdict.customer = text(row, 3);
        verdict.nominal = time_of(row, 4);
        verdict.until = time_of(row, 5);
        verdict.count = row.getColumn(6).getInt64();
        verdict.verdict = engine::verdict_from(text(row, 7)).value();
        verdict.reason = text(row, 8);
        if (!row.isColumnNull(9)) verdict.run = RunUid{text(row, 9)};
    }
}

void SqliteKeeper::prove(Recorded& record, const secrets::Vault& vault) const {
    const auto report = audit::verify_record(path_);
    if (!report) {
        record.troubles.push_back("audit verify: " + report.error().message);
        return;
    }
    for (const auto& finding : report->findings)
        record.troubles.push_back("audit verify: " + finding.subject + ": " + finding.what);
    for (const auto* const ending : {"", "-wal"})
        if (vault.find_in(bytes_of(path_ + ending)))
            record.troubles.push_back(std::string("the value of a secret is in the file audit.db") + ending);
}

Recorded SqliteKeeper::read(const secrets::Vault& vault) {
    Recorded record;
    {
        Connection connection(path_, Access::read_only);
        read_runs(connection, record);
        read_targets(connection, record);
        read_jobs(connection, record);
        read_verdicts(connection, record);
    }
    prove(record, vault);
    return record;
}

}  // namespace runbookd::simulation
