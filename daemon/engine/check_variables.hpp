#pragma once
// Holds variables against the component that they are for. Pure: what runs, quick jobs and those who only
// want to know are told is the same.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api.hpp"
#include "templates/template.hpp"

namespace runbookd::engine {

using Variables = std::map<std::string, templates::Template>;

enum class VariableProblem : std::uint8_t {
    unknown,      ///< the component has none of that name (upstream names are case-sensitive)
    output,       ///< the component gives it, nobody sets it
    wrong_value,  ///< not of the variable's type
    no_value,  ///< an input without default, and nothing is set: a warning, for Datto takes it all the same
};
[[nodiscard]] constexpr bool is_error(VariableProblem problem) {
    return problem != VariableProblem::no_value;
}

struct VariableIssue {
    VariableProblem problem = VariableProblem::unknown;
    std::string variable;
    std::string message;     ///< one sentence for a person; holds the suggestion
    std::string suggestion;  ///< the nearest valid name or value; may be empty
};

/// What the component gets for one of its inputs.
struct InputValue {
    std::string name;
    std::string type;  ///< as upstream says
    std::optional<std::string>
        set;  ///< as written, fields as fields and secrets masked; none: the default holds
    std::string default_value;
};

struct VariableCheck {
    std::vector<VariableIssue> issues;  ///< by name
    std::vector<InputValue> inputs;     ///< in the component's order
    [[nodiscard]] bool has_errors() const;
    /// The errors (or, else, the warnings) in one line; empty: there are none.
    [[nodiscard]] std::string errors() const { return messages(true); }
    [[nodiscard]] std::string warnings() const { return messages(false); }

private:
    [[nodiscard]] std::string messages(bool of_errors) const;
};

/// Values with fields or secrets are checked for their names only: `convert` looks at them when they are
/// known.
[[nodiscard]] VariableCheck check_variables(const Component& component, const Variables& variables);

/// The text as the type is sent (booleans in small letters, numbers without blanks); nullopt: not of the
/// type. Types are compared without case; an unknown one takes any text, as does a selection, whose options
/// nobody tells us.
[[nodiscard]] std::optional<std::string> convert(std::string_view type, const std::string& text);
/// What `convert` takes, such as "true or false"; empty: any text.
[[nodiscard]] std::string expected_of(std::string_view type);

}  // namespace runbookd::engine
