#pragma once
// The verbs about the record itself: `audit …` and `doctor`.
#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace runbookd::cli {

/// What a verb's options are put into; all of it outlives the parser.
struct Choices {
    Command& command;
    bool& is_json;
    bool& is_csv;
};

/// A verb below `parent`, with --json: where it is named, the command's verb is `which`.
CLI::App* add_verb(CLI::App& parent, Choices choices, const char* name, Verb which, const char* what);

void add_audit_verbs(CLI::App& app, Choices choices);
void add_doctor(CLI::App& app, Choices choices);

}  // namespace runbookd::cli
