#include "app/runbook_source.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace runbookd::app {

namespace {

void refuse_secrets_in_clear(FoundRunbooks& found, const secrets::Vault& vault) {
    const auto is_bad = [&](const runbook::Runbook& runbook) {
        const auto name = vault.find_in(runbook.yaml);
        if (!name) return false;
        auto problem = runbook.file + ": error: the value of the secret '" + *name +
                       "' stands here in clear; write ${secret:" + *name + "}, and change the secret";
        found.errors.push_back(problem);
        found.bad.push_back({runbook.name, std::move(problem), runbook.file});
        return true;
    };
    std::erase_if(found.good, is_bad);
}

}  // namespace

std::map<std::string, secrets::Declared> declared_secrets(const config::Settings& settings) {
    std::map<std::string, secrets::Declared> declared;
    for (const auto& [name, secret] : settings.secrets)
        declared[name] = {secret.value.reveal(), secret.runbooks};
    // No runbook may send them, and no name of a secret has a space.
    for (const auto& [name, target] : settings.notices)
        declared["webhook of " + name] = {target.webhook.reveal(), {}};
    return declared;
}

engine::Customers::Rules customer_rules(const config::Settings& settings, const std::string& account,
                                        zones::Zones& zones) {
    auto own = config::settings_of(settings, account, zones);
    return {std::move(own.customers), own.account.timezone, own.account.timezone_is_written,
            std::move(own.account.not_during)};
}

std::map<std::string, std::vector<runbook::Runbook>> by_accounts(std::vector<runbook::Runbook> runbooks) {
    std::map<std::string, std::vector<runbook::Runbook>> divided;
    for (auto& runbook : runbooks) divided[runbook.account].push_back(std::move(runbook));
    return divided;
}

FoundRunbooks find_runbooks(const config::Settings& settings, const secrets::Vault& vault,
                            zones::Zones& zones) {
    auto loaded = config::load_runbooks(settings.runbooks_dir, settings, zones);
    FoundRunbooks found;
    found.good = std::move(loaded.runbooks);
    for (const auto& diagnostic : loaded.diagnostics)
        (diagnostic.severity == config::Severity::error ? found.errors : found.warnings)
            .push_back(config::to_line(diagnostic));
    if (!loaded.listed && !found.errors.empty()) found.doubt = found.errors.front();
    for (const auto& file : loaded.refused) {
        found.bad.push_back({file.name, file.problem, file.file});
        if (file.name_is_guess && found.doubt.empty()) found.doubt = file.problem;
    }
    refuse_secrets_in_clear(found, vault);
    return found;
}

void keep_in_doubt(FoundRunbooks& found, const std::set<std::string>& known) {
    if (found.doubt.empty()) return;
    auto missing = known;
    for (const auto& runbook : found.good) missing.erase(runbook.name);
    for (const auto& runbook : found.bad) missing.erase(runbook.name);
    for (const auto& name : missing) found.bad.push_back({name, found.doubt});
}

namespace {

config::RecordedRules among(const std::vector<runbook::ZoneRules>& rules) {
    return [&rules](const std::string& digest) -> std::shared_ptr<const runbook::ZoneRules> {
        const auto found = std::find_if(rules.begin(), rules.end(),
                                        [&](const runbook::ZoneRules& one) { return one.digest == digest; });
        return found == rules.end() ? nullptr : std::make_shared<const runbook::ZoneRules>(*found);
    };
}

}  // namespace

engine::ReadRevision revision_reader(const config::Settings& settings, zones::Zones& zones,
                                     std::vector<runbook::ZoneRules> rules) {
    return [&settings, &zones, rules = std::move(rules)](
               const std::string& name, const engine::RecordedText& text) -> engine::RunbookPointer {
        auto parsed = config::parse_revision({name, text.yaml, text.resolved}, settings, zones, among(rules));
        if (!parsed.runbook) return nullptr;
        return std::make_shared<const runbook::Meaning>(std::move(*parsed.runbook));
    };
}

runtime::PlanningService::ReadText text_checker(const config::Settings& settings, zones::Zones& zones) {
    return [&settings, &zones](const std::string& yaml,
                               const std::string& name) -> Result<engine::RunbookPointer> {
        auto parsed = config::parse_runbook(yaml, name + ".yaml", settings, zones);
        if (parsed.runbook) return std::make_shared<const runbook::Meaning>(std::move(*parsed.runbook));
        for (const auto& diagnostic : parsed.diagnostics)
            if (diagnostic.severity == config::Severity::error)
                return fail(ErrorCode::invalid_input,
                            "the daemon would refuse it: " + config::to_line(diagnostic));
        return fail(ErrorCode::invalid_input, "the daemon would refuse it");
    };
}

runtime::Verifier::ReadText text_reader(config::Settings settings) {
    return [settings = std::move(settings)](const std::string& name, const verify::RevisionText& text,
                                            const std::vector<runbook::ZoneRules>& rules) {
        zones::Zones system_zones;
        auto parsed =
            config::parse_revision({name, text.yaml, text.resolved}, settings, system_zones, among(rules));
        verify::Revision revision{text.revision, text.from, text.until, nullptr, {}};
        if (parsed.runbook) {
            revision.book = std::make_shared<const runbook::Runbook>(std::move(*parsed.runbook));
            return revision;
        }
        const auto error = std::find_if(
            parsed.diagnostics.begin(), parsed.diagnostics.end(),
            [](const config::Diagnostic& one) { return one.severity == config::Severity::error; });
        revision.trouble =
            error == parsed.diagnostics.end() ? "for no known reason" : config::to_line(*error);
        return revision;
    };
}

}  // namespace runbookd::app
