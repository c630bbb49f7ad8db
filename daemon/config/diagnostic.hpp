#pragma once
// What is wrong in a file, where, and what would be right. One of these per problem; a reader reports them
// all.
#include <string>
#include <vector>

namespace runbookd::config {

enum class Severity {
    error,    ///< the file is refused
    warning,  ///< valid, and probably not what was meant
};

struct Diagnostic {
    std::string file;
    int line = 0;      ///< from 1; 0: not known, or the file as a whole
    int column = 0;    ///< from 1, in characters; 0 as above
    std::string path;  ///< the key, such as "targets.include[0].site"; empty: the file as a whole
    Severity severity = Severity::error;
    /// A short word for programs: yaml_syntax, unreadable, too_big, unknown_key, duplicate_key, missing_key,
    /// wrong_type, bad_value, not_supported, cron_syntax, unknown_zone, duplicate_name, plaintext_secret,
    /// readable_by_others, selects_nothing, ignored_file, shared_site, no_window.
    std::string code;
    std::string message;
    std::string expected;    ///< what would be valid; may be empty
    std::string suggestion;  ///< the nearest valid spelling; may be empty
};

/// "file:line:column: error: path: message (expected …; did you mean …?)"; parts that are not known are left
/// out.
[[nodiscard]] std::string to_line(const Diagnostic& diagnostic);

/// "error" or "warning".
[[nodiscard]] const char* to_text(Severity severity);

/// Whether one of them refuses its file.
[[nodiscard]] bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace runbookd::config
