#include "config/runbooks.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <system_error>

#include "config/fields.hpp"

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

}  // namespace

LoadedRunbooks load_runbooks(const fs::path& dir, const Settings& settings, zones::Zones& zones) {
    LoadedRunbooks loaded;
    const auto files = list_files(dir, loaded);
    std::vector<ParsedRunbook> parsed;
    std::map<std::string, std::vector<std::size_t>> claims;
    for (std::size_t i = 0; i < files.size(); ++i) {
        parsed.push_back(load_runbook(files[i], settings, zones));
        if (!parsed.back().name_is_guess) claims[parsed.back().name].push_back(i);
    }
    std::set<std::string> bad_names;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& one = parsed[i];
        const auto& same = claims[one.name];
        if (!one.name_is_guess && same.size() > 1) {
            const auto other = same.front() == i ? same[1] : same.front();
            one.diagnostics.push_back(same_name(one.name, files[i], files[other]));
            one.runbook.reset();
        }
        std::move(one.diagnostics.begin(), one.diagnostics.end(), std::back_inserter(loaded.diagnostics));
        if (one.runbook) {
            loaded.runbooks.push_back(std::move(*one.runbook));
        } else {
            loaded.bad_files.push_back(files[i].string());
            bad_names.insert(one.name);
        }
    }
    loaded.bad_names.assign(bad_names.begin(), bad_names.end());
    return loaded;
}

}  // namespace runbookd::config
