// The power goes at the nth write of a migration, from every earlier version: it is done or not done, and the
// next start does the rest.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "store/fixture.hpp"
#include "store/migrate.hpp"
#include "store/power_cut.hpp"
#include "store/sql.hpp"

namespace runbookd::store_test {
namespace {

using store::Access;
using store::Connection;

/// A way needs fewer writes than this.
constexpr int kMostWrites = 5000;

void remove_all_of(const std::string& path) {
    for (const auto* companion : {"", "-wal", "-shm"}) std::filesystem::remove(path + companion);
}

/// Of the first `version` migrations, closed and without a WAL.
void make_version(const std::string& path, std::size_t version) {
    remove_all_of(path);
    std::ofstream(path).close();
    Connection connection(path, Access::read_write);
    store::migrate(connection, at(), version);
    connection.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::string schema_of(const std::string& path) {
    std::string schema;
    for (const auto& line :
         rows(path, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"))
        schema += line + "\n";
    return schema;
}

TEST_CASE("a migration that is cut in the middle is done or not done", "[store][.crash]") {
    TempFolder folder;
    const auto from = folder.file("from.db").string();
    const auto path = folder.file("audit.db").string();
    const auto newest = store::migrations().size();
    make_version(from, newest);
    const auto schema = schema_of(from);
    PowerCut disk;
    for (std::size_t version = 0; version < newest; ++version) {
        make_version(from, version);
        int cuts = 0;
        // Every write of the newest migration; of longer ways some, others from each version.
        const int stride = version + 1 == newest ? 1 : 29;
        for (int nth = 1 + static_cast<int>(version) % stride; nth < kMostWrites; nth += stride) {
            remove_all_of(path);
            std::filesystem::copy_file(from, path);
            {
                Connection connection(path, Access::read_write);
                disk.cut_at(nth);
                try {
                    store::migrate(connection, at());
                } catch (const SQLite::Exception&) {
                    CHECK(disk.has_happened());
                }
            }
            const bool was_cut = disk.has_happened();
            disk.restart(nth % 2 == 0 ? Unsynced::lost : Unsynced::shuffled, static_cast<std::uint64_t>(nth));
            CAPTURE(version, nth);
            {
                Connection connection(path, Access::read_write);
                const auto found = one(path, "PRAGMA user_version");
                CHECK(static_cast<std::size_t>(std::stoul(found)) >= version);
                if (found != "0") CHECK(one(path, "SELECT max(version) FROM schema_migrations") == found);
                CHECK(one(path, "PRAGMA integrity_check") == "ok");
                store::migrate(connection, at());
            }
            CHECK(schema_of(path) == schema);
            if (!was_cut) break;
            ++cuts;
        }
        CHECK(cuts > 0);
    }
}

}  // namespace
}  // namespace runbookd::store_test
