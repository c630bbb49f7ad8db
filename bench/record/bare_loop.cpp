#include "bare_loop.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>

#include "harness.hpp"
#include "history.hpp"
#include "store/connection.hpp"
#include "store/record_writer.hpp"

namespace runbookd::bench {
namespace {

using Steady = std::chrono::steady_clock;

// Where a commit takes long, fewer of them say as much.
constexpr std::chrono::seconds kLongest{2};

/// Calls `write(from, until)` for each group of the `count` jobs until they are all written, or time is up;
/// jobs a second.
template <class Write>
Pace pace_of(std::size_t count, std::int64_t at_once, const Write& write) {
    const auto begin = Steady::now();
    const auto cpu_begin = thread_nanoseconds();
    std::size_t written = 0;
    while (written < count && Steady::now() - begin < kLongest) {
        const auto until = std::min(count, written + static_cast<std::size_t>(at_once));
        write(written, until);
        written = until;
    }
    const auto lifecycles = static_cast<double>(written);
    return {lifecycles / std::chrono::duration<double>(Steady::now() - begin).count(),
            (thread_nanoseconds() - cpu_begin) / 1000 / lifecycles};
}

/// The runs that the lifecycles belong to, begun.
void begin_runs(store::Connection& connection, std::int64_t first, std::int64_t count) {
    store::RecordWriter records(connection);
    SQLite::Transaction transaction(connection.database(), SQLite::TransactionBehavior::IMMEDIATE);
    for (auto run = first; run < first + count; run += kTargets) {
        records.write(plan_of(uid_of('R', run), run));
        records.write(start_of(uid_of('R', run), run));
    }
    transaction.commit();
}

void drop_triggers(SQLite::Database& database) {
    std::vector<std::string> names;
    {
        SQLite::Statement found(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
        while (found.executeStep()) names.push_back(found.getColumn(0).getString());
    }
    for (const auto& name : names) database.exec("DROP TRIGGER " + name);
}

/// What one job's rows hold, made before the clock runs.
struct Ready {
    std::string job, device, target, datto, output, hash;
    std::int64_t run = 0;
    std::int64_t at = 0;
};

const std::string kVariables = R"({"days":"30"})";
const std::string kHash(64, 'a');
const std::string kCreated =
    R"({"component_name":"Clear Temp Files","component_uid":"c1c1c1c1-c1c1-c1c1-c1c1-c1c1c1c1c1c1",)"
    R"("device_uid":"d4e5f6a7-b8c9-0d1e-2f3a-000000000000","run_uid":"01K0000000000000000000000R",)"
    R"("variables":{"days":"30"}})";
const std::string kQueued = R"({"datto_job_uid":"f0f0f0f0-f0f0-f0f0-f0f0-000000000000"})";
const std::string kDone =
    R"({"datto_status":"Success","ran_at":"2026-01-01T00:00:20.000Z","stderr_sha256":"",)"
    R"("stdout_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})";
const std::string kDecided =
    R"({"disposition":"succeeded","job_uid":"01K0000000000000000000000J",)"
    R"("stderr_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
    R"("stdout_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})";

