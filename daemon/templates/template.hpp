#pragma once
// The value of a variable as a runbook writes it: text, fields in {{ … }}, secrets as ${secret:NAME}. Parsed
// once, strictly; rendered for each device. What is filled in is never read again, so that a device cannot
// smuggle in a field or a secret by its name.
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "base/boxed.hpp"
#include "base/time.hpp"
#include "cron/zone.hpp"
#include "templates/fields.hpp"
#include "templates/rendered.hpp"

namespace runbookd::templates {

/// Values of this many characters have arrived whole in Datto; longer ones are refused.
inline constexpr std::size_t kLongestValue = 16'195;
[[nodiscard]] bool is_too_long(std::string_view value);

struct ParseError {
    std::size_t column = 1;  ///< from 1, in characters of the value
    std::string message;
    std::string expected;    ///< what would be valid; may be empty
    std::string suggestion;  ///< the nearest valid spelling; may be empty
};

/// Small: every runbook in force keeps its own.
struct FieldUse {
    Field field;
    Boxed<std::string> fallback;  ///< default('…'): where the field has no value
    Boxed<std::string> date;      ///< date('…'): a good format; of times only
    std::size_t column = 1;
};
struct SecretUse {
    std::string name;
    std::size_t column = 1;
};
using Part = std::variant<std::string, FieldUse, SecretUse>;

/// What a field is at this moment; absent: it has no value (null or empty upstream).
using FieldValue = std::variant<std::monostate, std::string, UtcTime>;
using LookUp = std::function<FieldValue(const Field& field)>;

/// The field without value that stopped a rendering, by name.
struct NullField {
    std::string name;
};

class Template {
public:
    /// The empty text.
    Template() = default;
    /// Sent as written, whatever it holds.
    [[nodiscard]] static Template literal(std::string text);
    [[nodiscard]] static tl::expected<Template, ParseError> parse(std::string_view text);

    [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
    /// The text that is sent, where it is the same for every device; nullopt: it has fields or secrets.
    [[nodiscard]] std::optional<std::string> constant() const;
    [[nodiscard]] bool uses_date() const;

    /// Times show in `zone` where a date filter is, else as "2026-12-01T02:00:00.000Z".
    [[nodiscard]] tl::expected<Rendered, NullField> render(const LookUp& look_up,
                                                           const cron::Zone& zone) const;
    /// As written, for people: the fields as fields, the secrets by their marks.
    [[nodiscard]] std::string shown() const;

private:
    std::vector<Part> parts_;
};

}  // namespace runbookd::templates
