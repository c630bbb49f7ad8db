#pragma once
// The user-defined fields of a device: few of 300 have a value, so they are kept one behind the other in one
// block.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runbookd::runbook {

inline constexpr int kMostUdfs = 300;

class Udfs {
public:
    Udfs() = default;
    /// Numbers from 1 to kMostUdfs, rising; empty values are left out, longer ones than 65,535 bytes are cut.
    explicit Udfs(const std::vector<std::pair<int, std::string>>& values);

    /// "" where the field has no value.
    [[nodiscard]] std::string_view value(int number) const;
    [[nodiscard]] bool empty() const { return block_.empty(); }
    [[nodiscard]] std::size_t bytes() const { return block_.size(); }
    friend bool operator==(const Udfs&, const Udfs&) = default;

private:
    std::string block_;  // of each: number and length, two bytes each, then the text
};

}  // namespace runbookd::runbook
