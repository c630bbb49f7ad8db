#include "cli/folder_diff.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/offline.hpp"
#include "cli/words.hpp"
#include "config/changed_keys.hpp"
#include "config/runbooks.hpp"
#include "runbook/reload_plan.hpp"
#include "zones/zones.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;
using runbook::Operation;

Result<config::Settings> settings_of(const Command& command) {
    const auto file = command.config.empty() ? std::string(kDefaultConfig) : command.config;
    auto loaded = config::load_settings_without_secrets(file);
    if (loaded.settings) return std::move(*loaded.settings);
    auto message = "the configuration " + file + " cannot be used";
    for (const auto& diagnostic : loaded.diagnostics)
        if (diagnostic.severity == config::Severity::error) {
            message = config::to_line(diagnostic);
            break;
        }
    return fail(ErrorCode::invalid_input, message +
                                              " (another folder is read with its settings; --config names "
                                              "another configuration)");
}

Result<Json> ask(const Client& client, const Target& target) {
    const auto body = client.get(target);
    if (!body) return tl::unexpected(body.error());
    auto value = Json::parse(*body, nullptr, false);
    if (value.is_discarded()) return fail(ErrorCode::internal, "the daemon's answer is not JSON");
    return value;
}

Result<std::vector<runbook::RunbookInForce>> in_force(const Client& client) {
    const auto list = ask(client, Target("/v1/runbooks"));
    if (!list) return tl::unexpected(list.error());
    constexpr std::size_t kHexOfSha256 = 64;
    std::vector<runbook::RunbookInForce> all;
    for (const auto& one : *list) {
        const auto identity = text_at(one, "identity");
        if (identity.size() != kHexOfSha256)
            return fail(ErrorCode::internal, "the daemon does not say which texts are in force");
        all.push_back({text_at(one, "runbook"), number_at(one, "revision"), sha256_from_hex(identity)});
    }
    return all;
}

/// What a reload does not touch, for it may be in a file that cannot be read.
void keep_in_doubt(const config::LoadedRunbooks& loaded, const std::vector<runbook::RunbookInForce>& present,
                   std::vector<runbook::RefusedRunbook>& refused) {
    const auto doubt = std::find_if(loaded.refused.begin(), loaded.refused.end(),
                                    [](const auto& file) { return file.name_is_guess; });
    if (doubt == loaded.refused.end()) return;
    std::set<std::string> missing;
    for (const auto& one : present) missing.insert(one.runbook);
    for (const auto& one : loaded.runbooks) missing.erase(one.name);
    for (const auto& one : loaded.refused) missing.erase(one.name);
    for (const auto& name : missing) refused.push_back({name, "", doubt->problem});
}

Json view(const Operation& operation) {
    const auto value = [](const std::string& text) {
        return text.empty() ? Json(nullptr) : Json::parse(text, nullptr, false);
    };
    const auto text = [](const std::string& words) { return words.empty() ? Json(nullptr) : Json(words); };
    Json object;
    object["operation"] = runbook::to_text(operation.kind);
    object["runbook"] = operation.runbook;
    object["revision"] = operation.revision ? Json(*operation.revision) : Json(nullptr);
    object["file"] = text(operation.file);
    object["changes"] = Json::array();
    for (const auto& [key, before, after] : operation.changes)
        object["changes"].push_back({{"key", key}, {"old", value(before)}, {"new", value(after)}});
    object["problem"] = text(operation.problem);
    return object;
}

Result<void> tell_changes(const Client& client, const config::LoadedRunbooks& loaded, Operation& operation) {
    const auto now = ask(client, Target("/v1/runbooks").segment(operation.runbook));
    if (!now) return tl::unexpected(now.error());
    const auto after = std::find_if(loaded.runbooks.begin(), loaded.runbooks.end(),
                                    [&](const auto& one) { return one.name == operation.runbook; });
    operation.changes = config::changed_keys({text_at(*now, "yaml"), text_at(*now, "resolved")},
                                             {after->yaml, after->resolved});
    return {};
}

}  // namespace

Result<Json> operations_from(const Client& client, const Command& command) {
    const auto settings = settings_of(command);
    if (!settings) return tl::unexpected(settings.error());
    const auto present = in_force(client);
    if (!present) return tl::unexpected(present.error());
    zones::Zones zones;
    const auto loaded = config::load_runbooks(command.paths.front(), *settings, zones);
    if (!loaded.listed)
        return fail(ErrorCode::invalid_input, loaded.diagnostics.empty()
                                                  ? command.paths.front() + " cannot be read"
                                                  : config::to_line(loaded.diagnostics.front()));
    std::vector<runbook::FoundRunbook> found;
    for (const auto& one : loaded.runbooks)
        found.push_back({one.name, one.file, runbook::identity_of(one.yaml, one.resolved)});
    std::vector<runbook::RefusedRunbook> refused;
    for (const auto& one : loaded.refused) refused.push_back({one.name, one.file, one.problem});
    keep_in_doubt(loaded, *present, refused);
    auto list = Json::array();
    for (auto& operation : runbook::operations_of(found, refused, *present)) {
        if (operation.kind == Operation::Kind::change)
            if (const auto told = tell_changes(client, loaded, operation); !told)
                return tl::unexpected(told.error());
        list.push_back(view(operation));
    }
    return list;
}

}  // namespace runbookd::cli
