#include "config/variables.hpp"

namespace runbookd::config {
namespace {

constexpr std::string_view kExpected = "a text, a number, true or false";

/// nullopt: reported.
std::optional<std::string> read_value(const Field& field) {
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
    const auto& text = field.node->text;
    if (text.find("{{") != std::string::npos) {
        field.not_supported("a template ({{ … }})");
        return std::nullopt;
    }
    if (text.find("${secret:") != std::string::npos) {
        field.not_supported("a secret (${secret:…})");
        return std::nullopt;
    }
    return text;
}

}  // namespace

std::map<std::string, std::string> read_variables(const Field& field) {
    std::map<std::string, std::string> variables;
    if (!field.is_map()) {
        field.wrong_type("a map of names and values");
        return variables;
    }
    report_duplicates(field);
    for (const auto& entry : field.node->entries) {
        const Field value{entry.value.get(), field.path + "." + clipped(entry.key), field.report};
        if (entry.key.empty()) {
            field.report->error(entry.key_mark, field.path,
                                {.code = "bad_value", .message = "a variable's name is empty"});
        }
        auto text = read_value(value);
        if (text) variables.emplace(entry.key, std::move(*text));
    }
    return variables;
}

}  // namespace runbookd::config
