#include "audit/exporting.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "audit/checkpoints.hpp"
#include "audit/files.hpp"
#include "audit/reading.hpp"
#include "audit/view_rows.hpp"
#include "audit/view_selection.hpp"
#include "base/digest.hpp"
#include "store/event_chain.hpp"

namespace runbookd::audit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What was made so far: removed again, unless all of it is there.
class Unfinished {
public:
    explicit Unfinished(fs::path folder) : folder_(std::move(folder)) {}
    ~Unfinished() {
        if (is_kept_) return;
        std::error_code ignored;
        for (const auto& file : files_) fs::remove(file, ignored);
        if (is_folder_made_) fs::remove(folder_, ignored);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;

    void made_folder() { is_folder_made_ = true; }
    void make(const fs::path& file) { files_.push_back(file); }
    void keep() { is_kept_ = true; }

private:
    fs::path folder_;
    std::vector<fs::path> files_;
    bool is_folder_made_ = false;
    bool is_kept_ = false;
};

/// One file of the export, hashed while it is written.
class Sheet {
public:
    Sheet(const fs::path& folder, const std::string& view, const std::string& ending)
        : path_(folder / (view + ending)) {
        file_.name = view + ending;
        file_.view = view;
    }
    [[nodiscard]] Result<void> open(Unfinished& unfinished) {
        if (auto made = make_new_file(path_.string()); !made) return made;
        unfinished.make(path_);
        out_.open(path_, std::ios::binary | std::ios::app);
        return {};
    }
    void add(const std::string& line) {
        out_ << line;
        digest_.add(line);
        file_.bytes += static_cast<std::int64_t>(line.size());
    }
    void count_row() { ++file_.rows; }
    /// False: the disk has refused something, and close() will say so.
    [[nodiscard]] bool is_good() const { return out_.good(); }
    [[nodiscard]] Result<ExportedFile> close() {
        out_.close();
        if (!out_)
            return fail(ErrorCode::unavailable, "cannot write " + path_.string() + ": is the disk full?");
        if (auto synced = sync_file(path_.string()); !synced) return tl::unexpected<Error>(synced.error());
        file_.sha256 = to_hex(digest_.finish());
        return file_;
    }

private:
    fs::path path_;
    std::ofstream out_;
    Digest digest_;
    ExportedFile file_;
};

Result<void> make_folder(const fs::path& folder, Unfinished& unfinished) {
    std::error_code error;
    if (fs::exists(folder, error)) {
        if (!fs::is_directory(folder, error) || !fs::is_empty(folder, error) || error)
            return fail(ErrorCode::conflict,
                        folder.string() + " is not an empty folder: an export overwrites nothing");
        return {};
    }
    fs::create_directories(folder, error);
    if (error)
        return fail(error == std::errc::permission_denied ? ErrorCode::permission : ErrorCode::unavailable,
                    "cannot make the folder " + folder.string() + ": " + error.message());
    unfinished.made_folder();
    using fs::perms;
    fs::permissions(folder, perms::owner_all | perms::group_read | perms::group_exec, error);
    return {};
}

std::vector<std::string> views_of(store::Connection& connection) {
    std::vector<std::string> views;
    SQLite::Statement all(connection.database(),
                          "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name");
    while (all.executeStep()) views.push_back(all.getColumn(0).getString());
    return views;
}

void bind_scope(SQLite::Statement& rows, const ExportScope& scope, const std::string& sql) {
    const auto bind = [&](const char* name, const std::string& value) {
        if (sql.find(name) != std::string::npos) rows.bind(name, value);
    };
    if (scope.customer) bind(":customer", *scope.customer);
    if (scope.since) bind(":since", format_utc(*scope.since));
    if (scope.until) bind(":until", format_utc(*scope.until));
}

Result<void> write_view(store::Connection& connection, const std::string& view, const fs::path& folder,
                        const ExportScope& scope, Unfinished& unfinished, ExportReport& report) {
    SQLite::Statement shape(connection.database(), "SELECT * FROM " + view + " LIMIT 0");
    const auto columns = column_names(shape);
    const auto selection = select_rows(view, columns, scope.customer.has_value(), scope.since.has_value(),
                                       scope.until.has_value());
    if (!selection) {
        report.left_out.push_back(view);
        return {};
    }
    Sheet lines(folder, view, ".jsonl"), table(folder, view, ".csv");
    if (auto opened = lines.open(unfinished); !opened) return opened;
    if (auto opened = table.open(unfinished); !opened) return opened;
    table.add(csv_line({columns.begin(), columns.end()}));
    SQLite::Statement rows(connection.database(), selection->sql);
    bind_scope(rows, scope, selection->sql);
    std::vector<Cell> row;
    while (lines.is_good() && table.is_good() && rows.executeStep()) {
        row.clear();
        for (int i = 0; i < rows.getColumnCount(); ++i) row.push_back(cell_of(rows, i));
        lines.add(json_line(columns, row) + "\n");
        lines.count_row();
        table.add(csv_line(row));
        table.count_row();
    }
    for (auto* const sheet : {&lines, &table}) {
        auto file = sheet->close();
        if (!file) return tl::unexpected<Error>(file.error());
        report.files.push_back(std::move(*file));
    }
    return {};
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

std::optional<std::string> text_of(const std::optional<UtcTime>& time) {
    if (!time) return std::nullopt;
    return format_utc(*time);
}

Json checkpoint_json(const std::vector<Checkpoint>& checkpoints) {
    if (checkpoints.empty()) return nullptr;
    const auto& last = checkpoints.back();
    return {{"seq", last.seq},
            {"hash", last.hash},
            {"at", last.at},
            {"key_id", last.key_id},
            {"public_key", last.public_key},
            {"signature", last.signature}};
}

Result<void> write_sums(const fs::path& folder, const std::string& of_manifest, Unfinished& unfinished,
                        const ExportReport& report) {
    Sheet sums(folder, "SHA256SUMS", "");
    if (auto opened = sums.open(unfinished); !opened) return opened;
    for (const auto& file : report.files) sums.add(file.sha256 + "  " + file.name + "\n");
    sums.add(of_manifest + "  manifest.json\n");
    const auto written = sums.close();
    if (!written) return tl::unexpected<Error>(written.error());
    return sync_folder_of((folder / "SHA256SUMS").string());
}

Result<void> write_manifest(store::Connection& connection, const fs::path& folder, const ExportScope& scope,
                            UtcTime now, Unfinished& unfinished, ExportReport& report) {
    const auto end = store::read_chain_end(connection);
    report.last_seq = end.seq;
    Json manifest{{"made_at", format_utc(now)},
                  {"schema_version", connection.database().execAndGet("PRAGMA user_version").getInt64()},
                  {"customer", or_null(scope.customer)},
                  {"since", or_null(text_of(scope.since))},
                  {"until", or_null(text_of(scope.until))},
                  {"chain", {{"seq", end.seq}, {"hash", to_hex(end.hash)}}},
                  {"checkpoint", checkpoint_json(read_checkpoints(connection))},
                  {"left_out", report.left_out}};
    auto& files = manifest["files"] = Json::array();
    for (const auto& file : report.files)
        files.push_back({{"name", file.name},
                         {"view", file.view},
                         {"rows", file.rows},
                         {"bytes", file.bytes},
                         {"sha256", file.sha256}});
    Sheet sheet(folder, "manifest", ".json");
    if (auto opened = sheet.open(unfinished); !opened) return opened;
    sheet.add(manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    const auto written = sheet.close();
    if (!written) return tl::unexpected<Error>(written.error());
    return write_sums(folder, written->sha256, unfinished, report);
}

/// Whether anything in the record is of that customer: a name that was mistyped must not give an empty
/// export.
Result<void> check_customer(store::Connection& connection, const std::string& customer) {
    SQLite::Statement known(connection.database(),
                            "SELECT customer FROM device_fleet WHERE customer IS NOT NULL UNION "
                            "SELECT customer FROM run_history WHERE customer IS NOT NULL UNION "
                            "SELECT customer FROM target_ledger WHERE customer IS NOT NULL ORDER BY 1");
    std::string names;
    while (known.executeStep()) {
        const auto name = known.getColumn(0).getString();
        if (name == customer) return {};
        names += (names.empty() ? "" : ", ") + name;
    }
    return fail(ErrorCode::not_found, "nothing in the record is of a customer '" + customer + "'; it has " +
                                          (names.empty() ? "none" : names));
}

}  // namespace

Result<ExportReport> export_record(const std::string& database, const std::string& folder,
                                   const ExportScope& scope, UtcTime now) {
    if (scope.since && scope.until && *scope.until <= *scope.since)
        return fail(ErrorCode::invalid_input, "the period ends at " + format_utc(*scope.until) +
                                                  ", before it has begun at " + format_utc(*scope.since));
    ExportReport report;
    Unfinished unfinished(folder);
    const auto written = read_record(database, [&](store::Connection& connection) -> Result<void> {
        if (scope.customer)
            if (auto known = check_customer(connection, *scope.customer); !known) return known;
        if (auto made = make_folder(folder, unfinished); !made) return made;
        for (const auto& view : views_of(connection))
            if (auto done = write_view(connection, view, folder, scope, unfinished, report); !done)
                return done;
        return write_manifest(connection, folder, scope, now, unfinished, report);
    });
    if (!written) return tl::unexpected<Error>(written.error());
    unfinished.keep();
    return report;
}

}  // namespace runbookd::audit
