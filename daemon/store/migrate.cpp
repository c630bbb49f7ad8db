#include "store/migrate.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <filesystem>

#include "store/sql.hpp"

namespace runbookd::store {
namespace {

// "rbkd": marks the file as runbookd's (file(1) and check_origin read it).
constexpr std::int64_t kApplicationId = 0x72626b64;

std::int64_t pragma(SQLite::Database& database, const char* name) {
    return database.execAndGet(std::string("PRAGMA ") + name).getInt64();
}

}  // namespace

Result<void> check_origin(const std::string& path) {
    try {
        SQLite::Database database(path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, 1000);
        const auto known = static_cast<std::int64_t>(migrations().size());
        const auto version = pragma(database, "user_version");
        const auto objects = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64();
        const auto owner = pragma(database, "application_id");
        if (owner != kApplicationId && (objects > 0 || owner != 0)) {
            return fail(ErrorCode::conflict,
                        path + " is a database of another program; choose another file for `store:`");
        }
        if (version > known) {
            return fail(ErrorCode::conflict,
                        path + " was made by a newer runbookd (its schema is version " +
                            std::to_string(version) + ", this program knows " + std::to_string(known) +
                            "): install that version again, or restore the backup made before it");
        }
        return {};
    } catch (const SQLite::Exception& error) {
        if (error.getErrorCode() == SQLITE_NOTADB) {
            return fail(ErrorCode::invalid_input,
                        path + " is not an SQLite database; choose another file for `store:`");
        }
        return fail(ErrorCode::unavailable, "cannot read " + path + ": " + error.what());
    }
}

void back_up_before_migrating(Connection& connection) {
    auto& database = connection.database();
    const auto version = static_cast<std::size_t>(pragma(database, "user_version"));
    if (version == 0 || version >= migrations().size()) return;
    constexpr std::size_t kDigits = 4;  // of a migration's name
    const std::string path = database.getFilename();
    const auto copy = path + ".before-" + std::string(migrations()[version].name.substr(0, kDigits));
    if (std::filesystem::exists(copy)) return;
    const auto part = copy + ".part";
    std::filesystem::remove(part);
    {
        SQLite::Database target(part, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        SQLite::Backup backup(target, database);
        backup.executeStep(-1);
    }
    std::filesystem::permissions(part, std::filesystem::status(path).permissions());
    std::filesystem::rename(part, copy);
}

void migrate(Connection& connection, UtcTime now) { migrate(connection, now, migrations().size()); }

void migrate(Connection& connection, UtcTime now, std::size_t last) {
    auto& database = connection.database();
    const auto all = migrations().first(last);
    for (auto version = static_cast<std::size_t>(pragma(database, "user_version")); version < all.size();
         ++version) {
        const auto& migration = all[version];
        const auto number = static_cast<std::int64_t>(version) + 1;
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec(std::string(migration.text));
        SQLite::Statement mark(database, "INSERT INTO schema_migrations VALUES (?, ?, ?)");
        mark.bind(1, number);
        mark.bind(2, std::string(migration.name));
        mark.bind(3, to_unix_ms(now));
        mark.exec();
        database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
        database.exec("PRAGMA user_version = " + std::to_string(number));
        transaction.commit();
    }
}

}  // namespace runbookd::store
