#include "config/cron_reader.hpp"

#include <algorithm>
#include <string_view>

#include "config/source_text.hpp"

namespace runbookd::config {
namespace {

/// The place inside the expression where the file spells it letter by letter, else where it begins.
Mark mark_inside(const Node& node, std::size_t column) {
    if (node.text_mark.line == 0) return node.mark;
    const auto before = std::string_view(node.text).substr(0, column - 1);
    return {node.text_mark.line, node.text_mark.column + static_cast<int>(count_characters(before))};
}

}  // namespace

std::optional<cron::Expression> read_cron(const Field& field, const cron::Options& options) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    auto parsed = cron::Expression::parse(*text, options);
    if (parsed) return std::move(*parsed);
    const auto& error = parsed.error();
    Finding finding{.code = error.not_supported ? "not_supported" : "cron_syntax",
                    .message = error.field.empty() ? error.message : error.field + ": " + error.message,
                    .expected = error.expected};
    const auto column = std::clamp<std::size_t>(error.column, 1, text->size() + 1);
    field.report->error(mark_inside(*field.node, column), field.path, std::move(finding));
    return std::nullopt;
}

}  // namespace runbookd::config
