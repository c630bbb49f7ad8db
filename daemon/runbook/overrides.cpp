#include "runbook/overrides.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/spelling.hpp"

namespace runbookd::runbook {
namespace {

/// In the order of overridable_rules().
constexpr std::array<bool Overrides::*, 3> kFlags{&Overrides::guard, &Overrides::not_during,
                                                  &Overrides::window};

std::string unknown_rule(const std::string& rule) {
    std::string all;
    for (const auto& name : overridable_rules()) all += (all.empty() ? "" : ", ") + name;
    const auto close = nearest(rule, overridable_rules(), 1);
    return "'" + rule + "' is not a rule that can be overridden; " +
           (close.empty() ? std::string() : "did you mean '" + close.front() + "'? ") + "there are " + all;
}

}  // namespace

const std::vector<std::string>& overridable_rules() {
    static const std::vector<std::string> rules{"guard", "not_during", "window"};
    return rules;
}

std::vector<std::string> Overrides::rules() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kFlags.size(); ++i)
        if (this->*kFlags.at(i)) names.push_back(overridable_rules()[i]);
    return names;
}

Result<Overrides> read_overrides(const std::vector<std::string>& rules, std::string reason) {
    Overrides overrides;
    const auto& known = overridable_rules();
    for (const auto& rule : rules) {
        const auto found = std::find(known.begin(), known.end(), rule);
        if (found == known.end()) return fail(ErrorCode::invalid_input, unknown_rule(rule));
        overrides.*kFlags.at(static_cast<std::size_t>(found - known.begin())) = true;
    }
    const bool has_reason = reason.find_first_not_of(" \t\r\n") != std::string::npos;
    if (overrides.any() && !has_reason)
        return fail(ErrorCode::invalid_input, "an override needs a reason, for the record");
    if (!overrides.any() && has_reason)
        return fail(ErrorCode::invalid_input, "a reason is given, and no rule that it overrides");
    if (overrides.any()) overrides.reason = std::move(reason);
    return overrides;
}

}  // namespace runbookd::runbook
