#include "runbook/lane_view.hpp"

#include <algorithm>
#include <array>

namespace runbookd::runbook {

Millis LaneView::longest_create_span() const {
    Millis longest{0};
    for (const auto& entry : timeline().entries()) longest = std::max(longest, book_->create_span(entry));
    return longest;
}

std::optional<std::string> LaneView::blacked_out(const schedule::Nominal& nominal) const {
    static const schedule::Blackouts kNone;
    const std::array lists{lane_ != nullptr ? &lane_->not_during : &book_->not_during,
                           lane_ != nullptr ? &lane_->customer_not_during : &kNone,
                           book_->account_not_during ? book_->account_not_during.get() : &kNone};
    return schedule::covered_by(lists, nominal.at, last_create(nominal));
}

std::vector<LaneView> lanes_of(const Meaning& book) {
    std::vector<LaneView> views;
    if (book.schedule) views.emplace_back(book, nullptr);
    if (book.lanes)
        for (const auto& lane : book.lanes->all) views.emplace_back(book, &lane);
    return views;
}

}  // namespace runbookd::runbook
