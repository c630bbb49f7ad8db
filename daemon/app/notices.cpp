#include "app/notices.hpp"

namespace runbookd::app {

std::map<std::string, webhooks::Target> notice_targets(const config::Settings& settings) {
    std::map<std::string, webhooks::Target> targets;
    for (const auto& [name, target] : settings.notices)
        targets[name] = {target.webhook.reveal(), static_cast<notices::Format>(target.format)};
    return targets;
}

runtime::Notifier::Rules notify_rules(const runtime::Accounts& accounts) {
    runtime::Notifier::Rules rules;
    for (const auto& account : accounts.all())
        for (const auto& [name, in_force] : account.engine().planner().in_force())
            if (in_force.book && in_force.book->notify) rules[name] = in_force.book->notify;
    return rules;
}

}  // namespace runbookd::app
