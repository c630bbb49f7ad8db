#pragma once
// Reads the text of a template from left to right. Internal to this room.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "templates/template.hpp"

namespace runbookd::templates {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}
    [[nodiscard]] tl::expected<std::vector<Part>, ParseError> scan();

private:
    using Step = tl::expected<void, ParseError>;
    template <class T>
    using Read = tl::expected<T, ParseError>;

    [[nodiscard]] Step scan_braces();
    [[nodiscard]] Step scan_secret();
    [[nodiscard]] Read<FieldUse> scan_field();
    [[nodiscard]] Step scan_filter(FieldUse& use);
    [[nodiscard]] Step take_default(FieldUse& use, std::size_t at);
    [[nodiscard]] Step take_date(FieldUse& use, std::size_t at);
    [[nodiscard]] Read<std::string> scan_argument(std::string_view filter);
    [[nodiscard]] Read<std::string> scan_quoted();
    [[nodiscard]] Step expect_close(std::string_view expected);

    void skip_blanks();
    [[nodiscard]] std::string_view take_word();
    [[nodiscard]] bool take(std::string_view what);
    [[nodiscard]] bool is_at(std::string_view what) const { return rest().starts_with(what); }
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[nodiscard]] std::size_t column(std::size_t at) const;
    [[nodiscard]] tl::unexpected<ParseError> error(std::size_t at, std::string message,
                                                   std::string expected = {},
                                                   std::string suggestion = {}) const;
    void add_text(std::string_view text);

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t opened_at_ = 0;  // where the braces that are being read begin
    std::size_t quoted_at_ = 0;  // where the quoted text that was read last begins, past its quote
    std::vector<Part> parts_;
};

}  // namespace runbookd::templates
