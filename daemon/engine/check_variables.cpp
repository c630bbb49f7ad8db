#include "engine/check_variables.hpp"

#include <algorithm>
#include <charconv>

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::engine {
namespace {

constexpr std::size_t kMostListed = 10;
constexpr std::size_t kMostShown = 60;

bool is_boolean(std::string_view type) {
    return equals_ignoring_case(type, "boolean") || equals_ignoring_case(type, "bool");
}
bool is_number(std::string_view type) { return equals_ignoring_case(type, "number"); }

std::string without_blanks(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

bool is_written_number(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    // Words such as "inf" are numbers to the library, and to no script.
    if (text.empty() || ((text[0] < '0' || text[0] > '9') && text[0] != '.')) return false;
    double ignored = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), ignored);
    return read.ec != std::errc::invalid_argument && read.ptr == text.data() + text.size();
}

/// What was meant by words that other languages take for booleans.
std::string boolean_meant_by(const std::string& text) {
    const auto word = ascii_lower(without_blanks(text));
    for (const auto* yes : {"yes", "on", "1", "y", "t"})
        if (word == yes) return "true";
    for (const auto* no : {"no", "off", "0", "n", "f"})
        if (word == no) return "false";
    return {};
}

std::string cut(const std::string& text) {
    if (text.size() <= kMostShown) return text;
    auto end = kMostShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}

const ComponentVariable* find(const Component& component, const std::string& name) {
    const auto found = std::find_if(component.variables.begin(), component.variables.end(),
                                    [&](const ComponentVariable& one) { return one.name == name; });
    return found == component.variables.end() ? nullptr : &*found;
}

std::vector<std::string> input_names(const Component& component) {
    std::vector<std::string> names;
    for (const auto& variable : component.variables)
        if (variable.input) names.push_back(variable.name);
    return names;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kMostListed; ++i) text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kMostListed) text += " and " + std::to_string(names.size() - kMostListed) + " more";
    return text;
}

VariableIssue unknown(const Component& component, const std::string& name) {
    const auto names = input_names(component);
    const auto same = std::find_if(names.begin(), names.end(),
                                   [&](const std::string& one) { return equals_ignoring_case(one, name); });
    VariableIssue issue{VariableProblem::unknown, name, "", ""};
    issue.message = "component '" + component.name + "' has no variable '" + cut(name) + "'";
    if (same != names.end()) {
        issue.suggestion = *same;
        issue.message += "; it is spelt '" + *same + "' (upper and lower case differ)";
        return issue;
    }
    const auto close = nearest(name, names, 1);
    if (!close.empty()) issue.suggestion = close.front();
    if (!close.empty()) issue.message += "; did you mean '" + close.front() + "'?";
    issue.message += close.empty() ? "; it has " : " It has ";
    issue.message += names.empty() ? "none" : listed(names);
    return issue;
}

VariableIssue wrong_value(const ComponentVariable& variable, const std::string& text) {
    VariableIssue issue{VariableProblem::wrong_value, variable.name, "", ""};
    if (is_boolean(variable.type)) issue.suggestion = boolean_meant_by(text);
    issue.message =
        "variable '" + variable.name + "' takes " + expected_of(variable.type) + ", not '" + cut(text) + "'";
    if (!issue.suggestion.empty()) issue.message += "; did you mean " + issue.suggestion + "?";
    return issue;
}

void check_one(const Component& component, const std::string& name, const templates::Template& value,
               std::vector<VariableIssue>& issues) {
    const auto* const variable = find(component, name);
    if (variable == nullptr) {
        issues.push_back(unknown(component, name));
    } else if (!variable->input) {
        issues.push_back({VariableProblem::output, name,
                          "variable '" + name + "' is an output of component '" + component.name +
                              "', which nobody sets; remove it",
                          ""});
    } else if (const auto text = value.constant(); text && templates::is_too_long(*text)) {
        issues.push_back({VariableProblem::wrong_value, name,
                          "variable '" + name + "' has more than 16,195 characters, and may not arrive whole",
                          ""});
    } else if (text && !convert(variable->type, *text)) {
        issues.push_back(wrong_value(*variable, *text));
    }
}

}  // namespace

std::optional<std::string> convert(std::string_view type, const std::string& text) {
    if (is_boolean(type)) {
        auto word = ascii_lower(without_blanks(text));
        if (word == "true" || word == "false") return word;
        return std::nullopt;
    }
    if (is_number(type)) {
        auto number = without_blanks(text);
        if (is_written_number(number)) return number;
        return std::nullopt;
    }
    return text;
}

std::string expected_of(std::string_view type) {
    if (is_boolean(type)) return "true or false";
    return is_number(type) ? "a number" : "";
}

bool VariableCheck::has_errors() const {
    return std::any_of(issues.begin(), issues.end(),
                       [](const VariableIssue& issue) { return is_error(issue.problem); });
}

std::string VariableCheck::messages(bool of_errors) const {
    std::string text;
    for (const auto& issue : issues)
        if (is_error(issue.problem) == of_errors) text += (text.empty() ? "" : "; ") + issue.message;
    return text;
}

VariableCheck check_variables(const Component& component, const Variables& variables) {
    VariableCheck check;
    for (const auto& [name, value] : variables) check_one(component, name, value, check.issues);
    for (const auto& variable : component.variables) {
        if (!variable.input) continue;
        const auto set = variables.find(variable.name);
        const bool is_set = set != variables.end();
        check.inputs.push_back({variable.name, variable.type,
                                is_set ? std::optional(set->second.shown()) : std::nullopt,
                                variable.default_value});
        if (!is_set && variable.default_value.empty())
            check.issues.push_back({VariableProblem::no_value, variable.name,
                                    "input '" + variable.name + "' of component '" + component.name +
                                        "' has neither a value nor a default",
                                    ""});
    }
    std::stable_sort(check.issues.begin(), check.issues.end(),
                     [](const VariableIssue& a, const VariableIssue& b) { return a.variable < b.variable; });
    return check;
}

}  // namespace runbookd::engine
