#include "config/success_reader.hpp"

#include <re2/re2.h>

#include <utility>

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

/// Windows shows its codes as signed or as unsigned 32-bit numbers.
constexpr Range<std::int64_t> kExitCodes{-2'147'483'648, 4'294'967'295};
constexpr std::size_t kLongestPattern = 4096;

std::optional<runbook::Pattern> read_pattern(const Field& field) {
    auto pattern = read_text(field);
    if (!pattern) return std::nullopt;
    if (pattern->size() > kLongestPattern) {
        field.error({.code = "bad_value",
                     .message = "this pattern has " + std::to_string(pattern->size()) + " bytes",
                     .expected = "at most " + std::to_string(kLongestPattern)});
        return std::nullopt;
    }
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 compiled("(?m)" + *pattern, options);
    if (compiled.ok()) return runbook::Pattern(std::move(*pattern));
    field.error({.code = "bad_value",
                 .message = "not a regular expression: " + clipped(compiled.error()),
                 .expected = "RE2's syntax, in which neither look-ahead nor back-references exist"});
    return std::nullopt;
}

void read_stdout(const Field& field, runbook::Success& success) {
    static const Vocabulary keys{{"must_match", "must_not_match"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, "must_match, must_not_match, or both");
    if (const auto pattern = map->get("must_match")) success.must_match = read_pattern(*pattern);
    if (const auto pattern = map->get("must_not_match")) success.must_not_match = read_pattern(*pattern);
}

std::vector<std::int64_t> read_exit_codes(const Field& field) {
    std::vector<std::int64_t> codes;
    const auto items = read_full_list(field, "[0, 3010, 1641]");
    for (const auto& item : items)
        if (const auto code = read_integer(item, kExitCodes)) codes.push_back(*code);
    report_repeats(items);
    return codes;
}

}  // namespace

runbook::Success read_success(const Field& field) {
    static const Vocabulary keys{{"warnings", "exit_code", "stdout"}, {}};
    runbook::Success success;
    const auto map = MapReader::open(field, keys);
    if (!map) return success;
    check_not_empty(*map, "warnings, exit_code, stdout, or several of them");
    if (const auto warnings = map->get("warnings"))
        success.warnings_fail = read_word(*warnings, {{"ok"}, {"fail"}}) == std::size_t{1};
    if (const auto codes = map->get("exit_code")) success.exit_codes = read_exit_codes(*codes);
    if (const auto output = map->get("stdout")) read_stdout(*output, success);
    return success;
}

}  // namespace runbookd::config
