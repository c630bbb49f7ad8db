#pragma once
// One lane of a runbook with what the runbook says for all of them; also the only lane of a plain one. Pure.
#include <optional>
#include <string>
#include <vector>

#include "runbook/model.hpp"

namespace runbookd::runbook {

/// Borrows the runbook.
class LaneView {
public:
    /// `lane` is one of the book's; null: the plain schedule, which the book then has.
    LaneView(const Meaning& book, const Lane* lane) : book_(&book), lane_(lane) {}

    [[nodiscard]] const Meaning& book() const { return *book_; }
    [[nodiscard]] const Lane* lane() const { return lane_; }
    [[nodiscard]] const schedule::Timeline& timeline() const {
        return lane_ != nullptr ? lane_->schedule : *book_->schedule;
    }
    [[nodiscard]] std::string zone() const { return timeline().zone(); }
    /// Empty: it is not one of a customer's.
    [[nodiscard]] std::string customer() const { return lane_ != nullptr ? lane_->customer : std::string{}; }
    [[nodiscard]] UtcTime window_end(const schedule::Nominal& nominal) const {
        return nominal.at + book_->window_of(*nominal.entry);
    }
    /// When the last create of that occurrence may go out.
    [[nodiscard]] UtcTime last_create(const schedule::Nominal& nominal) const {
        return nominal.at + book_->create_span(*nominal.entry);
    }
    /// The longest of its create spans.
    [[nodiscard]] Millis longest_create_span() const;
    /// Why no job of that occurrence may ever be created: the blackouts of runbook, customer and account, as
    /// far as they belong to the revision, cover its time for creates; nullopt: they leave a part.
    [[nodiscard]] std::optional<std::string> blacked_out(const schedule::Nominal& nominal) const;

private:
    const Meaning* book_;
    const Lane* lane_;
};

/// All of them; none where the runbook has no schedule.
[[nodiscard]] std::vector<LaneView> lanes_of(const Meaning& book);

}  // namespace runbookd::runbook
