#pragma once
// What a notice says: the JSON object that docs/notifications.md describes, and its sentence.
#include <cstdint>
#include <string>

#include "notices/conditions.hpp"
#include "notices/event.hpp"

namespace runbookd::notices {

/// The part of an event that one notice is about.
struct Part {
    runbook::NoticesPer per = runbook::NoticesPer::run;
    std::string subject;  ///< uid of the run or device, or the customer's name; of an occurrence, its instant
    Conditions on;        ///< not empty
    const Row* customer = nullptr;  ///< of RunFacts::customers; null: not about one
    const Row* target = nullptr;    ///< of RunFacts::targets; null: not about one
    std::int64_t more = 0;          ///< that have no notice of their own, told with this one
};

/// The same at every attempt, and another for every notice.
[[nodiscard]] std::string notice_uid(const Event& event, const std::string& to, const Part& part);

[[nodiscard]] nlohmann::json payload_of(const Event& event, const std::string& to, const Part& part);

}  // namespace runbookd::notices
