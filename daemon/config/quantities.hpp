#pragma once
// Readers of values that several parts of the language share: shares, counts, lists of words. As in
// fields.hpp: nullopt means reported.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/fields.hpp"

namespace runbookd::config {

/// In whole percent.
struct Share {
    int percent = 0;
};
using CountOrShare = std::variant<std::int64_t, Share>;

/// "30%"; whole percents, from `least` to 100.
[[nodiscard]] std::optional<Share> read_share(const Field& field, int least = 1);
/// A whole number of that range, or a share.
[[nodiscard]] std::optional<CountOrShare> read_count_or_share(const Field& field, Range<std::int64_t> counts,
                                                              int least_percent = 1);
/// A decimal number such as 2 or 1.5.
[[nodiscard]] std::optional<double> read_decimal(const Field& field, Range<double> range);

/// The items of a list that has at most `most` of them; nothing where it is none. `example` is a valid list.
[[nodiscard]] std::vector<Field> read_list(const Field& field, std::string_view example,
                                           std::size_t most = 100);
/// The same, where an empty list is an error too.
[[nodiscard]] std::vector<Field> read_full_list(const Field& field, std::string_view example,
                                                std::size_t most = 100);
/// Reports texts that stand twice in a list.
void report_repeats(const std::vector<Field>& items);
/// A list of at least one of the words, each once; only those that are there.
void check_words(const Field& field, const std::vector<std::string>& words);
/// The name of a runbook, profile, window or step.
[[nodiscard]] std::optional<std::string> read_plain_name(const Field& field, const std::string& what);
/// Reports a map without a key, where it must have one of `keys`.
void check_not_empty(const MapReader& map, const std::string& expected);

}  // namespace runbookd::config