/// Statements prepared once; nothing is looked up that need not be.
class BareLoop {
public:
    explicit BareLoop(SQLite::Database& database)
        : event_(database, "INSERT INTO events VALUES (?, ?, ?, ?, ?, NULL, ?, ?)"),
          intent_(database,
                  "INSERT INTO jobs (job_uid, run, device_uid, step, attempt, component_uid, component_name, "
                  "variables, "
                  "created_at) VALUES (?, ?, ?, 1, 1, 'c1c1c1c1-c1c1-c1c1-c1c1-c1c1c1c1c1c1', 'Clear Temp "
                  "Files', ?, ?)"),
          queued_(database,
                  "UPDATE jobs SET status = 'queued', queued_at = ?, datto_job_uid = ? WHERE job_uid = ?"),
          output_(database,
                  "INSERT INTO outputs (sha256, bytes, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
          done_(
              database,
              "UPDATE jobs SET status = 'completed', datto_status = 'Success', started_at = ?1, ran_at = ?1, "
              "completed_at = ?2, stdout = (SELECT id FROM outputs WHERE sha256 = ?3), stderr = 1, "
              "stdout_truncated = 0, "
              "stderr_truncated = 0 WHERE job_uid = ?4"),
          decided_(database,
                   "UPDATE targets SET disposition = 'succeeded', decided_at = ?1 WHERE run = ?2 AND "
                   "device_uid = ?3"),
          books_(database, "UPDATE runs SET pending = pending - 1, succeeded = succeeded + 1 WHERE id = ?"),
          covered_(
              database,
              "UPDATE coverage SET last_run = ?1, last_decided_at = ?2, last_success_at = ?2 WHERE runbook = "
              "(SELECT runbook FROM runs WHERE id = ?1) AND device_uid = ?3"),
          seq_(database.execAndGet("SELECT max(seq) FROM events").getInt64()) {}

    void intend(const Ready& job) {
        run(intent_, job.job, job.run, job.device, kVariables, job.at);
        event("job", job.job, "job.created", kCreated, job.at);
    }
    void queue(const Ready& job) {
        run(queued_, job.at, job.datto, job.job);
        event("job", job.job, "job.queued", kQueued, job.at);
    }
    void end(const Ready& job) {
        run(output_, job.hash, static_cast<std::int64_t>(job.output.size()), job.output);
        run(done_, job.at, job.at, job.hash, job.job);
        event("job", job.job, "job.completed", kDone, job.at);
        run(decided_, job.at, job.run, job.device);
        run(books_, job.run);
        run(covered_, job.run, job.at, job.device);
        event("target", job.target, "target.decided", kDecided, job.at);
    }

private:
    static void bind(SQLite::Statement& statement, int at, const std::string& text) {
        // 32 bytes: a hash, which is a BLOB.
        if (text.size() == 32)
            statement.bind(at, text.data(), static_cast<int>(text.size()));
        else
            statement.bindNoCopy(at, text);
    }
    static void bind(SQLite::Statement& statement, int at, std::int64_t number) {
        statement.bind(at, number);
    }
    template <class... Values>
    static void run(SQLite::Statement& statement, const Values&... values) {
        int at = 0;
        (bind(statement, ++at, values), ...);
        statement.exec();
        statement.reset();
    }
    void event(const std::string& subject, const std::string& uid, const std::string& kind,
               const std::string& data, std::int64_t at) {
        run(event_, ++seq_, at, subject, uid, kind, data, kHash);
    }

    SQLite::Statement event_, intent_, queued_, output_, done_, decided_, books_, covered_;
    std::int64_t seq_;
};

std::vector<Ready> made_ready(SQLite::Database& database, std::int64_t first, std::int64_t count) {
    std::vector<Ready> jobs;
    SQLite::Statement run(database, "SELECT id FROM runs WHERE run_uid = ?");
    for (auto number = first; number < first + count; ++number) {
        auto& job = jobs.emplace_back();
        job.job = uid_of('J', number);
        job.device = device_of(number % kDevices);
        job.target = uid_of('R', number - number % kTargets) + "/" + job.device;
        job.datto = "f0f0f0f0-f0f0-f0f0-f0f0-" + job.device.substr(24);
        job.output = output_of(number);
        const auto hash = sha256(job.output);
        job.hash.assign(hash.begin(), hash.end());
        job.at = to_unix_ms(time_of(number));
        run.reset();
        run.bind(1, uid_of('R', number - number % kTargets));
        run.executeStep();
        job.run = run.getColumn(0).getInt64();
    }
    return jobs;
}

}  // namespace

Pace bare_lifecycles(const std::string& path, std::int64_t first, std::int64_t count, std::int64_t at_once) {
    store::Connection connection(path, store::Access::read_write);
    auto& database = connection.database();
    begin_runs(connection, first, count);
    drop_triggers(database);
    const auto jobs = made_ready(database, first, count);
    BareLoop loop(database);
    return pace_of(jobs.size(), at_once, [&](std::size_t from, std::size_t until) {
        for (const auto step : {&BareLoop::intend, &BareLoop::queue, &BareLoop::end}) {
            SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
            for (auto job = from; job < until; ++job) (loop.*step)(jobs[job]);
            transaction.commit();
        }
    });
}

Pace our_lifecycles(const std::string& path, std::int64_t first, std::int64_t count, std::int64_t at_once) {
    store::Connection connection(path, store::Access::read_write);
    begin_runs(connection, first, count);
    store::RecordWriter records(connection);
    std::vector<std::vector<engine::Batch>> jobs;
    for (auto job = first; job < first + count; ++job)
        jobs.push_back(lifecycle(uid_of('R', job - job % kTargets), job));
    return pace_of(jobs.size(), at_once, [&](std::size_t from, std::size_t until) {
        for (std::size_t step = 0; step < 3; ++step) {
            SQLite::Transaction transaction(connection.database(), SQLite::TransactionBehavior::IMMEDIATE);
            for (auto job = from; job < until; ++job)
                for (const auto& record : jobs[job][step]) records.write(record);
            transaction.commit();
        }
    });
}

}  // namespace runbookd::bench
