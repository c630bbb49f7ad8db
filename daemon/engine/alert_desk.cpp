#include "engine/alert_desk.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runbookd::engine {
namespace {

constexpr Millis kEvery = std::chrono::minutes{1};

/// Whether the same call would get the same answer again.
bool is_final(FailureKind kind) {
    return kind == FailureKind::forbidden || kind == FailureKind::not_found || kind == FailureKind::rejected;
}

}  // namespace

AlertDesk::AlertDesk(std::string account, Line& line, Outbox& outbox, AlarmClock& clock, OnList on_list)
    : account_(std::move(account)),
      line_(line),
      outbox_(outbox),
      on_list_(std::move(on_list)),
      next_(clock, [this](Instant) { is_due_ = is_wanted_; }) {}

void AlertDesk::want(bool wanted) {
    if (std::exchange(is_wanted_, wanted) == wanted) return;
    is_due_ = wanted;
    list_.abandon();
    next_.clear();
}

void AlertDesk::resolve(const AlertUid& alert) {
    if (refused_.contains(alert)) return;
    if (std::find(to_resolve_.begin(), to_resolve_.end(), alert) == to_resolve_.end())
        to_resolve_.push_back(alert);
}

void AlertDesk::pump(Instant now) {
    if (wants_to_read() && line_.is_open(Budget::Kind::read, now)) read_page(now);
    if (!wants_to_write() || !line_.is_open(Budget::Kind::write, now)) return;
    is_write_under_way_ = true;
    line_.send_write(ResolveAlert{to_resolve_.front()},
                     [this, alert = to_resolve_.front()](const ApiResult& result, Instant at) {
                         on_resolved(alert, result, at);
                     });
}

void AlertDesk::read_page(Instant now) {
    if (!list_.is_reading()) list_.begin(now.steady);
    is_page_under_way_ = true;
    line_.send(ReadAlerts{list_.cursor()},
               [this](ApiResult result, Instant at) { on_page(std::move(result), at); });
}

void AlertDesk::on_page(ApiResult result, Instant now) {
    is_page_under_way_ = false;
    if (!list_.is_reading()) return;  // nobody wants it any more
    auto* const page = result ? std::get_if<Page<Alert>>(&*result) : nullptr;
    if (page != nullptr && !list_.add(std::move(*page))) return;
    is_due_ = false;
    next_.set(std::max(list_.began() + kEvery, now.steady));
    if (page == nullptr) list_.abandon();
    if (!result) return say_unread(result.error(), now);
    is_unread_ = false;
    on_list_(list_.take(), now);
}

void AlertDesk::say_unread(const ApiFailure& failure, Instant now) {
    if (std::exchange(is_unread_, true)) return;
    outbox_.write(
        Noted{"account",
              account_,
              "alerts.not_read",
              "",
              {{"message",
                "the open alerts cannot be read, so none of them starts a runbook now: " + failure.message}},
              now.utc});
}

void AlertDesk::on_resolved(const AlertUid& alert, const ApiResult& result, Instant now) {
    is_write_under_way_ = false;
    std::erase(to_resolve_, alert);
    if (result) {
        outbox_.write(Noted{"alert", alert.str(), "alert.resolved", "", {{"account", account_}}, now.utc});
        return;
    }
    // Whatever else stood against it: the alert is still open, and the next list of them shows it again.
    if (!is_final(result.error().kind)) return;
    refused_.insert(alert);
    outbox_.write(Noted{"alert",
                        alert.str(),
                        "alert.not_resolved",
                        "",
                        {{"account", account_}, {"message", result.error().message}},
                        now.utc});
}

}  // namespace runbookd::engine
