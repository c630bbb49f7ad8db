#pragma once
// The list verbs: which path each asks, which columns its table and its CSV have.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"
#include "cli/table.hpp"

namespace runbookd::cli {

/// The value of `option` (for messages): "2h" is that long ago, anything else must be an ISO time; empty
/// stays empty. Errors: invalid_input.
[[nodiscard]] Result<std::string> read_time(const Surroundings& around, const char* option,
                                            const std::string& text);

[[nodiscard]] bool is_list(Verb verb);
/// Asks and prints. Returns the exit status.
int run_list(Surroundings& around, const Client& client, const Command& command);

/// `rows` (a JSON array of the verb's objects) as the verb's table.
[[nodiscard]] Table table_of(Verb verb, const nlohmann::ordered_json& rows);
/// `rows` as CSV: all the columns of the verb's view, also when there is no row.
[[nodiscard]] std::string csv_of(Verb verb, const nlohmann::ordered_json& rows);

}  // namespace runbookd::cli
