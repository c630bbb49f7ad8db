#pragma once
// What a device's job is given: the runbook's variables with what the run sets beside them, their fields
// filled in. Secrets stay names.
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "engine/books.hpp"
#include "engine/check_variables.hpp"
#include "engine/customers.hpp"

namespace runbookd::engine {

using SentVariables = std::map<std::string, templates::Rendered>;

/// Texts that a person or a program gave: sent as they stand, whatever they hold.
[[nodiscard]] Variables literals(const std::map<std::string, std::string>& texts);
/// Of a job of that step (from 1): the runbook's, over them the step's, and over all those that the run was
/// started with, which are sent as they stand. What all steps share goes to those whose component has such a
/// variable; `component`: null: nobody knows what it has.
[[nodiscard]] Variables variables_of(const Run& run, std::int64_t step, const Component* component);
/// The names of those that all steps share and that none of the components has; null ones are not known, and
/// may have any. Empty for a run without steps.
[[nodiscard]] std::vector<std::string> unused_variables(const Run& run,
                                                        const std::vector<const Component*>& components);

/// Why a target gets no job.
struct VariableRefusal {
    Disposition disposition = Disposition::skipped;
    std::string reason;
    std::string message;
};
/// A target as it is known now.
struct RenderedFor {
    const TargetRow& target;
    const Device* device = nullptr;              ///< null: it is not known any more
    const Customers::Known* customer = nullptr;  ///< null: of none
};
/// For one target and its job of that step. `component` tells the types; null: values go out unconverted.
/// Refused: null_variable where a field has no value, rejected where a value is not of its type or too long.
[[nodiscard]] tl::expected<SentVariables, VariableRefusal> render_variables(const Run& run, std::int64_t step,
                                                                            const RenderedFor& of,
                                                                            const Component* component);

/// For records: secrets as "[secret:NAME]".
[[nodiscard]] std::map<std::string, std::string> masked(const SentVariables& variables);

}  // namespace runbookd::engine
