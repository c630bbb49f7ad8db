#include "audit/backup.hpp"

#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "audit/files.hpp"
#include "audit/reading.hpp"

namespace runbookd::audit {
namespace {

/// Removes the unfinished copy, whatever happens.
class Partial {
public:
    explicit Partial(std::string path) : path_(std::move(path)) {}
    ~Partial() { ::unlink(path_.c_str()); }
    Partial(const Partial&) = delete;
    Partial& operator=(const Partial&) = delete;

private:
    std::string path_;
};

Result<void> copy(store::Connection& from, const std::string& path) {
    SQLite::Database to(path, SQLite::OPEN_READWRITE);
    auto* const backup = sqlite3_backup_init(to.getHandle(), "main", from.database().getHandle(), "main");
    if (backup == nullptr)
        return fail(ErrorCode::unavailable, "cannot begin the copy: " + std::string(to.getErrorMsg()));
    // All pages in one pass: in several, each write of the daemon would begin it anew.
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK)
        return fail(ErrorCode::unavailable,
                    "cannot write " + path + ": " + std::string(sqlite3_errstr(code)));
    // One file that stands alone; a daemon that opens it makes a WAL of its own.
    to.exec("PRAGMA journal_mode = DELETE");
    SQLite::Statement check(to, "PRAGMA integrity_check");
    const auto verdict = check.executeStep() ? check.getColumn(0).getString() : std::string("nothing");
    if (verdict != "ok") return fail(ErrorCode::internal, "the copy is damaged: " + verdict);
    return {};
}

}  // namespace

Result<VerifyReport> back_up(const std::string& database, const std::string& file) {
    std::error_code unknown;
    if (std::filesystem::exists(std::filesystem::symlink_status(file, unknown)))
        return fail(ErrorCode::conflict, file + " exists already: a backup overwrites nothing");
    const auto unfinished = file + ".partial";
    if (auto made = make_new_file(unfinished); !made) return tl::unexpected<Error>(made.error());
    const Partial remove_later(unfinished);
    const auto copied =
        read_record(database, [&](store::Connection& connection) { return copy(connection, unfinished); });
    if (!copied) return tl::unexpected<Error>(copied.error());
    auto report = verify_record(unfinished);
    if (!report) return report;
    if (auto synced = sync_file(unfinished); !synced) return tl::unexpected<Error>(synced.error());
    if (::link(unfinished.c_str(), file.c_str()) != 0)
        return fail(
            errno == EEXIST ? ErrorCode::conflict : ErrorCode::unavailable,
            "cannot give the backup its name " + file + ": " + std::generic_category().message(errno));
    if (auto synced = sync_folder_of(file); !synced) return tl::unexpected<Error>(synced.error());
    return report;
}

}  // namespace runbookd::audit
