#pragma once
// The daemon's answers, as objects and as JSON on the terminal.
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// On one line, or with that indent; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string to_json_text(const nlohmann::ordered_json& value, int indent = -1);

/// Errors: those of the call; internal (what came is no object).
[[nodiscard]] Result<nlohmann::ordered_json> read_object(Result<std::string> body);

/// Shows the answer: with --json as it is, else in words. Returns the exit status.
int show(Surroundings& around, const Command& command, const Result<nlohmann::ordered_json>& answer,
         const std::function<void(const nlohmann::ordered_json&)>& in_words);

}  // namespace runbookd::cli
