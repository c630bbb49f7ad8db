#include "runbook/steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runbookd::runbook {
namespace {

constexpr std::array kEnds{
    std::pair{StepEnd::succeeded, std::string_view("succeeded")},
    std::pair{StepEnd::warning, std::string_view("warning")},
    std::pair{StepEnd::failed, std::string_view("failed")},
    std::pair{StepEnd::timeout, std::string_view("timeout")},
    std::pair{StepEnd::expired, std::string_view("expired")},
    std::pair{StepEnd::skipped, std::string_view("skipped")},
};

bool is_wanted(const Step& step, const std::vector<StepEnd>& ended) {
    return step.when.empty() ||
           std::any_of(step.when.begin(), step.when.end(), [&](const StepCondition& condition) {
               return condition.step < ended.size() && ended[condition.step] == condition.end;
           });
}

}  // namespace

std::string_view to_text(StepEnd end) {
    for (const auto& [known, text] : kEnds)
        if (known == end) return text;
    return "";
}

std::optional<StepEnd> step_end_from(std::string_view text) {
    for (const auto& [end, known] : kEnds)
        if (known == text) return end;
    return std::nullopt;
}

NextStep Steps::after(const std::vector<StepEnd>& ended) const {
    NextStep next;
    auto all = ended;
    while (all.size() < list.size()) {
        const auto place = all.size();
        if (is_wanted(list[place], all)) {
            next.step = place;
            return next;
        }
        next.skipped.push_back(place);
        all.push_back(StepEnd::skipped);
    }
    return next;
}

std::int64_t Steps::coming(std::vector<StepEnd> ended) const {
    std::int64_t count = 0;
    for (auto next = after(ended); next.step; next = after(ended), ++count) {
        ended.insert(ended.end(), next.skipped.size(), StepEnd::skipped);
        ended.push_back(StepEnd::succeeded);
    }
    return count;
}

std::int64_t Steps::jobs(std::vector<StepEnd> ended) const {
    std::int64_t count = 0;
    for (auto next = after(ended); next.step; next = after(ended)) {
        ended.insert(ended.end(), next.skipped.size(), StepEnd::skipped);
        ended.push_back(StepEnd::succeeded);
        if (!list[*next.step].expect) ++count;
    }
    return count;
}

Millis Steps::longest_timeout(Millis of_runbook) const {
    Millis longest{0};
    for (const auto& step : list)
        if (!step.expect) longest = std::max(longest, step.timeout.value_or(of_runbook));
    return longest;
}

Millis Steps::waits() const {
    Millis all{0};
    for (const auto& step : list)
        if (step.expect) all += step.expect->within;
    return all;
}

}  // namespace runbookd::runbook
