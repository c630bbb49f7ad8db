#include "cron/macro.hpp"

#include <array>
#include <vector>

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::cron {
namespace {

struct Macro {
    std::string_view name;
    std::string_view fields;
};
/// As in Vixie cron.
constexpr std::array<Macro, 7> kMacros{{{"@yearly", "0 0 1 1 *"},
                                        {"@annually", "0 0 1 1 *"},
                                        {"@monthly", "0 0 1 * *"},
                                        {"@weekly", "0 0 * * 0"},
                                        {"@daily", "0 0 * * *"},
                                        {"@midnight", "0 0 * * *"},
                                        {"@hourly", "0 * * * *"}}};
constexpr std::string_view kEvery = "@every";
constexpr Millis kShortest = std::chrono::seconds{1};
constexpr Millis kLongest = std::chrono::days{400};

}  // namespace

tl::expected<std::string_view, SyntaxError> fields_of_macro(std::string_view name, std::size_t column) {
    std::vector<std::string> known;
    std::string expected;
    for (const auto& macro : kMacros) {
        if (equals_ignoring_case(name, macro.name)) return macro.fields;
        known.emplace_back(macro.name);
        expected += known.back() + ", ";
    }
    known.emplace_back(kEvery);
    SyntaxError error{column, "", "'" + std::string(name) + "' is not a macro",
                      expected + "@every 15m, or five or six fields"};
    if (const auto names = nearest(name, known, 1); !names.empty())
        error.message += "; did you mean " + names.front() + "?";
    return tl::unexpected(std::move(error));
}

bool is_every(std::string_view macro) { return equals_ignoring_case(macro, kEvery); }

tl::expected<std::chrono::seconds, SyntaxError> parse_every(std::string_view text, std::size_t column) {
    const auto refuse = [&](std::string message) {
        return tl::unexpected(
            SyntaxError{column, "", std::move(message),
                        "whole seconds from 1s to 400d, such as @every 15m or @every 1h30m"});
    };
    if (text.empty()) return refuse("the span is missing after '@every'");
    const auto span = parse_duration(text);
    if (!span) return refuse(span.error().message);
    if (*span < kShortest) return refuse("'" + std::string(text) + "' is shorter than a second");
    if (*span > kLongest) return refuse("'" + std::string(text) + "' is longer than 400 days");
    if (*span % kShortest != Millis::zero())
        return refuse("'" + std::string(text) + "' is not a whole number of seconds");
    return std::chrono::floor<std::chrono::seconds>(*span);
}

}  // namespace runbookd::cron
