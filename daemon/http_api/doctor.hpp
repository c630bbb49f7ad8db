#pragma once
// The daemon's health, point by point: what each check looked at, and what it means for a person. Pure.
#include <string>
#include <vector>

#include "ports/control.hpp"

namespace runbookd::http_api {

enum class Health {
    ok,
    warning,  ///< worth knowing; nothing is wrong
    failed,   ///< a person must look
};

struct Check {
    std::string
        name;  ///< daemon, clock, store, restore, account, budget, fleet, pauses, record, configuration
    Health health = Health::ok;
    std::string message;
};

/// In a fixed order; `account` and `budget` once for each account, `configuration` once for each problem.
[[nodiscard]] std::vector<Check> examine(const ports::DaemonStatus& status);
/// No check has failed.
[[nodiscard]] bool is_healthy(const std::vector<Check>& checks);
/// "ok", "warning", "failed".
[[nodiscard]] const char* to_text(Health health);
/// What `--accept-restore` would do now, for whoever is about to say it; empty: nothing is held.
[[nodiscard]] std::string accepting_words(const std::vector<ports::HeldStatus>& held);

}  // namespace runbookd::http_api
