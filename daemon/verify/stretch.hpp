#pragma once
// Findings of one kind over instants that follow each other become one. Private to this room.
#include <optional>
#include <string>
#include <utility>

#include "verify/report.hpp"

namespace runbookd::verify {

class Stretch {
public:
    /// `runbook` and `report` outlive this.
    Stretch(const std::string& runbook, Kind kind, Report& report)
        : runbook_(runbook), kind_(kind), report_(report) {}
    ~Stretch() { end(); }
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;

    /// `message()` is asked where the stretch begins.
    template <class Message>
    void take(const std::string& zone, const std::string& customer, UtcTime instant, const Message& message) {
        if (open_ && (open_->zone != zone || open_->customer != customer)) end();
        if (!open_) open_ = Finding{runbook_, zone, customer, instant, instant, 0, kind_, message()};
        open_->until = instant;
        ++open_->count;
    }
    /// What comes next is another matter.
    void end() {
        if (open_) report_.add(std::move(*open_));
        open_.reset();
    }

private:
    const std::string& runbook_;
    Kind kind_;
    Report& report_;
    std::optional<Finding> open_;
};

}  // namespace runbookd::verify
