#include "config/variables.hpp"

#include <algorithm>
#include <optional>

#include "base/glob.hpp"
#include "config/source_text.hpp"

namespace runbookd::config {
namespace {

using templates::SecretUse;
using templates::Template;

constexpr std::string_view kExpected = "a text, a number, true or false";
// Datto RMM documents no limit; what is longer is no name.
constexpr std::size_t kLongestName = 255;

/// Where the value's nth character stands in the file; of a text that is not spelt there letter by letter,
/// where the value begins.
Mark mark_in(const Field& field, std::size_t column) {
    auto mark = field.node->text_mark;
    if (mark.line == 0 || field.node->text.find('\n') != std::string::npos) return field.node->mark;
    mark.column += static_cast<int>(column) - 1;
    return mark;
}

void report_at(const Field& field, std::size_t column, Finding finding) {
    field.report->error(mark_in(field, column), field.path, std::move(finding));
}

std::vector<std::string> names_of(const std::map<std::string, DeclaredSecret>& secrets) {
    std::vector<std::string> names;
    for (const auto& [name, secret] : secrets) names.push_back(name);
    return names;
}

void check_secret(const Field& field, const SecretUse& use, const VariableSurroundings& around) {
    const auto& declared = around.settings.secrets;
    // What is shared by runbooks is looked at again in each of them.
    if (around.settings.account.name.empty() || around.runbook.empty()) return;
    const auto found = declared.find(use.name);
    if (found == declared.end()) {
        const auto names = names_of(declared);
        return report_at(field, use.column,
                         {.code = "bad_value",
                          .message = "the configuration declares no secret " + shown(use.name),
                          .expected = names.empty() ? "a secret that `secrets:` of the configuration declares"
                                                    : "one of " + join(names),
                          .suggestion = nearest_of(use.name, names)});
    }
    const auto& allowed = found->second.runbooks;
    if (std::any_of(allowed.begin(), allowed.end(),
                    [&](const std::string& glob) { return glob_matches(glob, around.runbook); }))
        return;
    report_at(field, use.column,
              {.code = "bad_value",
               .message = "runbook " + shown(around.runbook) + " may not use the secret " + shown(use.name),
               .expected = allowed.empty() ? "its name in that secret's `runbooks`"
                                           : "a name like " + join(allowed)});
}

void check_parts(const Field& field, const Template& value, const VariableSurroundings& around) {
    for (const auto& part : value.parts())
        if (const auto* const secret = std::get_if<SecretUse>(&part)) check_secret(field, *secret, around);
}

/// nullopt: reported.
std::optional<Template> read_value(const Field& field, const VariableSurroundings& around) {
    if (field.is_null()) {
        field.error({.code = "wrong_type",
                     .message = "this variable has no value",
                     .expected = R"(a value; "" for an empty text)"});
        return std::nullopt;
    }
    if (!field.is_scalar()) {
        field.wrong_type(std::string(kExpected));
        return std::nullopt;
    }
    auto value = Template::parse(field.node->text);
    if (!value) {
        auto& error = value.error();
        report_at(field, error.column,
                  {.code = "bad_value",
                   .message = std::move(error.message),
                   .expected = std::move(error.expected),
                   .suggestion = std::move(error.suggestion)});
        return std::nullopt;
    }
    check_parts(field, *value, around);
    return std::move(*value);
}

void check_name(const Field& map, const Entry& entry) {
    const auto refuse = [&](const std::string& message, const std::string& expected) {
        map.report->error(entry.key_mark, map.path,
                          {.code = "bad_value", .message = message, .expected = expected});
    };
    if (entry.key.empty())
        refuse("a variable's name is empty", "the name of one of the component's variables");
    if (count_characters(entry.key) > kLongestName)
        refuse("a variable's name is too long", "at most " + std::to_string(kLongestName) + " characters");
}

}  // namespace

std::map<std::string, Template> read_variables(const Field& field, const VariableSurroundings& around) {
    std::map<std::string, Template> variables;
    if (!field.is_map()) {
        field.wrong_type("a map of names and values");
        return variables;
    }
    report_duplicates(field);
    for (const auto& entry : field.node->entries) {
        check_name(field, entry);
        const Field value{entry.value.get(), field.path + "." + clipped(entry.key), field.report};
        auto read = read_value(value, around);
        if (read) variables.emplace(entry.key, std::move(*read));
    }
    return variables;
}

}  // namespace runbookd::config
