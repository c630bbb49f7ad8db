#pragma once
// The account's open alerts: read every minute while somebody wants them, and closed on request. One page and
// one write under way at a time, within the budget.
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/alarm.hpp"
#include "engine/line.hpp"
#include "engine/listing.hpp"
#include "engine/outbox.hpp"

namespace runbookd::engine {

class AlertDesk {
public:
    /// Gets each whole list of open alerts.
    using OnList = std::function<void(std::vector<Alert> alerts, Instant now)>;
    AlertDesk(std::string account, Line& line, Outbox& outbox, AlarmClock& clock, OnList on_list);

    /// Whether anybody acts on alerts; from then on they are read at once, and every minute.
    void want(bool wanted);
    /// Closes the alert upstream. One that is asked for again while it is, or that the API refuses to close,
    /// is left alone.
    void resolve(const AlertUid& alert);
    void pump(Instant now);
    [[nodiscard]] bool wants_to_read() const { return is_due_ && !is_page_under_way_; }
    [[nodiscard]] bool wants_to_write() const { return !to_resolve_.empty() && !is_write_under_way_; }

private:
    void read_page(Instant now);
    void on_page(ApiResult result, Instant now);
    void on_resolved(const AlertUid& alert, const ApiResult& result, Instant now);
    /// About the account, and once in a row.
    void say_unread(const ApiFailure& failure, Instant now);

    std::string account_;
    Line& line_;
    Outbox& outbox_;
    OnList on_list_;
    Alarm next_;
    Listing<Alert> list_;
    bool is_wanted_ = false;
    bool is_due_ = false;
    bool is_page_under_way_ = false;
    bool is_unread_ = false;  // and that is recorded
    std::deque<AlertUid> to_resolve_;
    bool is_write_under_way_ = false;
    std::set<AlertUid> refused_;
};

}  // namespace runbookd::engine
