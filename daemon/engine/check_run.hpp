#pragma once
// Holds all that a run would give its jobs against their components. Pure.
#include <cstdint>
#include <string>
#include <vector>

#include "engine/books.hpp"
#include "engine/check_variables.hpp"
#include "engine/fleet.hpp"

namespace runbookd::engine {

/// One of its steps that makes jobs; of a run without steps, its only one.
struct CheckedStep {
    std::int64_t number = 1;
    std::string words;                     ///< before what is said of it: "step 'check': "; may be empty
    bool is_lacking = false;               ///< its component was not found
    const Component* component = nullptr;  ///< null: likewise
    VariableCheck variables;
};
struct CheckedRun {
    std::vector<CheckedStep> steps;
    /// Of the variables that all steps share: those that no component has.
    std::vector<VariableIssue> unused;

    /// In one line; empty: there are none.
    [[nodiscard]] std::string errors() const;
    [[nodiscard]] std::string warnings() const;
};

/// Of a run whose components have been looked for.
[[nodiscard]] CheckedRun check_run(const Run& run, const Fleet& fleet);

}  // namespace runbookd::engine
