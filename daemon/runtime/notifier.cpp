#include "runtime/notifier.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "notices/retries.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

constexpr Millis kBetweenLooks = std::chrono::seconds{3};
constexpr Millis kBetweenForgetting = std::chrono::hours{24};
constexpr Millis kKept = std::chrono::hours{30 * 24};

std::string plural(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " notice" : " notices");
}

std::string problem_of(const ports::NoticeTrouble& trouble) {
    auto text = "notices to " + trouble.to + ": ";
    if (trouble.waiting > 0) {
        text += plural(trouble.waiting) + " did not arrive and will be sent again";
        if (trouble.since) text += ", the oldest of " + format_utc(*trouble.since);
    }
    if (trouble.given_up > 0)
        text += (trouble.waiting > 0 ? "; " : "") + plural(trouble.given_up) +
                (trouble.given_up == 1 ? " was given up" : " were given up");
    return trouble.error.empty() ? text : text + " (" + trouble.error + ")";
}

}  // namespace

Notifier::Notifier(Parts parts, RulesInForce rules, OnTroubles on_troubles)
    : parts_(parts), rules_(std::move(rules)), on_troubles_(std::move(on_troubles)) {}

asio::awaitable<void> Notifier::run() {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    for (;;) {
        co_await look();
        co_await async::sleep_for(parts_.timers, kBetweenLooks);
        if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
    }
}

asio::awaitable<void> Notifier::look() {
    co_await read_trail();
    co_await begin_telling();
    co_await report_troubles();
    co_await forget_old();
}

asio::awaitable<void> Notifier::read_trail() {
    for (;;) {
        const auto rules = rules_();
        std::set<std::string> runbooks;
        for (const auto& [name, rule] : rules) runbooks.insert(name);
        auto part = co_await parts_.notices.unseen_trail(std::move(runbooks));
        if (!part) {
            unreadable(part.error());
            co_return;
        }
        is_unreadable_ = false;
        if (part->through > seen_through_) {
            ports::NoticesMade made;
            made.through = part->through;
            made.at = parts_.clock.now().utc;
            for (const auto& event : part->events) {
                auto some = notices::notices_of(event, *rules.at(event.runbook));
                for (auto& notice : some) made.notices.push_back(std::move(notice));
            }
            ports::NoticeRecord record = std::move(made);
            co_await parts_.notices.record(std::move(record));
            seen_through_ = part->through;
        }
        if (part->is_last) co_return;
    }
}

asio::awaitable<void> Notifier::begin_telling() {
    const auto now = parts_.clock.now();
    const auto due = co_await parts_.notices.due_targets(now.utc);
    if (!due) {
        unreadable(due.error());
        co_return;
    }
    for (const auto& name : *due) {
        auto& line = lines_[name];
        if (line.is_busy || now.steady < line.resting_until) continue;
        line.is_busy = true;
        parts_.tasks.spawn("notices to " + name, [this, name] { return tell_all_due(name); });
    }
}

asio::awaitable<void> Notifier::tell_all_due(std::string to) {
    for (;;) {
        auto due = co_await parts_.notices.next_due(to, parts_.clock.now().utc);
        if (!due) unreadable(due.error());
        if (!due || !*due) break;
        ports::DueNotice notice = std::move(**due);
        const bool arrived = co_await tell(std::move(notice));
        if (!arrived) break;
    }
    lines_[to].is_busy = false;
}

asio::awaitable<bool> Notifier::tell(ports::DueNotice due) {
    const auto told = co_await parts_.webhooks.tell(due.to, due.uid, due.payload);
    auto& line = lines_[due.to];
    ports::NoticeRecord record;
    if (told.arrived) {
        if (line.failures > 0) {
            parts_.log.event(log::Level::info, "notice.target_recovered", {{"target", due.to}});
            troubles_may_differ_ = true;
        }
        line.failures = 0;
        record = ports::NoticeDelivered{due.uid, parts_.clock.now().utc};
    } else {
        record = failed(due, told);
        troubles_may_differ_ = true;
    }
    co_await parts_.notices.record(std::move(record));
    co_return told.arrived;
}

/// The target rests as a whole: one that is down is not sent everything that waits for it again and again.
ports::NoticeRecord Notifier::failed(const ports::DueNotice& due, const ports::Told& told) {
    const auto now = parts_.clock.now();
    auto& line = lines_[due.to];
    ++line.failures;
    line.resting_until = now.steady + notices::pause_after(line.failures, told.retry_after);
    if (line.failures == 1)
        parts_.log.event(log::Level::warning, "notice.failed",
                         {{"target", due.to}, {"notice", due.uid}, {"why", told.error}});
    const auto next = notices::next_attempt(due.made_at, now.utc, due.attempts + 1, told.retry_after);
    if (next) return ports::NoticeFailed{due.uid, *next, told.error};
    parts_.log.event(log::Level::error, "notice.given_up",
                     {{"target", due.to}, {"notice", due.uid}, {"why", told.error}});
    return ports::NoticeGivenUp{due.uid, told.error, now.utc};
}

asio::awaitable<void> Notifier::report_troubles() {
    if (!std::exchange(troubles_may_differ_, false)) co_return;
    const auto troubles = co_await parts_.notices.troubles();
    if (!troubles) {
        unreadable(troubles.error());
        troubles_may_differ_ = true;
        co_return;
    }
    std::vector<std::string> problems;
    for (const auto& trouble : *troubles) problems.push_back(problem_of(trouble));
    on_troubles_(std::move(problems));
}

asio::awaitable<void> Notifier::forget_old() {
    const auto now = parts_.clock.now();
    if (forgot_at_ && now.steady < *forgot_at_ + kBetweenForgetting) co_return;
    forgot_at_ = now.steady;
    ports::NoticeRecord record = ports::NoticesForgotten{now.utc - kKept};
    co_await parts_.notices.record(std::move(record));
}

void Notifier::unreadable(const Error& error) {
    if (!std::exchange(is_unreadable_, true))
        parts_.log.event(log::Level::warning, "notices.unreadable", {{"why", error.message}});
}

}  // namespace runbookd::runtime
