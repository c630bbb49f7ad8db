#include "app/account_client.hpp"

#include <utility>

#include "app/proxy_environment.hpp"

namespace runbookd::app {
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
    client.environment = proxy_environment();
    client.vault = &vault;
    return datto::Client::create(timers, clock, std::move(client));
}

}  // namespace runbookd::app
