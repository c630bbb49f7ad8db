#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb doctor: what the daemon examines, and whether others can reach the control socket at `socket`.
/// Exit status 1 where a check has failed.
int run_doctor(Surroundings& around, const Client& client, const Command& command, const std::string& socket);

/// doctor --accept-restore: a person's word on a store that was put back to an earlier state.
int run_accept_restore(Surroundings& around, const Client& client, const Command& command);

/// How far the search for what the store has lost is, from one of the status's `held`.
[[nodiscard]] std::string held_words(const nlohmann::ordered_json& held);

}  // namespace runbookd::cli
