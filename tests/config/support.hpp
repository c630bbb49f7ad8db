#pragma once
// What the config tests share: a folder that goes away, an account to parse against, and diagnostics as short
// lines.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/runbooks.hpp"
#include "config/settings.hpp"
#include "temp_folder.hpp"
#include "zones/zones.hpp"

namespace runbookd::config::testing {

using runbookd::testing::TempFolder;

inline Settings settings_for_tests() {
    Settings settings;
    settings.account.name = "main";
    settings.account.timezone = "UTC";
    for (const auto* name : {"oncall", "acme"}) settings.notices[name] = {};
    return settings;
}

inline ParsedRunbook parse(const std::string& text, const std::string& file = "some-file.yaml") {
    static zones::Zones zones;
    return parse_runbook(text, file, settings_for_tests(), zones);
}

/// "line:column code path", one of each diagnostic.
inline std::vector<std::string> in_short(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> lines;
    for (const auto& found : diagnostics) {
        lines.push_back(std::to_string(found.line) + ":" + std::to_string(found.column) + " " + found.code +
                        (found.path.empty() ? "" : " " + found.path));
    }
    return lines;
}

inline std::vector<std::string> in_full(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> lines;
    for (const auto& found : diagnostics) lines.push_back(to_line(found));
    return lines;
}

}  // namespace runbookd::config::testing
