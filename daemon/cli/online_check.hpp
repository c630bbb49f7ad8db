#pragma once
// validate --online: holds runbooks against the account, through the daemon.
#include <optional>

#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/findings.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

class OnlineCheck {
public:
    explicit OnlineCheck(Client client) : client_(std::move(client)) {}

    /// What the account has against the runbook, with the places of its text.
    [[nodiscard]] std::vector<config::Diagnostic> judge(const runbook::Runbook& runbook);
    /// Why runbooks could not be checked, as of the first; none: all were.
    [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

private:
    Client client_;
    std::optional<Error> problem_;
};

/// As run_validate, and what the account has against the valid ones. Returns kUnreachable where it could not
/// be asked.
int run_validate_online(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
