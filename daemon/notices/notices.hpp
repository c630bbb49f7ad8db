#pragma once
// Whom an event is told to, and in how many notices. Pure: the rules of the runbook and the event decide, and
// the same event gives the same notices whenever it is looked at.
#include <cstdint>
#include <string>
#include <vector>

#include "notices/event.hpp"
#include "runbook/notify.hpp"

namespace runbookd::notices {

/// One thing that one target of notices is to be told. Event, target, `per` and subject name it: there is no
/// second with the same four.
struct Notice {
    std::string uid;
    std::int64_t event = 0;
    std::string to;
    runbook::NoticesPer per = runbook::NoticesPer::run;
    std::string subject;
    std::string runbook;
    std::string run_uid;  ///< empty: of no run
    std::string payload;  ///< JSON, as docs/notifications.md has it
};

/// In the order in which they are to be sent. Rules that come to the same notice give one, with the
/// conditions of all of them.
[[nodiscard]] std::vector<Notice> notices_of(const Event& event, const runbook::NotifyRules& rules);

}  // namespace runbookd::notices
