#pragma once
// One field of a cron expression: what may stand in it, and the set of values that it names. Private to this
// room.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cron/expression.hpp"

namespace runbookd::cron {

/// What may stand in a field.
struct FieldRule {
    std::string_view name;
    int first;   ///< the least value
    int period;  ///< how many values; a range that wraps goes on at `first`
    /// The greatest number that may be written: day of week also takes 7, which is the Sunday 0.
    int greatest;
    /// Names of the values from `first` on, upper case; none for most.
    std::span<const std::string> names;
    /// Takes `?` for `*`, and (not built yet) L, W and #.
    enum class Kind { plain, day_of_month, day_of_week } kind;
};

/// The fields in the order in which they are written.
[[nodiscard]] std::span<const FieldRule> field_rules();

/// What a field names.
struct Field {
    std::uint64_t values = 0;  ///< bit n: value n
    bool begins_open =
        false;  ///< begins with `*` or `?`: unrestricted as a day, not fixed as an hour or minute
};

/// Reads one field; `column` is where it begins in the whole expression.
[[nodiscard]] tl::expected<Field, SyntaxError> parse_field(const FieldRule& rule, std::string_view text,
                                                           std::size_t column);

}  // namespace runbookd::cron
