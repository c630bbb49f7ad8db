#pragma once
// Reads runbooks: docs/runbooks.md is the reference of the language.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/account_view.hpp"
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
                                          const Settings& settings, zones::ZoneSource& zones);
/// The same, of one of many texts.
[[nodiscard]] ParsedRunbook parse_runbook(std::string_view text, const std::string& file,
                                          SettingsByAccount& views, zones::ZoneSource& zones);
/// A revision as the record has it.
struct StoredRevision {
    std::string runbook;
    std::string yaml;
    std::string resolved;  ///< as Runbook::resolved was
};
/// Zone rules that were recorded, by their digest; null: there are none.
using RecordedRules = std::function<std::shared_ptr<const runbook::ZoneRules>(const std::string& digest)>;
/// The same again, as it was understood when it took effect: the account, its zone and the rules of all zones
/// are those of `resolved`, and only what was not recorded comes from `settings` and `zones`. Its account may
/// be in the settings no more. The runbook's `resolved` is the recorded one.
[[nodiscard]] ParsedRunbook parse_revision(const StoredRevision& revision, const Settings& settings,
                                           zones::ZoneSource& zones, const RecordedRules& recorded);

/// Reads the file first; one that cannot be read is a diagnostic.
[[nodiscard]] ParsedRunbook load_runbook(const std::filesystem::path& file, const Settings& settings,
                                         zones::ZoneSource& zones);
[[nodiscard]] ParsedRunbook load_runbook(const std::filesystem::path& file, SettingsByAccount& views,
                                         zones::ZoneSource& zones);

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
                                           zones::ZoneSource& zones);

}  // namespace runbookd::config
