#include "cli/findings.hpp"

#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/offline.hpp"
#include "config/runbooks.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;
using config::Diagnostic;

class Files {
public:
    Files(const config::Settings& settings, zones::Zones& zones, const Judge& judge, Findings& findings)
        : settings_(settings), zones_(zones), judge_(judge), findings_(findings) {}

    void look_at(const std::filesystem::path& path) {
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored))
            look_at_folder(path);
        else
            look_at_file(path);
    }

private:
    void look_at_folder(const std::filesystem::path& folder) {
        auto loaded = config::load_runbooks(folder, settings_, zones_);
        findings_.refused += loaded.refused.size();
        findings_.add(std::move(loaded.diagnostics));
        for (const auto& runbook : loaded.runbooks) take(runbook);
    }
    void look_at_file(const std::filesystem::path& file) {
        auto loaded = config::load_runbook(file, settings_, zones_);
        findings_.add(std::move(loaded.diagnostics));
        if (loaded.runbook)
            take(*loaded.runbook);
        else
            ++findings_.refused;
    }
    void take(const runbook::Runbook& runbook) {
        ++findings_.valid;
        if (judge_) findings_.add(judge_(runbook, settings_));
    }

    const config::Settings& settings_;
    zones::Zones& zones_;
    const Judge& judge_;
    Findings& findings_;
};

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

}  // namespace

void Findings::add(std::vector<Diagnostic> more) {
    diagnostics.insert(diagnostics.end(), std::make_move_iterator(more.begin()),
                       std::make_move_iterator(more.end()));
}

Findings look_at_files(const Command& command, const Judge& judge) {
    zones::Zones zones;
    Findings findings;
    config::Settings settings;
    const bool needs_config = !command.config.empty() || command.paths.empty();
    if (needs_config) {
        const auto file = command.config.empty() ? std::string(kDefaultConfig) : command.config;
        // lint is for those who edit runbooks, and they may not be allowed to read the secrets.
        auto loaded = command.verb == Verb::lint ? config::load_settings_without_secrets(file, zones)
                                                 : config::load_settings(file, zones);
        // Nor is the configuration what it judges: what is wrong there stops it, the rest is for validate.
        if (command.verb == Verb::lint)
            std::erase_if(loaded.diagnostics, [](const Diagnostic& found) {
                return found.severity == config::Severity::warning;
            });
        findings.checked_runbooks = loaded.settings.has_value();
        if (loaded.settings) settings = std::move(*loaded.settings);
        findings.add(std::move(loaded.diagnostics));
    }
    if (!findings.checked_runbooks) return findings;
    std::vector<std::filesystem::path> paths(command.paths.begin(), command.paths.end());
    if (paths.empty()) paths.push_back(settings.runbooks_dir);
    Files files(settings, zones, judge, findings);
    for (const auto& path : paths) files.look_at(path);
    return findings;
}

void print(Surroundings& around, const Command& command, const Findings& findings) {
    if (command.format == Format::json) {
        auto list = Json::array();
        for (const auto& diagnostic : findings.diagnostics) list.push_back(view(diagnostic));
        around.out << list.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
        return;
    }
    for (const auto& diagnostic : findings.diagnostics) around.out << config::to_line(diagnostic) << '\n';
    if (!findings.checked_runbooks) {
        around.out << "the runbooks were not checked: the configuration must be put right first\n";
        return;
    }
    around.out << findings.valid << (findings.valid == 1 ? " runbook is valid" : " runbooks are valid");
    if (findings.refused > 0) around.out << ", " << findings.refused << " refused";
    if (command.verb == Verb::lint) {
        const auto warnings = findings.diagnostics.size();
        around.out << (warnings == 0
                           ? ", and nothing speaks against them"
                           : ", " + std::to_string(warnings) + (warnings == 1 ? " finding" : " findings"));
    }
    around.out << '\n';
}

}  // namespace runbookd::cli
