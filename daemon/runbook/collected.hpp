#pragma once
// The rows that a job prints for the record: lines `::row {json}` of its stdout.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::runbook {

/// So many rows of one job are kept,
inline constexpr std::size_t kMostRows = 1000;
/// of so many bytes each, as plain_json_object spells them.
inline constexpr std::size_t kLongestRow = 4096;

struct Collected {
    std::vector<std::string> rows{};  ///< JSON objects in their order, as plain_json_object spells them
    std::int64_t not_rows = 0;        ///< lines that say `::row`, and then something else than an object
    std::int64_t left_out = 0;        ///< rows beyond kMostRows, or longer than kLongestRow
    friend bool operator==(const Collected&, const Collected&) = default;
};

/// Reads the whole text, before any of it is cut away. Carriage returns count for nothing, nor do blanks
/// around a line.
[[nodiscard]] Collected read_collected(std::string_view out);

}  // namespace runbookd::runbook
