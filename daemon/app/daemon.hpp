#pragma once
// The wiring: builds every part once, in order, hands them to each other, runs the loop, and shuts it all
// down.
#include <filesystem>
#include <string>

namespace runbookd::app {

/// Runs until SIGTERM or SIGINT. Returns the process's exit status: 0 after an orderly stop; 1 when it could
/// not start or had to give up, after one line on standard error (or in the log) that says why and what to
/// do.
[[nodiscard]] int run_daemon(const std::filesystem::path& config_file);

/// Checks configuration and runbooks, prints what is wrong, starts nothing. 0: all can be taken; 1: not.
[[nodiscard]] int check_configuration(const std::filesystem::path& config_file);

}  // namespace runbookd::app
