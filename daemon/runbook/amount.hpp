#pragma once
// "5" or "10%": so many, or a share of a whole. Pure.
#include <cstdint>

namespace runbookd::runbook {

struct Amount {
    std::int64_t number = 0;  ///< 0 or more; of a share whole percents, at most 100
    bool is_share = false;

    /// How many of `total` that is; of a share the smallest whole number that reaches it.
    [[nodiscard]] std::int64_t rounded_up(std::int64_t total) const {
        return is_share ? (number * total + kWhole - 1) / kWhole : number;
    }
    /// Of a share the largest whole number that does not go beyond it.
    [[nodiscard]] std::int64_t rounded_down(std::int64_t total) const {
        return is_share ? number * total / kWhole : number;
    }
    friend bool operator==(const Amount&, const Amount&) = default;

private:
    static constexpr std::int64_t kWhole = 100;
};

}  // namespace runbookd::runbook
