// Opening, closing, locking, migrating, and what a start finds.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/ulid.hpp"
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

mode_t mode_of(const std::string& path) {
    struct stat found{};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

std::string refusal(const std::string& database) {
    boost::asio::io_context loop;
    const auto opened = store::SqliteStore::open(database, loop.get_executor());
    return opened ? "opened" : opened.error().message;
}

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST_CASE("folder, database and WAL are made for the owner and the group", "[store]") {
    TempFolder folder;
    const auto database = folder.file("deep/down/audit.db").string();
    const auto umask_before = ::umask(0);
    {
        OpenStore open(database);
        open.commit({revision()});
        CHECK(mode_of(folder.file("deep")) == 0750);
        CHECK(mode_of(folder.file("deep/down")) == 0750);
        for (const auto* suffix : {"", "-wal", "-shm"}) CHECK(mode_of(database + suffix) == 0640);
    }
    ::umask(umask_before);
    CHECK(std::filesystem::exists(database + "-wal"));
    CHECK(std::filesystem::exists(database + "-shm"));
}

TEST_CASE("a second daemon is kept out and told who is in", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    std::filesystem::create_directory_symlink(folder.file("."), folder.file("alias"));
    {
        OpenStore open(database);
        const auto expected = "in use by another runbookd (pid " + std::to_string(::getpid()) + ")";
        CHECK(contains(refusal(database), expected));
        CHECK(contains(refusal(folder.file("alias/audit.db")), expected));
    }
    CHECK(refusal(database) == "opened");
}

TEST_CASE("a database that is not this program's is refused and left alone", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    SECTION("made by a newer version") {
        OpenStore(database).close();
        SQLite::Database(database, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
        const auto before = content(database);
        CHECK(contains(refusal(database), "was made by a newer runbookd"));
        CHECK(content(database) == before);
    }
    SECTION("another program's") {
        SQLite::Database(database, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE theirs (x)");
        const auto before = content(database);
        CHECK(contains(refusal(database), "another program"));
        CHECK(content(database) == before);
    }
    SECTION("no database at all") {
        std::ofstream(database) << std::string(5000, 'x');
        CHECK(contains(refusal(database), "not an SQLite database"));
    }
    SECTION("a folder") {
        std::filesystem::create_directory(database);
        CHECK(contains(refusal(database), "cannot open"));
    }
    SECTION("a folder in the way") {
        std::ofstream(folder.file("file")) << "x";
        CHECK(contains(refusal(folder.file("file/audit.db")), "cannot"));
    }
}

TEST_CASE("migrations are recorded, and the pages that retention frees can be given back", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    CHECK(one(database, "PRAGMA auto_vacuum") == "2");
    CHECK(one(database, "PRAGMA journal_mode") == "wal");
    CHECK(one(database,
              "SELECT (SELECT max(version) FROM schema_migrations) = user_version "
              "FROM pragma_user_version") == "1");
    CHECK(rows(database, "SELECT name FROM schema_migrations ORDER BY version") ==
          std::vector<std::string>{
              "0001_initial",         "0002_views",     "0003_time",     "0004_fleet",        "0005_guard",
              "0006_coverage",        "0007_customers", "0008_settling", "0009_request_keys", "0010_accounts",
              "0011_pause_scopes",    "0012_proof",     "0013_outputs",  "0014_rollouts",     "0015_notices",
              "0016_triggers",        "0017_collected", "0018_steps",    "0019_approvals",    "0020_smaller",
              "0021_jobs_of_a_device"});
}

TEST_CASE("the schema is the reviewed one", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    std::string schema =
        "-- The schema after all migrations. RUNBOOKD_UPDATE_GOLDEN=1 ./dev test rewrites it.\n";
    for (const auto& sql : rows(database,
                                "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL "
                                "AND name NOT LIKE 'sqlite_%' ORDER BY type, name")) {
        schema += "\n" + sql + "\n";
    }
    if (std::getenv("RUNBOOKD_UPDATE_GOLDEN") != nullptr) std::ofstream("db/schema.sql") << schema;
    CHECK(schema == content("db/schema.sql"));
}

TEST_CASE("a start finds what was open, and nothing else", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    auto plan = planned();
    plan.scope.devices = {"ACME-1"};
    plan.scope.variables = {{"days", "7"}};
    plan.trigger = engine::Trigger::schedule;
    plan.nominal = at(-500);
    auto queued = changed(JobStatus::queued);
    queued.datto_job = DattoJobUid("datto-1");
    queued.queued_at = at(25);
    auto newer = revision("clean", 2);
    newer.at = at(60'000);
    auto other = planned("02RUN");
    other.runbook = "quickjob";
    other.revision.reset();
    {
        OpenStore open(database);
        CHECK(open.store().load(at(100'000))->runbooks.empty());
        CHECK_FALSE(open.store().load(at(100'000))->newest);
        open.commit({revision(), revision("other"), plan, started(4), created(), queued});
        open.commit({created("02JOB", "d2"), changed(JobStatus::timeout, "02JOB"),
                     decided(Disposition::timeout, "d2")});
        open.commit({created("03JOB", "d3"), changed(JobStatus::completed, "03JOB"),
                     decided(Disposition::succeeded, "d3")});
        open.commit({newer, engine::RevisionRetired{"other", "ana", at(70'000)}, other});
        // A finished run whose expired job Datto still holds.
        open.commit({planned("03RUN"), started(1, "03RUN"), created("04JOB", "d1", "03RUN"),
                     changed(JobStatus::queued, "04JOB"), decided(Disposition::expired, "d1", "03RUN"),
                     finished("03RUN")});
    }
    OpenStore open(database);
    const auto loaded = open.store().load(at(100'000));
    REQUIRE(loaded);
    const auto& state = *loaded;

    REQUIRE(state.runbooks.size() == 2);
    CHECK(state.runbooks[0].runbook == "clean");
    CHECK(state.runbooks[0].revision == 2);
    CHECK(state.runbooks[0].yaml == newer.yaml);
    CHECK(state.runbooks[0].resolved == newer.resolved);
    CHECK(state.runbooks[0].effective_from == at(60'000));
    CHECK(state.runbooks[0].judged_until == at(-500));
    CHECK_FALSE(state.runbooks[0].retired);
    CHECK(state.runbooks[1].retired);
    CHECK_FALSE(state.runbooks[1].judged_until);
    CHECK(state.older_revisions.at("clean").at(1).yaml == revision().yaml);
    CHECK(state.older_revisions.at("clean").at(1).resolved == revision().resolved);

    REQUIRE(state.runs.size() == 2);
    const auto& run = state.runs[0];
    CHECK(run.planned.run == plan.run);
    CHECK(run.planned.runbook == plan.runbook);
    CHECK(run.planned.revision == plan.revision);
    CHECK(run.planned.account == plan.account);
    CHECK(run.planned.zone == plan.zone);
    CHECK(run.planned.trigger == plan.trigger);
    CHECK(run.planned.actor == plan.actor);
    CHECK(run.planned.note == plan.note);
    CHECK(run.planned.nominal == plan.nominal);
    CHECK(run.planned.window_end == plan.window_end);
    CHECK(run.planned.scope == plan.scope);
    CHECK(run.planned.at == plan.at);
    CHECK(run.started_at == at(10));
    REQUIRE(run.targets.size() == 4);
    CHECK(run.targets[0].row.hostname == "ACME-1");
    CHECK(run.targets[0].disposition == Disposition::pending);
    CHECK(run.targets[1].disposition == Disposition::timeout);
    CHECK(run.targets[2].disposition == Disposition::succeeded);
    CHECK(state.runs[1].planned.run.str() == "02RUN");
    CHECK_FALSE(state.runs[1].planned.revision);
    CHECK_FALSE(state.runs[1].started_at);

    REQUIRE(state.jobs.size() == 3);
    CHECK(state.jobs[0].job.str() == "01JOB");
    CHECK(state.jobs[0].status == JobStatus::queued);
    CHECK(state.jobs[0].datto_job == DattoJobUid("datto-1"));
    CHECK(state.jobs[0].variables == std::map<std::string, std::string>{{"days", "30"}});
    CHECK(state.jobs[0].queued_at == at(25));
    CHECK_FALSE(state.jobs[0].abandoned_at);
    CHECK(state.jobs[1].job.str() == "02JOB");
    CHECK(state.jobs[1].abandoned_at == at(40));
    CHECK(state.jobs[2].job.str() == "04JOB");
    CHECK(state.jobs[2].runbook == "clean");
    CHECK(state.jobs[2].abandoned_at == at(40));
    CHECK(state.newest == at(70'000));
}

TEST_CASE("a job that was given up is followed for 30 days, or until it ends upstream", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    engine::JobLate late;
    late.job = JobUid("01JOB");
    late.late_status = "completed";
    late.at = at(5000);
    open.commit({revision(), planned(), started(2), created(), created("02JOB", "d2"),
                 changed(JobStatus::timeout), changed(JobStatus::timeout, "02JOB"),
                 decided(Disposition::timeout), decided(Disposition::timeout, "d2"), finished(), late});
    REQUIRE(open.store().load(at(100'000))->jobs.size() == 1);
    CHECK(open.store().load(at(100'000))->jobs[0].job.str() == "02JOB");
    open.commit({engine::Noted{"daemon", "", "daemon.started", "", {}, at(31LL * 24 * 3'600'000)}});
    CHECK(open.store().load(at(100'000))->jobs.empty());
}

TEST_CASE("jobs that were given up without an answer are searched for, those that turned up are followed",
          "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    const auto given_up = [](const std::string& job) {
        auto change = changed(JobStatus::failed, job);
        change.reason = "unknown_dispatch";
        return change;
    };
    engine::JobLate late;
    late.job = JobUid("03JOB");
    late.late_status = "completed";
    late.at = at(3000);
    auto again = created("05JOB", "d4");
    again.attempt = 2;
    open.commit({revision(), planned(), started(4), created(), created("02JOB", "d2"), created("03JOB", "d3"),
                 created("04JOB", "d4"), given_up("01JOB"), given_up("02JOB"), given_up("03JOB"),
                 given_up("04JOB"), again, decided(Disposition::unknown), decided(Disposition::unknown, "d2"),
                 decided(Disposition::unknown, "d3"),
                 engine::JobFound{JobUid("02JOB"), DattoJobUid("datto-2"), at(2000)},
                 engine::JobFound{JobUid("03JOB"), DattoJobUid("datto-3"), at(2000)}, late});
    const auto state = open.store().load(at(100'000));
    REQUIRE(state);
    REQUIRE(state->lost.size() == 2);
    CHECK(state->lost[0].job.str() == "01JOB");
    CHECK(state->lost[0].runbook == "clean");
    CHECK(state->lost[0].device.str() == "d1");
    CHECK(state->lost[0].is_target_unknown);
    CHECK(state->lost[1].job.str() == "04JOB");
    CHECK_FALSE(state->lost[1].is_target_unknown);  // it was given another
    REQUIRE(state->jobs.size() == 2);
    CHECK(state->jobs[0].job.str() == "05JOB");
    CHECK(state->jobs[1].job.str() == "02JOB");
    CHECK(state->jobs[1].datto_job == DattoJobUid("datto-2"));
    CHECK(state->jobs[1].abandoned_at == at(2000));
    CHECK(state->jobs[1].is_target_unknown);
    // Two days later nobody searches, and what turned up is followed on.
    open.commit({engine::Noted{"daemon", "", "daemon.started", "", {}, at(49LL * 3'600'000)}});
    const auto later = open.store().load(at(49LL * 3'600'000));
    CHECK(later->lost.empty());
    CHECK(later->jobs.size() == 2);
    open.commit({engine::Noted{"daemon", "", "daemon.started", "", {}, at(31LL * 24 * 3'600'000)}});
    CHECK(open.store().load(at(31LL * 24 * 3'600'000))->jobs.size() == 1);
}

TEST_CASE("a start tells how many jobs were made in the last minute", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db").string());
    open.commit({revision(), planned(), started(3)});
    CHECK(open.store().load(at())->recent_creates == 0);
    open.commit({created(ulid_of(at(0), "a"), "d1"), created(ulid_of(at(30'000), "b"), "d2"),
                 created(ulid_of(at(59'999), "c"), "d3")});
    CHECK(open.store().load(at(60'000))->recent_creates == 3);
    CHECK(open.store().load(at(60'001))->recent_creates == 2);
    CHECK(open.store().load(at(200'000))->recent_creates == 0);
}

TEST_CASE("what was acknowledged survives a kill", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision(), planned(), started(3), created()});
    // What a killed process leaves: database and WAL as they are on disk, without the shared memory.
    std::filesystem::create_directory(folder.file("after"));
    for (const auto* suffix : {"", "-wal"}) {
        std::filesystem::copy_file(database + suffix, folder.file("after/audit.db").string() + suffix);
    }
    OpenStore again(folder.file("after/audit.db"));
    const auto state = again.store().load(at(100'000));
    REQUIRE(state);
    CHECK(state->runs.at(0).targets.size() == 3);
    CHECK(state->jobs.at(0).status == JobStatus::created);
    again.commit({changed(JobStatus::queued)});
    CHECK(one(folder.file("after/audit.db"), "SELECT count(*), max(seq) FROM event_trail") == "5|5");
}

TEST_CASE("the sqlite3 shell reads the views while the store is open and after it was closed", "[store]") {
    if (std::system("command -v sqlite3 >/dev/null") != 0) return;
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    const auto shell =
        "test \"$(sqlite3 -readonly " + database + " 'SELECT run_uid FROM run_history')\" = 01RUN";
    OpenStore open(database);
    open.commit({revision(), planned()});
    CHECK(std::system(shell.c_str()) == 0);
    open.close();
    CHECK(std::system(shell.c_str()) == 0);
}

}  // namespace
}  // namespace runbookd::store_test
