#pragma once
// Reads runbooks: docs/runbooks.md is the reference of the language.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

struct ParsedRunbook {
    std::optional<runbook::Runbook> runbook;  ///< absent when a diagnostic is an error
    std::vector<Diagnostic> diagnostics;
    /// What the text calls itself, also when it is refused: its `name:` as far as that could be read, else
    /// the file's stem. Tells whose last good revision has to stay in force.
    std::string name;
    bool name_is_guess = false;  ///< the text is no YAML or could not be read: the name claims nothing
};

/// One document. `file` is for messages and for the default name; it is not opened. Never throws for what
/// `text` holds. Settings that were made by default (no account name) let a runbook name any account.
[[nodiscard]] ParsedRunbook parse_runbook(std::string_view text, const std::string& file,
                                          const Settings& settings, zones::Zones& zones);
/// Reads the file first; one that cannot be read is a diagnostic.
[[nodiscard]] ParsedRunbook load_runbook(const std::filesystem::path& file, const Settings& settings,
                                         zones::Zones& zones);

struct RefusedFile {
    std::string file;
    std::string name;  ///< as ParsedRunbook has it
    bool name_is_guess = false;
    std::string problem;  ///< its first error as a line, and how many more there are
};

struct LoadedRunbooks {
    std::vector<runbook::Runbook> runbooks;  ///< in the order of their files' names
    std::vector<Diagnostic> diagnostics;
    std::vector<RefusedFile> refused;  ///< the others went on
    /// The folder could be listed. False says nothing about any runbook: none of them was taken away.
    bool listed = true;
};

/// Every *.yaml of the folder itself, sorted; hidden files and other names are passed over. A name that two
/// files claim refuses both.
[[nodiscard]] LoadedRunbooks load_runbooks(const std::filesystem::path& dir, const Settings& settings,
                                           zones::Zones& zones);

}  // namespace runbookd::config
