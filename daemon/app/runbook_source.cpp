#include "app/runbook_source.hpp"

#include <memory>
#include <utility>

namespace runbookd::app {

FoundRunbooks find_runbooks(const config::Settings& settings, zones::Zones& zones) {
    auto loaded = config::load_runbooks(settings.runbooks_dir, settings, zones);
    FoundRunbooks found;
    found.good = std::move(loaded.runbooks);
    for (const auto& diagnostic : loaded.diagnostics)
        (diagnostic.severity == config::Severity::error ? found.errors : found.warnings)
            .push_back(config::to_line(diagnostic));
    if (!loaded.listed && !found.errors.empty()) found.doubt = found.errors.front();
    for (const auto& file : loaded.refused) {
        found.bad.push_back({file.name, file.problem});
        if (file.name_is_guess && found.doubt.empty()) found.doubt = file.problem;
    }
    return found;
}

void keep_in_doubt(FoundRunbooks& found, const std::set<std::string>& known) {
    if (found.doubt.empty()) return;
    auto missing = known;
    for (const auto& runbook : found.good) missing.erase(runbook.name);
    for (const auto& runbook : found.bad) missing.erase(runbook.name);
    for (const auto& name : missing) found.bad.push_back({name, found.doubt});
}

engine::ReadRevision revision_reader(const config::Settings& settings, zones::Zones& zones) {
    return [&settings, &zones](const std::string& name, const std::string& yaml) -> engine::RunbookPointer {
        auto parsed = config::parse_runbook(yaml, name + ".yaml", settings, zones);
        if (!parsed.runbook) return nullptr;
        return std::make_shared<const runbook::Runbook>(std::move(*parsed.runbook));
    };
}

}  // namespace runbookd::app
