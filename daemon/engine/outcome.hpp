#pragma once
// What an answer from Datto means for a job and its target: the table of states, as one pure function.
#include <optional>
#include <string>

#include "engine/api.hpp"
#include "engine/states.hpp"
#include "runbook/success.hpp"

namespace runbookd::engine {

struct Outcome {
    JobStatus status = JobStatus::completed;
    std::string reason;
    Disposition disposition = Disposition::succeeded;
    std::string message{};  ///< for a person; may be empty
};

/// nullopt while the job has not ended (pending, running, or a status this version does not know).
[[nodiscard]] std::optional<Outcome> outcome_of(DeploymentStatus status);

/// The same, where the runbook has rules of its own for what Datto calls a success or a warning. `rules`:
/// null: it has none.
[[nodiscard]] std::optional<Outcome> outcome_of(DeploymentStatus status, const runbook::Printed& printed,
                                                const runbook::Success* rules);

/// How a person reads it in messages: "Success", "Failure", …; the text as sent where it is not one of the
/// known ones.
[[nodiscard]] std::string status_text(const JobResult& result);

}  // namespace runbookd::engine
