// The power goes, or the disk refuses, at the nth write, n = 1, 2, 3 …: what is read afterwards is "before"
// or "after" each batch, and what was acknowledged is there.
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "catch.hpp"
#include "store/fixture.hpp"
#include "store/migrate.hpp"
#include "store/power_cut.hpp"
#include "store/pruner.hpp"
#include "store/record_writer.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;
using store::Access;
using store::Connection;

/// Never reached: a case that needs more writes than this does not end.
constexpr int kMostWrites = 5000;

void make_empty(const std::string& path) { std::ofstream(path).close(); }

/// A file of the newest schema, closed and without a WAL.
void make_template(const std::string& path) {
    make_empty(path);
    Connection connection(path, Access::read_write);
    store::migrate(connection, at());
    connection.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// A writer without a thread.
struct Writer {
    Connection connection;
    store::RecordWriter records{connection};
    store::Pruner pruner{connection, records};

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
    void checkpoint() {
        sqlite3_wal_checkpoint_v2(connection.database().getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                  nullptr, nullptr);
    }
    void prune() {
        ports::Horizons horizons;
        horizons.outputs = horizons.history = horizons.events = at(86'400'000);
        pruner.begin(horizons, at(90'000'000), "ana");
        try {
            while (pruner.is_active()) {
                const auto before = records.chain_end();
                try {
                    pruner.slice();
                } catch (...) {
                    records.rewind(before);
                    throw;
                }
            }
        } catch (...) {
            pruner.abandon();
            throw;
        }
    }
};

/// The life of two runs, in steps that each are one transaction, or a checkpoint.
std::vector<std::function<void(Writer&)>> life() {
    const auto batch = [](engine::Batch records) {
        return [records = std::move(records)](Writer& writer) { writer.commit(records); };
    };
    auto done = changed(JobStatus::completed);
    done.out = engine::OutputText{std::string(9000, 'x'), false};
    auto other = changed(JobStatus::failed, "02JOB");
    other.out = engine::OutputText{"no", false};
    auto plan = planned();
    plan.scope.devices = {"d1", "d2"};  // so that no guard compares with it, and it may go
    return {batch({revision(), plan}),
            batch({started(2), created()}),
            batch({done, decided(Disposition::succeeded)}),
            [](Writer& writer) { writer.checkpoint(); },
            batch({created("02JOB", "d2"), other}),
            batch({decided(Disposition::failed, "d2"), finished()}),
            [](Writer& writer) { writer.checkpoint(); },
            batch({planned("02RUN"), started(1, "02RUN"), created("03JOB", "d1", "02RUN")})};
}

/// One connection for all that a case asks: there are thousands of cases.
class Reader {
public:
    explicit Reader(const std::string& path) : database_(path, SQLite::OPEN_READONLY, 1000) {}
    std::string ask(const char* sql) {
        SQLite::Statement statement(database_, sql);
        std::string line;
        while (statement.executeStep())
            for (int i = 0; i < statement.getColumnCount(); ++i)
                line += statement.getColumn(i).getString() + "|";
        return line;
    }

private:
    SQLite::Database database_;
};

/// What a reader sees.
std::string content(Reader& reader) {
    std::string all;
    for (const auto* sql :
         {"SELECT max(seq), (SELECT hash FROM events ORDER BY seq DESC LIMIT 1) FROM events",
          "SELECT run_uid, status, targets, pending, succeeded, failed FROM run_history ORDER BY run_uid",
          "SELECT job_uid, status, stdout_sha256, outputs_pruned FROM job_history ORDER BY job_uid",
          "SELECT device_uid, disposition FROM target_ledger ORDER BY run_uid, device_uid",
          "SELECT count(*) FROM outputs"})
        all += reader.ask(sql) + "\n";
    return all;
}
std::string content(const std::string& path) {
    Reader reader(path);
    return content(reader);
}

void check_sound(const std::string& path) {
    Reader reader(path);
    CHECK(reader.ask("PRAGMA integrity_check") == "ok|");
    CHECK(reader.ask("PRAGMA foreign_key_check").empty());
    CHECK(reader.ask("SELECT count(*) FROM pruning") == "0|");
}

/// Counts agree with rows. Not so while retention is removing a run, which takes it more than one
/// transaction.
void check_books(const std::string& path) {
    Reader reader(path);
    CHECK(reader.ask("SELECT count(*) FROM runs r "
                     "WHERE r.targets <> (SELECT count(*) FROM targets t WHERE t.run = r.id) OR r.pending <> "
                     "(SELECT count(*) FROM targets t WHERE t.run = r.id AND t.disposition = 'pending')") ==
          "0|");
}

struct Bench {
    TempFolder folder;
    std::string clean = folder.file("template.db").string();
    std::string path = folder.file("audit.db").string();

    Bench() { make_template(clean); }
    void renew() {
        for (const auto* companion : {"", "-wal", "-shm"}) std::filesystem::remove(path + companion);
        std::filesystem::copy_file(clean, path);
    }
    /// After so many steps of a life that nothing disturbs.
    std::vector<std::string> all_contents() {
        std::vector<std::string> contents;
        renew();
        Writer writer(path);
        contents.push_back(content(path));
        for (const auto& step : life()) {
            step(writer);
            contents.push_back(content(path));
        }
        return contents;
    }
};

TEST_CASE("power that is cut at any write leaves before or after", "[store][.crash]") {
    const auto unsynced = GENERATE(Unsynced::lost, Unsynced::kept, Unsynced::shuffled);
    Bench bench;
    const auto contents = bench.all_contents();
    PowerCut disk;
    int cuts = 0;
    for (int nth = 1; nth < kMostWrites; ++nth) {
        bench.renew();
        std::size_t done = 0;
        {
            Writer writer(bench.path);
            disk.cut_at(nth);
            try {
                for (const auto& step : life()) {
                    step(writer);
                    if (!disk.has_happened()) ++done;
                }
            } catch (const SQLite::Exception&) {
                CHECK(disk.has_happened());
            }
        }
        const bool was_cut = disk.has_happened();
        disk.restart(unsynced, static_cast<std::uint64_t>(nth));
        CAPTURE(nth, done);
        {
            Connection opened(bench.path, Access::read_write);  // recovers
            const auto found = content(bench.path);
            const auto after = std::min(done + 1, contents.size() - 1);
            CHECK((found == contents[done] || found == contents[after]));
            check_sound(bench.path);
            check_books(bench.path);
        }
        if (!was_cut) break;
        ++cuts;
    }
    CHECK(cuts > 30);
    CHECK(cuts < kMostWrites - 1);
}

TEST_CASE("a disk that refuses one write loses nothing", "[store][.crash]") {
    const auto code = GENERATE(as<int>{}, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC);
    Bench bench;
    const auto contents = bench.all_contents();
    PowerCut disk;
    int refusals = 0;
    for (int nth = 1; nth < kMostWrites; ++nth) {
        bench.renew();
        Writer writer(bench.path);
        disk.refuse_at(nth, code);
        CAPTURE(nth);
        for (const auto& step : life()) {
            try {
                step(writer);
            } catch (const SQLite::Exception&) {
                step(writer);  // as the writer's thread does
            }
        }
        CHECK(content(bench.path) == contents.back());
        check_sound(bench.path);
        check_books(bench.path);
        if (!disk.has_happened()) break;
        ++refusals;
    }
    CHECK(refusals > 30);
}

TEST_CASE("removing that is cut at any write leaves whole slices, and the next round does the rest",
          "[store][.crash]") {
    const auto unsynced = GENERATE(Unsynced::lost, Unsynced::shuffled);
    Bench bench;
    bench.renew();
    {
        Writer writer(bench.path);
        auto steps = life();
        steps.pop_back();
        for (const auto& step : steps) step(writer);
        writer.connection.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    std::filesystem::copy_file(bench.path, bench.clean, std::filesystem::copy_options::overwrite_existing);
    PowerCut disk;
    int cuts = 0;
    for (int nth = 1; nth < kMostWrites; ++nth) {
        bench.renew();
        {
            Writer writer(bench.path);
            disk.cut_at(nth);
            try {
                writer.prune();
                writer.checkpoint();
            } catch (const SQLite::Exception&) {
                CHECK(disk.has_happened());
            }
        }
        const bool was_cut = disk.has_happened();
        disk.restart(unsynced, static_cast<std::uint64_t>(nth));
        CAPTURE(nth);
        {
            Writer writer(bench.path);
            check_sound(bench.path);
            // Whatever is gone of the trail has left its hash.
            CHECK(
                one(bench.path,
                    "SELECT min(seq) = ifnull((SELECT max(to_seq) FROM pruned_ranges), 0) + 1 FROM events") ==
                "1");
            writer.prune();
            check_sound(bench.path);
            check_books(bench.path);
            CHECK(one(bench.path, "SELECT count(*) FROM jobs") == "0");
            CHECK(one(bench.path, "SELECT count(*) FROM outputs") == "0");
            CHECK(one(bench.path, "SELECT count(*) >= 1 FROM events WHERE kind = 'record.pruning'") == "1");
        }
        if (!was_cut) break;
        ++cuts;
    }
    CHECK(cuts > 30);
}

}  // namespace
}  // namespace runbookd::store_test
