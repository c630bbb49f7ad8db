#include "audit/reading.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

#include "store/sql.hpp"

namespace runbookd::audit {
namespace {

Result<void> check_version(store::Connection& connection, const std::string& path) {
    auto& database = connection.database();
    const auto known = static_cast<std::int64_t>(store::migrations().size());
    const auto version = database.execAndGet("PRAGMA user_version").getInt64();
    if (database.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name = 'events'").getInt64() == 0)
        return fail(ErrorCode::invalid_input, path + " is no record of runbookd: it has no events");
    if (version != known)
        return fail(ErrorCode::conflict,
                    path + " has schema version " + std::to_string(version) + ", and this program reads " +
                        std::to_string(known) +
                        (version < known ? ": start this version's daemon on it (or on a copy) once"
                                         : ": use the runbookctl of the version that made it"));
    return {};
}

}  // namespace

Result<void> read_record(const std::string& database,
                         const std::function<Result<void>(store::Connection&)>& read) {
    std::error_code unknown;
    if (!std::filesystem::exists(database, unknown))
        return fail(ErrorCode::not_found, "there is no record at " + database +
                                              "; --store or the configuration's `store:` says where it is");
    if (::access(database.c_str(), R_OK) != 0)
        return fail(ErrorCode::permission,
                    "you may not read " + database + ": it is for members of the group runbookd-audit");
    try {
        store::Connection connection(database, store::Access::read_only);
        SQLite::Transaction snapshot(connection.database());
        if (auto ours = check_version(connection, database); !ours) return ours;
        return read(connection);
    } catch (const SQLite::Exception& error) {
        const bool is_none = error.getErrorCode() == SQLITE_NOTADB;
        return fail(is_none ? ErrorCode::invalid_input : ErrorCode::unavailable,
                    "cannot read " + database + ": " + error.what());
    }
}

}  // namespace runbookd::audit
