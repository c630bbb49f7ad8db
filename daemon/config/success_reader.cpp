#include "config/success_reader.hpp"

#include <re2/re2.h>

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

/// Windows shows its codes as signed or as unsigned 32-bit numbers.
constexpr Range<std::int64_t> kExitCodes{-2'147'483'648, 4'294'967'295};
constexpr std::size_t kLongestPattern = 4096;

void check_pattern(const Field& field) {
    const auto pattern = read_text(field);
    if (!pattern) return;
    if (pattern->size() > kLongestPattern) {
        return field.error({.code = "bad_value",
                            .message = "this pattern has " + std::to_string(pattern->size()) + " bytes",
                            .expected = "at most " + std::to_string(kLongestPattern)});
    }
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 compiled("(?m)" + *pattern, options);
    if (compiled.ok()) return;
    field.error({.code = "bad_value",
                 .message = "not a regular expression: " + clipped(compiled.error()),
                 .expected = "RE2's syntax, in which neither look-ahead nor back-references exist"});
}

void check_stdout(const Field& field) {
    static const Vocabulary keys{{"must_match", "must_not_match"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, "must_match, must_not_match, or both");
    for (const auto* key : {"must_match", "must_not_match"})
        if (const auto pattern = map->get(key)) check_pattern(*pattern);
}

void check_exit_codes(const Field& field) {
    const auto items = read_full_list(field, "[0, 3010, 1641]");
    for (const auto& item : items) (void)read_integer(item, kExitCodes);
    report_repeats(items);
}

}  // namespace

void check_success(const Field& field) {
    static const Vocabulary keys{{"warnings", "exit_code", "stdout"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, "warnings, exit_code, stdout, or several of them");
    if (const auto warnings = map->get("warnings"))
        (void)read_word(*warnings, {{"ok"}, {.text = "fail", .supported = false}});
    if (const auto codes = map->get("exit_code")) {
        check_exit_codes(*codes);
        codes->not_supported("'exit_code'");
    }
    if (const auto output = map->get("stdout")) {
        check_stdout(*output);
        output->not_supported("a rule for 'stdout'");
    }
}

}  // namespace runbookd::config
