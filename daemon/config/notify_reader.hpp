#pragma once
// Reads `notify:`: in the settings who can be told, in a runbook whom its runs are told to.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"
#include "runbook/notify.hpp"

namespace runbookd::config {

/// The targets of notices, by name. Every name is there, also where its webhook is reported or left unread.
[[nodiscard]] std::map<std::string, NoticeTarget> read_notice_targets(const Field& field,
                                                                      const Surroundings& around);

/// Reports every problem; null: nobody is told. A target that `settings` do not have is one, unless they come
/// from no file.
[[nodiscard]] std::shared_ptr<const runbook::NotifyRules> read_notify(const Field& field,
                                                                      const Settings& settings);

}  // namespace runbookd::config
