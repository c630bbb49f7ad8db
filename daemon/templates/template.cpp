#include "templates/template.hpp"

#include <algorithm>
#include <utility>

#include "templates/characters.hpp"
#include "templates/date_format.hpp"
#include "templates/scanner.hpp"

namespace runbookd::templates {
namespace {

/// nullopt: the field has no value, and no default stands for it.
std::optional<std::string> text_of(const FieldUse& use, const LookUp& look_up, const cron::Zone& zone) {
    const auto value = look_up(use.field);
    if (const auto* const time = std::get_if<UtcTime>(&value))
        return use.date ? format_date(*use.date, *time, zone) : format_utc(*time);
    if (const auto* const text = std::get_if<std::string>(&value); text != nullptr && !text->empty())
        return *text;
    return use.fallback ? std::optional(*use.fallback) : std::nullopt;
}

std::string quote(const std::string& text) {
    const char mark = text.find('\'') == std::string::npos ? '\'' : '"';
    return mark + text + mark;
}

std::string shown_field(const FieldUse& use) {
    return "{{ " + use.field.name() + (use.date ? " | date(" + quote(*use.date) + ")" : "") +
           (use.fallback ? " | default(" + quote(*use.fallback) + ")" : "") + " }}";
}

}  // namespace

bool is_too_long(std::string_view value) {
    return value.size() > kLongestValue && count_characters(value) > kLongestValue;
}

Template Template::literal(std::string text) {
    Template made;
    if (!text.empty()) made.parts_.emplace_back(std::move(text));
    return made;
}

tl::expected<Template, ParseError> Template::parse(std::string_view text) {
    auto parts = Scanner(text).scan();
    if (!parts) return tl::unexpected<ParseError>(std::move(parts.error()));
    Template made;
    made.parts_ = std::move(*parts);
    return made;
}

std::optional<std::string> Template::constant() const {
    if (parts_.empty()) return "";
    const auto* const text = std::get_if<std::string>(&parts_.front());
    if (parts_.size() > 1 || text == nullptr) return std::nullopt;
    return *text;
}

bool Template::uses_date() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
        const auto* const use = std::get_if<FieldUse>(&part);
        return use != nullptr && use->date;
    });
}

tl::expected<Rendered, NullField> Template::render(const LookUp& look_up, const cron::Zone& zone) const {
    Rendered rendered;
    for (const auto& part : parts_) {
        if (const auto* const text = std::get_if<std::string>(&part)) {
            rendered.add_text(*text);
        } else if (const auto* const secret = std::get_if<SecretUse>(&part)) {
            rendered.add_secret(secret->name);
        } else {
            const auto& use = std::get<FieldUse>(part);
            auto value = text_of(use, look_up, zone);
            if (!value) return tl::unexpected<NullField>(NullField{use.field.name()});
            rendered.add_text(std::move(*value));
        }
    }
    return rendered;
}

std::string Template::shown() const {
    std::string text;
    for (const auto& part : parts_) {
        if (const auto* const literal = std::get_if<std::string>(&part))
            text += *literal;
        else if (const auto* const secret = std::get_if<SecretUse>(&part))
            text += secret_mark(secret->name);
        else
            text += shown_field(std::get<FieldUse>(part));
    }
    return text;
}

}  // namespace runbookd::templates
