#include "app/account_client.hpp"

#include <cstdlib>
#include <string>
#include <utility>

namespace runbookd::app {
namespace {

/// The variable as other programs spell it, in small letters first; empty: not set.
std::string from_environment(const char* small, const char* capital) {
    for (const auto* name : {small, capital})
        if (const auto* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    return {};
}

}  // namespace

Result<std::unique_ptr<datto::Client>> make_client(const config::AccountSettings& account,
                                                   const secrets::Vault& vault, async::Timers& timers,
                                                   const Clock& clock) {
    datto::ClientSettings client;
    client.api = account.api == config::Api::seed ? datto::Api::seed : datto::Api::datto;
    client.url = account.url;
    client.key = account.key.reveal();
    client.secret = account.secret.reveal();
    client.token = account.token.reveal();
    client.ca_file = account.ca_file.string();
    client.proxy = account.proxy.reveal();
    client.environment.https_proxy = from_environment("https_proxy", "HTTPS_PROXY");
    client.environment.no_proxy = from_environment("no_proxy", "NO_PROXY");
    client.vault = &vault;
    return datto::Client::create(timers, clock, std::move(client));
}

}  // namespace runbookd::app
