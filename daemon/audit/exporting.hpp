#pragma once
// The views of a record as files that need no database, with a list of their hashes.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace runbookd::audit {

/// What is exported; unset: all of it.
struct ExportScope {
    std::optional<std::string> customer;  ///< its rows only; what cannot be told apart is left out, and named
    std::optional<UtcTime> since;         ///< from here on, by the time that a row is about
    std::optional<UtcTime> until;         ///< before this
};

struct ExportedFile {
    std::string name, view;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::string sha256;
};

struct ExportReport {
    std::vector<ExportedFile> files;
    std::vector<std::string> left_out;  ///< views
    std::int64_t last_seq = 0;          ///< the chain's end at the instant of the export
};

/// Writes each view as JSON Lines and as CSV, `manifest.json`, and `SHA256SUMS` (of all of them, as
/// sha256sum reads it), into `folder`, which is made (0750) and must otherwise be empty. Everything is of one
/// instant. Where it fails nothing is left; one that was killed has no SHA256SUMS, which comes last. Errors:
/// conflict (the folder holds something), invalid_input (a period that ends before it begins), permission,
/// not_found (also: nothing in the record is of that customer), unavailable.
[[nodiscard]] Result<ExportReport> export_record(const std::string& database, const std::string& folder,
                                                 const ExportScope& scope, UtcTime now);

}  // namespace runbookd::audit
