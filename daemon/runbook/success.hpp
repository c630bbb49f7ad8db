#pragma once
// What a job must have said beyond Datto's own status to have succeeded, and what its stdout says of it.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace runbookd::runbook {

/// A regular expression in RE2's syntax; ^ and $ stand at the ends of lines. Cheap to copy.
class Pattern {
public:
    /// `text` has been checked: one that does not compile matches nothing.
    explicit Pattern(std::string text);
    /// Whether it is found anywhere in the text.
    [[nodiscard]] bool is_in(std::string_view text) const;
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    std::shared_ptr<const re2::RE2> compiled_;
};

struct Success {
    bool warnings_fail = false;
    std::vector<std::int64_t> exit_codes{};  ///< of which a marker must name one; empty: any
    std::optional<Pattern> must_match{}, must_not_match{};
};

/// What a job's whole stdout says of its end.
struct Printed {
    std::optional<std::int64_t>
        exit_code{};            ///< of the last marker line `::exit-code=N::`; none: there is none
    std::string broken_rule{};  ///< of stdout, for a person; empty: none
};

/// Reads the whole text, before any of it is cut away. Carriage returns count for nothing. `rules`: null: the
/// runbook has none.
[[nodiscard]] Printed read_printed(std::string_view out, const Success* rules);

/// Whether one of the codes is that number; Windows shows the same one as signed and as unsigned.
[[nodiscard]] bool is_among(std::int64_t code, const std::vector<std::int64_t>& codes);

}  // namespace runbookd::runbook
