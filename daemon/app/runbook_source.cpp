#include "app/runbook_source.hpp"

#include <memory>
#include <utility>

namespace runbookd::app {

FoundRunbooks find_runbooks(const config::Settings& settings, zones::Zones& zones) {
    auto loaded = config::load_runbooks(settings.runbooks_dir, settings, zones);
    FoundRunbooks found;
    found.good = std::move(loaded.runbooks);
    found.listed = loaded.listed;
    for (const auto& diagnostic : loaded.diagnostics)
        (diagnostic.severity == config::Severity::error ? found.errors : found.warnings)
            .push_back(config::to_line(diagnostic));
    const auto problem =
        found.errors.empty() ? std::string("its file cannot be taken") : found.errors.front();
    for (const auto& name : loaded.bad_names) found.bad.push_back({name, problem});
    return found;
}

engine::ReadRevision revision_reader(const config::Settings& settings, zones::Zones& zones) {
    return [&settings, &zones](const std::string& name, const std::string& yaml) -> engine::RunbookPointer {
        auto parsed = config::parse_runbook(yaml, name + ".yaml", settings, zones);
        if (!parsed.runbook) return nullptr;
        return std::make_shared<const runbook::Runbook>(std::move(*parsed.runbook));
    };
}

}  // namespace runbookd::app
