#pragma once
// Reloading: reads the runbooks' folder, the secrets and the customers again, and hands what it found to the
// engines, each its own; for a signal, for a person, or only to say what it would do.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/runbook_source.hpp"
#include "config/changed_keys.hpp"
#include "config/settings.hpp"
#include "ports/history.hpp"
#include "ports/reload.hpp"
#include "runtime/accounts.hpp"
#include "secrets/vault.hpp"
#include "zones/zones.hpp"

namespace runbookd::app {

class Reloader final : public ports::Reload {
public:
    /// Borrowed; all outlive the reloader.
    struct Parts {
        const std::filesystem::path& config_file;
        config::Settings& settings;
        zones::Zones& zones;
        secrets::Vault& vault;
        const runtime::Accounts& accounts;
        const Clock& clock;
        ports::History& history;
        boost::asio::any_io_executor executor;
    };
    struct Hooks {
        std::function<void()> before;
        std::function<void(const FoundRunbooks& found)> on_found;
        /// With the errors for which they are kept as they were; none: they were taken.
        std::function<void(const std::vector<config::Diagnostic>& errors)> on_settings_read;
        std::function<void()> after;
    };
    Reloader(Parts parts, Hooks hooks) : parts_(std::move(parts)), hooks_(std::move(hooks)) {}

    /// At once; what comes of it is in the log and the trail.
    void reload(engine::Author author) { (void)take_over(std::move(author), {}); }

    boost::asio::awaitable<Result<std::vector<runbook::Operation>>> preview() override;
    boost::asio::awaitable<Result<ports::ReloadDone>> apply(ports::ReloadRequest request) override;

private:
    /// Operations whose changes are still to be told, and the new texts to tell them from.
    struct Plan {
        std::vector<runbook::Operation> operations;
        std::map<std::string, config::RevisionTexts> texts;
    };
    struct Reread {
        std::optional<config::Settings> settings;  // none: they cannot be used
        std::vector<config::Diagnostic> errors;
    };
    [[nodiscard]] Reread reread_settings() const;
    [[nodiscard]] FoundRunbooks find(const config::Settings& settings, const secrets::Vault& vault) const;
    [[nodiscard]] Plan plan_of(const FoundRunbooks& found) const;
    [[nodiscard]] Plan take_over(engine::Author author, engine::Engine::Done done);
    void renew_settings();
    boost::asio::awaitable<Result<std::vector<runbook::Operation>>> tell_changes(Plan plan);

    Parts parts_;
    Hooks hooks_;
};

}  // namespace runbookd::app
