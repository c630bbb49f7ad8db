#pragma once
// The account's client, from its settings and from what the environment says of proxies.
#include <memory>

#include "config/settings.hpp"
#include "datto/client.hpp"

namespace runbookd::app {

/// `vault`, `timers` and `clock` outlive the client. Errors: see datto::Client::create.
[[nodiscard]] Result<std::unique_ptr<datto::Client>> make_client(const config::AccountSettings& account,
                                                                 const secrets::Vault& vault,
                                                                 async::Timers& timers, const Clock& clock);

}  // namespace runbookd::app
