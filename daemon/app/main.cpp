// runbookd --config FILE [--check]
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "app/daemon.hpp"

int main(int argc, char** argv) {
    CLI::App arguments{"runbookd: runs YAML runbooks over Datto RMM quick jobs and records every one"};
    arguments.set_version_flag("--version", std::string("runbookd ") + RUNBOOKD_VERSION);
    std::string config = "/etc/runbookd/runbookd.yaml";
    bool check = false;
    arguments.add_option("--config", config, "the configuration file")->capture_default_str();
    arguments.add_flag("--check", check, "check configuration and runbooks, start nothing");
    try {
        arguments.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return arguments.exit(error) == 0 ? 0 : 2;
    }
    try {
        return check ? runbookd::app::check_configuration(config) : runbookd::app::run_daemon(config);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "runbookd: %s\n", error.what());
        return 1;
    }
}
