#include "config/steps_reader.hpp"

#include <algorithm>
#include <utility>

#include "config/quantities.hpp"
#include "config/success_reader.hpp"

namespace runbookd::config {
namespace {

using runbook::Step;
using runbook::StepEnd;

constexpr std::size_t kMostSteps = 50;
constexpr Range<Millis> kTimeouts{std::chrono::seconds{1}, std::chrono::hours{30 * 24}};
constexpr Range<Millis> kReturns{std::chrono::seconds{1}, std::chrono::hours{24}};
constexpr const char* kExample = "[{name: check, component: Check Backup}]";
constexpr const char* kWhenExample = "[check.failed, check.timeout]";

std::vector<std::string> words_of_ends() {
    std::vector<std::string> words;
    for (const auto end : {StepEnd::succeeded, StepEnd::warning, StepEnd::failed, StepEnd::timeout,
                           StepEnd::expired, StepEnd::skipped})
        words.emplace_back(runbook::to_text(end));
    return words;
}

class StepsReader {
public:
    explicit StepsReader(const ReadVariables& read_variables) : read_variables_(read_variables) {}

    void read(const Field& field) {
        static const Vocabulary keys{
            {"name", "component", "variables", "on_failure", "when", "timeout", "success", "expect"}, {}};
        Step step;
        if (const auto map = MapReader::open(field, keys)) {
            // Before the name, so that a step cannot wait for itself.
            if (const auto when = map->get("when")) read_when(*when, step);
            read_name(*map, step);
            if (const auto policy = map->get("on_failure"))
                step.goes_on_after_failure = read_word(*policy, {{"stop"}, {"continue"}}) == std::size_t{1};
            if (const auto expect = map->get("expect"))
                read_return(*map, *expect, step);
            else
                read_job(*map, step);
        }
        steps_.list.push_back(std::move(step));
    }

    [[nodiscard]] runbook::Steps take() { return std::move(steps_); }

private:
    void read_name(const MapReader& map, Step& step) {
        step.name = "step-" + std::to_string(steps_.list.size() + 1);
        const auto field = map.get("name");
        if (!field) {
            if (!map.has("expect")) map.missing("name", "a name of the step's own, such as name: check");
            return;
        }
        const auto name = read_plain_name(*field, "a step");
        if (!name) return;
        if (std::any_of(names_.begin(), names_.end(), [&](const auto& one) { return one.first == *name; }))
            field->error({.code = "duplicate_name",
                          .message = "an earlier step has the name " + shown(*name),
                          .expected = "a name of its own"});
        names_.emplace_back(*name, steps_.list.size());
        step.name = *name;
    }

    void read_job(const MapReader& map, Step& step) {
        if (const auto component = map.get("component"))
            step.component = read_text(*component).value_or("");
        else
            map.missing("component", "the name or uid of a component, or expect: {online: true}");
        if (const auto variables = map.get("variables")) step.variables = read_variables_(*variables);
        if (const auto timeout = map.get("timeout")) step.timeout = read_duration(*timeout, kTimeouts);
        if (const auto success = map.get("success")) step.success = read_success(*success);
    }

    void read_return(const MapReader& map, const Field& field, Step& step) {
        for (const auto* key : {"component", "variables", "timeout", "success"})
            if (const auto other = map.get(key))
                other->error({.code = "bad_value",
                              .message = std::string("'") + key + "' and 'expect' exclude each other",
                              .expected = "two steps"});
        if (steps_.list.empty())
            field.error({.code = "bad_value",
                         .message = "no step before this one could have sent the device away",
                         .expected = "a component in the first step; `offline: wait` waits for devices that "
                                     "are offline"});
        auto& expect = step.expect.emplace();
        static const Vocabulary keys{{"online", "rebooted", "within"}, {}};
        const auto expected = MapReader::open(field, keys);
        if (!expected) return;
        if (!expected->has("online") && !expected->has("rebooted"))
            field.error({.code = "bad_value",
                         .message = "nothing is expected here",
                         .expected = "online: true, rebooted: true, or both"});
        if (const auto online = expected->get("online")) expect.online = read_expected(*online);
        if (const auto rebooted = expected->get("rebooted")) expect.rebooted = read_expected(*rebooted);
        if (const auto within = expected->get("within"))
            expect.within = read_duration(*within, kReturns).value_or(expect.within);
    }

    /// Only that it happened can be expected.
    static bool read_expected(const Field& field) {
        const auto expected = read_bool(field);
        if (expected && !*expected)
            field.error({.code = "bad_value",
                         .message = "only that it happens can be expected",
                         .expected = "true, or no such key"});
        return expected.value_or(false);
    }

    void read_when(const Field& field, Step& step) {
        if (!field.is_list()) return read_condition(field, step);
        for (const auto& item : read_full_list(field, kWhenExample)) read_condition(item, step);
    }

    void read_condition(const Field& field, Step& step) {
        const auto text = read_text(field);
        if (!text) return;
        static const auto kEnds = words_of_ends();
        const auto dot = text->find('.');
        const auto name = text->substr(0, dot);
        const auto word = dot == std::string::npos ? std::string() : text->substr(dot + 1);
        const auto named =
            std::find_if(names_.begin(), names_.end(), [&](const auto& one) { return one.first == name; });
        const auto end = runbook::step_end_from(word);
        if (named == names_.end())
            refuse_name(field, name);
        else if (!end)
            field.error({.code = "bad_value",
                         .message = shown(*text) + " does not say what came of that step",
                         .expected = name + "., and one of " + join(kEnds),
                         .suggestion = nearest_of(word, kEnds)});
        else if (runbook::is_bad(*end) && !steps_.list[named->second].goes_on_after_failure)
            field.error({.code = "bad_value",
                         .message = "this step could never run: where " + shown(name) + " ends as " + word +
                                    ", the steps after it are not run",
                         .expected = "on_failure: continue in step " + name});
        else
            step.when.push_back({named->second, *end});
    }

    void refuse_name(const Field& field, const std::string& name) const {
        std::vector<std::string> names;
        for (const auto& [known, place] : names_) names.push_back(known);
        field.error({.code = "bad_value",
                     .message = shown(name) + " is no earlier step",
                     .expected = names.empty() ? "nothing here: this is the first step with a name"
                                               : "one of " + join(names) +
                                                     ", and what came of it: " + names.back() + ".failed",
                     .suggestion = nearest_of(name, names)});
    }

    const ReadVariables& read_variables_;
    runbook::Steps steps_;
    std::vector<std::pair<std::string, std::size_t>> names_;  // with their places
};

}  // namespace

runbook::Steps read_steps(const Field& field, const ReadVariables& read_variables) {
    StepsReader reader(read_variables);
    for (const auto& item : read_full_list(field, kExample, kMostSteps)) reader.read(item);
    return reader.take();
}

}  // namespace runbookd::config
