#include "config/steps_reader.hpp"

#include <algorithm>

#include "config/quantities.hpp"
#include "config/success_reader.hpp"

namespace runbookd::config {
namespace {

constexpr std::size_t kMostSteps = 50;
constexpr Range<Millis> kTimeouts{std::chrono::seconds{1}, std::chrono::hours{30 * 24}};
constexpr Range<Millis> kReturns{std::chrono::seconds{1}, std::chrono::hours{24}};
constexpr const char* kExample = "[{name: check, component: Check Backup}]";

class StepsReader {
public:
    explicit StepsReader(const CheckVariables& check_variables) : check_variables_(check_variables) {}

    void check(const Field& field) {
        static const Vocabulary keys{
            {"name", "component", "variables", "on_failure", "when", "timeout", "success", "expect"}, {}};
        const auto map = MapReader::open(field, keys);
        if (!map) return;
        // Before the name, so that a step cannot wait for itself.
        if (const auto when = map->get("when")) check_when(*when);
        check_name(*map);
        if (const auto expect = map->get("expect")) return check_return(*map, *expect);
        check_job(*map);
    }

private:
    void check_name(const MapReader& map) {
        const auto field = map.get("name");
        if (!field) {
            if (!map.has("expect")) map.missing("name", "a name of the step's own, such as name: check");
            return;
        }
        const auto name = read_plain_name(*field, "a step");
        if (!name) return;
        if (std::find(names_.begin(), names_.end(), *name) != names_.end())
            field->error({.code = "duplicate_name",
                          .message = "an earlier step has the name " + shown(*name),
                          .expected = "a name of its own"});
        names_.push_back(*name);
    }

    void check_job(const MapReader& map) {
        if (const auto component = map.get("component"))
            (void)read_text(*component);
        else
            map.missing("component", "the name or uid of a component, or expect: {online: true}");
        if (const auto variables = map.get("variables")) check_variables_(*variables);
        if (const auto policy = map.get("on_failure")) (void)read_word(*policy, {{"stop"}, {"continue"}});
        if (const auto timeout = map.get("timeout")) (void)read_duration(*timeout, kTimeouts);
        if (const auto success = map.get("success")) (void)read_success(*success);
    }

    static void check_return(const MapReader& step, const Field& field) {
        for (const auto* key : {"component", "variables", "timeout", "success"})
            if (const auto other = step.get(key))
                other->error({.code = "bad_value",
                              .message = std::string("'") + key + "' and 'expect' exclude each other",
                              .expected = "two steps"});
        if (const auto policy = step.get("on_failure")) (void)read_word(*policy, {{"stop"}, {"continue"}});
        static const Vocabulary keys{{"online", "rebooted", "within"}, {}};
        const auto map = MapReader::open(field, keys);
        if (!map) return;
        if (!map->has("online") && !map->has("rebooted"))
            field.error({.code = "bad_value",
                         .message = "nothing is expected here",
                         .expected = "online: true, rebooted: true, or both"});
        for (const auto* key : {"online", "rebooted"})
            if (const auto expected = map->get(key)) (void)read_bool(*expected);
        if (const auto within = map->get("within")) (void)read_duration(*within, kReturns);
    }

    void check_when(const Field& field) {
        const auto text = read_text(field);
        if (!text) return;
        static const std::vector<std::string> kOutcomes{"succeeded", "warning", "failed",
                                                        "timeout",   "expired", "skipped"};
        const auto dot = text->find('.');
        const auto name = text->substr(0, dot);
        const auto outcome = dot == std::string::npos ? std::string() : text->substr(dot + 1);
        if (std::find(names_.begin(), names_.end(), name) == names_.end())
            field.error({.code = "bad_value",
                         .message = shown(name) + " is no earlier step",
                         .expected = names_.empty() ? "nothing here: this is the first step with a name"
                                                    : "one of " + join(names_) + ", and what came of it: " +
                                                          names_.back() + ".failed",
                         .suggestion = nearest_of(name, names_)});
        else if (std::find(kOutcomes.begin(), kOutcomes.end(), outcome) == kOutcomes.end())
            field.error({.code = "bad_value",
                         .message = shown(*text) + " does not say what came of that step",
                         .expected = name + "., and one of " + join(kOutcomes),
                         .suggestion = nearest_of(outcome, kOutcomes)});
    }

    const CheckVariables& check_variables_;
    std::vector<std::string> names_;
};

}  // namespace

void check_steps(const Field& field, const CheckVariables& check_variables) {
    StepsReader reader(check_variables);
    for (const auto& item : read_full_list(field, kExample, kMostSteps)) reader.check(item);
}

}  // namespace runbookd::config
