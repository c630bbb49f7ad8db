#include "runbook/success.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace runbookd::runbook {
namespace {

constexpr std::string_view kMarkerBegin = "::exit-code=";
constexpr std::string_view kMarkerEnd = "::";
constexpr std::string_view kBlanks = " \t";

std::string without_returns(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(plain), [](char c) { return c != '\r'; });
    return plain;
}

std::string_view trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

/// nullopt: the line is no marker.
std::optional<std::int64_t> code_of(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with(kMarkerBegin) || !line.ends_with(kMarkerEnd) ||
        line.size() < kMarkerBegin.size() + kMarkerEnd.size())
        return std::nullopt;
    line.remove_prefix(kMarkerBegin.size());
    line.remove_suffix(kMarkerEnd.size());
    std::int64_t code = 0;
    const auto* const end = line.data() + line.size();
    const auto [read_to, error] = std::from_chars(line.data(), end, code);
    if (error != std::errc{} || read_to != end) return std::nullopt;
    return code;
}

std::optional<std::int64_t> last_marker(std::string_view text) {
    // A text without any is searched once, and no line of it is looked at.
    auto place = text.rfind(kMarkerBegin);
    while (place != std::string_view::npos) {
        const auto before = text.rfind('\n', place);
        const auto begin = before == std::string_view::npos ? 0 : before + 1;
        if (const auto code = code_of(text.substr(begin, text.find('\n', place) - begin))) return code;
        if (begin == 0) break;
        place = text.rfind(kMarkerBegin, begin - 1);
    }
    return std::nullopt;
}

}  // namespace

Pattern::Pattern(std::string text) : text_(std::move(text)) {
    RE2::Options options;
    options.set_log_errors(false);
    compiled_ = std::make_shared<const RE2>("(?m)" + text_, options);
}

bool Pattern::is_in(std::string_view text) const {
    return compiled_->ok() && RE2::PartialMatch({text.data(), text.size()}, *compiled_);
}

Printed read_printed(std::string_view out, const Success* rules) {
    const auto text = without_returns(out);
    Printed printed;
    printed.exit_code = last_marker(text);
    if (rules == nullptr) return printed;
    if (rules->must_match && !rules->must_match->is_in(text))
        printed.broken_rule = "stdout does not match '" + rules->must_match->text() + "'";
    else if (rules->must_not_match && rules->must_not_match->is_in(text))
        printed.broken_rule = "stdout matches '" + rules->must_not_match->text() + "'";
    return printed;
}

bool is_among(std::int64_t code, const std::vector<std::int64_t>& codes) {
    return std::any_of(codes.begin(), codes.end(), [&](std::int64_t known) {
        return static_cast<std::uint32_t>(known) == static_cast<std::uint32_t>(code);
    });
}

}  // namespace runbookd::runbook
