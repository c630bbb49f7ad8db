#include "config/runbooks.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <system_error>

#include "config/fields.hpp"
#include "config/trigger_links.hpp"

namespace runbookd::config {
namespace {

namespace fs = std::filesystem;

/// The files that are runbooks; says so of what looks like one and is passed over.
std::vector<fs::path> list_files(const fs::path& dir, LoadedRunbooks& loaded) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::directory_iterator entry(dir, failed), end; !failed && entry != end; entry.increment(failed)) {
        const auto& path = entry->path();
        if (path.filename().native().starts_with('.')) continue;
        if (path.extension() == ".yaml") files.push_back(path);
        if (path.extension() != ".yml") continue;
        Report report(path.string());
        report.warning({}, "", {.code = "ignored_file", .message = "not read: runbooks end in .yaml"});
        for (auto& found : report.take()) loaded.diagnostics.push_back(std::move(found));
    }
    if (failed) {
        Report report(dir.string());
        report.error(
            {}, "",
            {.code = "unreadable", .message = "the runbooks' folder cannot be read: " + failed.message()});
        loaded.diagnostics = report.take();
        loaded.listed = false;
        return {};
    }
    std::sort(files.begin(), files.end());
    return files;
}

Diagnostic same_name(const std::string& name, const fs::path& file, const fs::path& other) {
    Report report(file.string());
    report.error({}, "name",
                 {.code = "duplicate_name",
                  .message = "the name " + shown(name) + " is also that of " + other.filename().string() +
                             "; both are refused",
                  .expected = "a name of its own"});
    return report.take().front();
}

std::string first_error_of(const std::vector<Diagnostic>& diagnostics) {
    const auto is_error = [](const Diagnostic& found) { return found.severity == Severity::error; };
    const auto first = std::find_if(diagnostics.begin(), diagnostics.end(), is_error);
    if (first == diagnostics.end()) return {};
    const auto more = std::count_if(std::next(first), diagnostics.end(), is_error);
    return to_line(*first) + (more == 0 ? "" : " (and " + std::to_string(more) + " more)");
}

/// Refuses what only all of them together show to be wrong.
void refuse_by_links(std::vector<ParsedRunbook>& parsed) {
    std::vector<const runbook::Runbook*> runbooks;
    for (const auto& one : parsed) runbooks.push_back(one.runbook ? &*one.runbook : nullptr);
    auto found = check_trigger_links(runbooks);
    for (std::size_t i = 0; i < parsed.size(); ++i) {
        if (has_errors(found[i])) parsed[i].runbook.reset();
        std::move(found[i].begin(), found[i].end(), std::back_inserter(parsed[i].diagnostics));
    }
}

}  // namespace

LoadedRunbooks load_runbooks(const fs::path& dir, const Settings& settings, zones::ZoneSource& zones) {
    LoadedRunbooks loaded;
    const auto files = list_files(dir, loaded);
    std::vector<ParsedRunbook> parsed;
    std::map<std::string, std::vector<std::size_t>> claims;
    SettingsByAccount views(settings, zones);
    for (std::size_t i = 0; i < files.size(); ++i) {
        parsed.push_back(load_runbook(files[i], views, zones));
        if (!parsed.back().name_is_guess) claims[parsed.back().name].push_back(i);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& one = parsed[i];
        const auto& same = claims[one.name];
        if (one.name_is_guess || same.size() < 2) continue;
        const auto other = same.front() == i ? same[1] : same.front();
        one.diagnostics.push_back(same_name(one.name, files[i], files[other]));
        one.runbook.reset();
    }
    refuse_by_links(parsed);
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& one = parsed[i];
        if (one.runbook)
            loaded.runbooks.push_back(std::move(*one.runbook));
        else
            loaded.refused.push_back(
                {files[i].string(), one.name, one.name_is_guess, first_error_of(one.diagnostics)});
        std::move(one.diagnostics.begin(), one.diagnostics.end(), std::back_inserter(loaded.diagnostics));
    }
    return loaded;
}

}  // namespace runbookd::config
