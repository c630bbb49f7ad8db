#pragma once
// The rows of a slice, by zone and customer, each in order: which of them covers an instant. Private to this
// room.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
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
    Lane(std::string zone, std::string customer) : zone_(std::move(zone)), customer_(std::move(customer)) {}
    [[nodiscard]] bool is_of(const std::string& zone, const std::string& customer) const {
        return zone_ == zone && customer_ == customer;
    }
    void add(const Occurrence& row) { rows_.push_back({&row, 0, {}, {}}); }
    /// The row that covers `instant`, null where there is none. Instants come in order.
    [[nodiscard]] Covered* at(UtcTime instant);
    [[nodiscard]] const std::vector<Covered>& rows() const { return rows_; }

private:
    std::string zone_, customer_;
    std::vector<Covered> rows_;
    std::size_t next_ = 0;  // those before it end before the last instant that was asked for
};

class Lanes {
public:
    /// `slice` outlives this. Rows that overlap another of their lane are told to the report.
    Lanes(const std::string& runbook, const Slice& slice, Report& report);
    /// Null: no row is of this lane.
    [[nodiscard]] Lane* find(const std::string& zone, const std::string& customer);
    [[nodiscard]] const std::vector<Lane>& all() const { return lanes_; }

private:
    std::vector<Lane> lanes_;
    std::map<std::pair<std::string, std::string>, std::size_t> places_;  // in lanes_, by zone and customer
};

}  // namespace runbookd::verify
