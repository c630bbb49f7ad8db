#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/offline.hpp"
#include "config/runbooks.hpp"
#include "config/settings.hpp"
#include "zones/zones.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;
using config::Diagnostic;

/// What was looked at, and what was found.
struct Findings {
    std::vector<Diagnostic> diagnostics;
    std::size_t valid = 0;
    std::size_t refused = 0;

    void add(std::vector<Diagnostic> more) {
        diagnostics.insert(diagnostics.end(), std::make_move_iterator(more.begin()),
                           std::make_move_iterator(more.end()));
    }
};

void check_folder(const std::filesystem::path& folder, const config::Settings& settings, zones::Zones& zones,
                  Findings& findings) {
    auto loaded = config::load_runbooks(folder, settings, zones);
    findings.valid += loaded.runbooks.size();
    findings.refused += loaded.refused.size();
    findings.add(std::move(loaded.diagnostics));
}

void check_file(const std::filesystem::path& file, const config::Settings& settings, zones::Zones& zones,
                Findings& findings) {
    auto loaded = config::load_runbook(file, settings, zones);
    ++(loaded.runbook ? findings.valid : findings.refused);
    findings.add(std::move(loaded.diagnostics));
}

Json view(const Diagnostic& diagnostic) {
    Json object;
    object["file"] = diagnostic.file;
    object["line"] = diagnostic.line;
    object["column"] = diagnostic.column;
    object["path"] = diagnostic.path;
    object["severity"] = config::to_text(diagnostic.severity);
    object["code"] = diagnostic.code;
    object["message"] = diagnostic.message;
    object["expected"] = diagnostic.expected;
    object["suggestion"] = diagnostic.suggestion;
    return object;
}

void print(Surroundings& around, const Command& command, const Findings& findings, bool checked_runbooks) {
    if (command.format == Format::json) {
        auto list = Json::array();
        for (const auto& diagnostic : findings.diagnostics) list.push_back(view(diagnostic));
        around.out << list.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
        return;
    }
    for (const auto& diagnostic : findings.diagnostics) around.out << config::to_line(diagnostic) << '\n';
    if (!checked_runbooks) {
        around.out << "the runbooks were not checked: the configuration must be put right first\n";
        return;
    }
    around.out << findings.valid << (findings.valid == 1 ? " runbook is valid" : " runbooks are valid");
    if (findings.refused > 0) around.out << ", " << findings.refused << " refused";
    around.out << '\n';
}

}  // namespace

int run_validate(Surroundings& around, const Command& command) {
    zones::Zones zones;
    Findings findings;
    config::Settings settings;
    bool can_check_runbooks = true;
    const bool needs_config = !command.config.empty() || command.paths.empty();
    if (needs_config) {
        auto loaded = config::load_settings(
            command.config.empty() ? std::string(kDefaultConfig) : command.config, zones);
        can_check_runbooks = loaded.settings.has_value();
        if (loaded.settings) settings = std::move(*loaded.settings);
        findings.add(std::move(loaded.diagnostics));
    }
    if (can_check_runbooks) {
        std::vector<std::filesystem::path> paths(command.paths.begin(), command.paths.end());
        if (paths.empty()) paths.push_back(settings.runbooks_dir);
        for (const auto& path : paths) {
            std::error_code ignored;
            if (std::filesystem::is_directory(path, ignored))
                check_folder(path, settings, zones, findings);
            else
                check_file(path, settings, zones, findings);
        }
    }
    print(around, command, findings, can_check_runbooks);
    return config::has_errors(findings.diagnostics) ? kFailed : kDone;
}

}  // namespace runbookd::cli
