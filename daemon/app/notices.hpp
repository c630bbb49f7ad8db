#pragma once
// What the notifier is given: whom the settings name, and what the runbooks in force ask for.
#include <map>
#include <string>

#include "config/settings.hpp"
#include "http_client/proxy.hpp"
#include "runtime/accounts.hpp"
#include "runtime/notifier.hpp"
#include "webhooks/sender.hpp"

namespace runbookd::app {

[[nodiscard]] std::map<std::string, webhooks::Target> notice_targets(const config::Settings& settings);

/// Of all accounts.
[[nodiscard]] runtime::Notifier::Rules notify_rules(const runtime::Accounts& accounts);

}  // namespace runbookd::app
