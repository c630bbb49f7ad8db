#include "engine/check_run.hpp"

#include "engine/variables.hpp"

namespace runbookd::engine {
namespace {

std::string joined(const std::vector<CheckedStep>& steps, bool of_errors) {
    std::string text;
    for (const auto& step : steps) {
        const auto said = of_errors ? step.variables.errors() : step.variables.warnings();
        if (!said.empty()) text += (text.empty() ? "" : "; ") + step.words + said;
    }
    return text;
}

}  // namespace

std::string CheckedRun::errors() const {
    auto text = joined(steps, true);
    for (const auto& issue : unused) text += (text.empty() ? "" : "; ") + issue.message;
    return text;
}

std::string CheckedRun::warnings() const { return joined(steps, false); }

CheckedRun check_run(const Run& run, const Fleet& fleet) {
    CheckedRun checked;
    const bool has_steps = run.book != nullptr && run.book->steps;
    std::vector<const Component*> components;
    for (std::int64_t number = 1; number <= std::ssize(run.components); ++number) {
        const auto place = static_cast<std::size_t>(number - 1);
        if (has_steps && run.book->steps->list[place].expect) continue;
        auto& step = checked.steps.emplace_back();
        step.number = number;
        if (has_steps) step.words = "step '" + run.book->steps->list[place].name + "': ";
        const auto& uid = run.components[place].uid;
        step.component = uid.empty() ? nullptr : fleet.find_component(uid.str());
        step.is_lacking = step.component == nullptr;
        components.push_back(step.component);
        if (!step.is_lacking)
            step.variables = check_variables(*step.component, variables_of(run, number, step.component));
    }
    for (const auto& name : unused_variables(run, components))
        checked.unused.push_back(
            {VariableProblem::unknown, name, "no step's component has a variable '" + name + "'", ""});
    return checked;
}

}  // namespace runbookd::engine
