#pragma once
// What validate and lint have in common: the files that they look at, and how diagnostics are printed.
#include <filesystem>
#include <functional>
#include <vector>

#include "cli/command.hpp"
#include "cli/surroundings.hpp"
#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "runbook/model.hpp"
#include "zones/zones.hpp"

namespace runbookd::cli {

/// What was looked at, and what was found.
struct Findings {
    std::vector<config::Diagnostic> diagnostics;
    std::size_t valid = 0;
    std::size_t refused = 0;
    bool checked_runbooks = true;  ///< false: the configuration has to be put right first

    void add(std::vector<config::Diagnostic> more);
};

/// What else is to be said of a valid runbook.
using Judge =
    std::function<std::vector<config::Diagnostic>(const runbook::Runbook&, const config::Settings&)>;

/// Reads the files and folders that the command names, else the configuration's folder; the configuration
/// itself where it is needed or named.
[[nodiscard]] Findings look_at_files(const Command& command, const Judge& judge);

/// As JSON, or as lines with the number of valid runbooks below.
void print(Surroundings& around, const Command& command, const Findings& findings);

}  // namespace runbookd::cli
