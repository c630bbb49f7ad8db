#include "runbook/triggers.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace runbookd::runbook {

bool matches(const AlertTrigger& trigger, std::string_view priority, std::string_view alert_class) {
    const auto is_one_of = [](const std::vector<std::string>& words, std::string_view word) {
        return words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& one) {
                   return equals_ignoring_case(one, word);
               });
    };
    return is_one_of(trigger.priorities, priority) && is_one_of(trigger.classes, alert_class);
}

bool matches(const OutcomeTrigger& trigger, std::string_view disposition) {
    return std::find(trigger.dispositions.begin(), trigger.dispositions.end(), disposition) !=
           trigger.dispositions.end();
}

}  // namespace runbookd::runbook
