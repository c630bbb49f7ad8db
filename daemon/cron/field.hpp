#pragma once
// One field of a cron expression: what may stand in it, and what it names. Private to this room.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cron/expression.hpp"

namespace runbookd::cron {

/// What may stand in a field.
struct FieldRule {
    std::string_view name;  ///< also the key of the hash that `H` takes
    int first;              ///< the least value
    int period;             ///< how many values; a range that wraps goes on at `first`
    /// The greatest number that may be written: day of week also takes 7, which is the Sunday 0.
    int greatest;
    /// The greatest that a bare `H` gives: 28 in the day of month, which every month has.
    int greatest_hashed;
    /// Names of the values from `first` on, upper case; none for most.
    std::span<const std::string> names;
    /// The days take `?` for `*`, and L, W and #.
    enum class Kind { plain, day_of_month, day_of_week } kind;
};

/// The six fields in the order in which they are written, seconds first.
[[nodiscard]] std::span<const FieldRule> field_rules();

/// What a field names; the masks are those of DayRule.
struct Field {
    std::uint64_t values = 0;        ///< bit n: value n, unless the day of week
    std::uint64_t weekdays = 0;      ///< day of week: plain and n#k
    std::uint32_t before_last = 0;   ///< day of month: L and L-n
    std::uint32_t near = 0;          ///< day of month: nW and LW
    std::uint8_t last_weekdays = 0;  ///< day of week: nL
    /// Begins with `*` or `?`: unrestricted as a day, not fixed as an hour or minute.
    bool begins_open = false;
};

/// Reads one field; `column` is where it begins in the whole expression, `scope` whose hash `H` takes.
[[nodiscard]] tl::expected<Field, SyntaxError> parse_field(const FieldRule& rule, std::string_view text,
                                                           std::size_t column, std::string_view scope);

}  // namespace runbookd::cron
