#pragma once
// The rows of a slice, by zone, each zone's in order: which of them covers an instant. Private to this room.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "verify/facts.hpp"
#include "verify/report.hpp"

namespace runbookd::verify {

/// A row, and what the walk over the instants met inside it.
struct Covered {
    const Occurrence* row = nullptr;
    std::int64_t count = 0;
    UtcTime first{}, last{};
    void take(UtcTime instant);
};

class Lane {
public:
    explicit Lane(std::string zone) : zone_(std::move(zone)) {}
    [[nodiscard]] const std::string& zone() const { return zone_; }
    void add(const Occurrence& row) { rows_.push_back({&row, 0, {}, {}}); }
    /// The row that covers `instant`, null where there is none. Instants come in order.
    [[nodiscard]] Covered* at(UtcTime instant);
    [[nodiscard]] const std::vector<Covered>& rows() const { return rows_; }

private:
    std::string zone_;
    std::vector<Covered> rows_;
    std::size_t next_ = 0;  // those before it end before the last instant that was asked for
};

class Lanes {
public:
    /// `slice` outlives this. Rows that overlap another of their zone are told to the report.
    Lanes(const std::string& runbook, const Slice& slice, Report& report);
    /// Null: no row is of this zone.
    [[nodiscard]] Lane* find(const std::string& zone);
    [[nodiscard]] const std::vector<Lane>& all() const { return lanes_; }

private:
    std::vector<Lane> lanes_;  // one, hardly ever two
};

}  // namespace runbookd::verify
