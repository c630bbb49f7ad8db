#include "verify/lanes.hpp"

#include <algorithm>

namespace runbookd::verify {

void Covered::take(UtcTime instant) {
    if (count++ == 0) first = instant;
    last = instant;
}

Covered* Lane::at(UtcTime instant) {
    while (next_ < rows_.size() && rows_[next_].row->until < instant) ++next_;
    if (next_ == rows_.size() || rows_[next_].row->nominal > instant) return nullptr;
    return &rows_[next_];
}

Lanes::Lanes(const std::string& runbook, const Slice& slice, Report& report) {
    for (const auto& row : slice.occurrences) {
        auto* lane = find(row.zone, row.customer);
        if (lane == nullptr) {
            places_[{row.zone, row.customer}] = lanes_.size();
            lane = &lanes_.emplace_back(row.zone, row.customer);
        }
        const auto* const before = lane->rows().empty() ? nullptr : lane->rows().back().row;
        if (before != nullptr && row.nominal <= before->until && row.nominal > slice.from) {
            report.add({runbook, row.zone, row.customer, row.nominal, std::min(row.until, before->until), 1,
                        Kind::twice,
                        "this instant has two verdicts: the row from " + format_utc(before->nominal) +
                            " reaches over it"});
            continue;
        }
        lane->add(row);
    }
}

Lane* Lanes::find(const std::string& zone, const std::string& customer) {
    const auto found = places_.find({zone, customer});
    return found == places_.end() ? nullptr : &lanes_[found->second];
}

}  // namespace runbookd::verify
